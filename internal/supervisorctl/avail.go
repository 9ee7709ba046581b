package supervisorctl

import (
	"context"
	"fmt"
	"strings"

	"supervisor/internal/wire"
)

// configured is what programs are told about a process of the configuration.
type configured struct {
	Name          string `json:"name"`
	Group         string `json:"group"`
	Process       string `json:"process"`
	InUse         bool   `json:"in_use"`
	Autostart     bool   `json:"autostart"`
	GroupPriority int    `json:"group_priority"`
	Priority      int    `json:"priority"`
	Command       string `json:"command"`
}

// avail shows every process that the configuration, as last read by the
// server, defines.
func avail(s *session, ctx context.Context, _ string) error {
	answer, err := s.call(ctx, wire.GetAllConfigInfo)
	if faultCode(err) == wire.ShutdownState {
		return because(err, &failure{"ERROR: supervisor shutting down", exitError})
	}
	if err != nil {
		return err
	}
	all, err := wire.ParseConfigInfos(answer)
	if err != nil {
		return err
	}
	var table strings.Builder
	for _, p := range all {
		use, start := "avail", "manual"
		if p.InUse {
			use = "in use"
		}
		if p.Autostart {
			start = "auto"
		}
		fmt.Fprintf(&table, "%s %-9s %-9s %d:%d\n",
			s.padded(displayName(p.Group, p.Name), 32), use, start, p.GroupPrio, p.ProcessPrio)
		s.add(configured{
			Name: displayName(p.Group, p.Name), Group: p.Group, Process: p.Name,
			InUse: p.InUse, Autostart: p.Autostart, GroupPriority: p.GroupPrio, Priority: p.ProcessPrio,
			Command: p.Command,
		})
	}
	s.print(table.String())
	return nil
}
