package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

var stopping = action{
	one: wire.StopProcess, group: wire.StopProcessGroup, all: wire.StopAllProcesses,
	done: "stopped",
	errors: map[wire.Code]string{
		wire.BadName:    "no such process",
		wire.BadSignal:  "bad signal name",
		wire.NotRunning: "not running",
	},
	tellsFailure: true,
	harmless:     wire.NotRunning,
	noGroup:      exitError,
}

// stop stops processes and waits until each is gone.
func stop(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	if len(names) == 0 {
		return &misuse{"Error: stop requires a process name", exitError}
	}
	return s.each(ctx, stopping, names)
}
