package supervisorctl

import (
	"context"
	"fmt"
	"strings"

	"supervisor/internal/wire"
)

// avail shows every process that the configuration, as last read by the
// server, defines.
func avail(s *session, ctx context.Context, _ string) error {
	answer, err := s.call(ctx, wire.GetAllConfigInfo)
	if faultCode(err) == wire.ShutdownState {
		return &failure{"ERROR: supervisor shutting down", exitError}
	}
	if err != nil {
		return err
	}
	configured, err := wire.ParseConfigInfos(answer)
	if err != nil {
		return err
	}
	var table strings.Builder
	for _, p := range configured {
		use, start := "avail", "manual"
		if p.InUse {
			use = "in use"
		}
		if p.Autostart {
			start = "auto"
		}
		fmt.Fprintf(&table, "%-32s %-9s %-9s %d:%d\n",
			displayName(p.Group, p.Name), use, start, p.GroupPrio, p.ProcessPrio)
	}
	s.print(table.String())
	return nil
}
