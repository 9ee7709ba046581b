package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

var starting = action{
	one: wire.StartProcess, group: wire.StartProcessGroup, all: wire.StartAllProcesses,
	done: "started",
	errors: map[wire.Code]string{
		wire.BadName:             "no such process",
		wire.NoFile:              "no such file",
		wire.NotExecutable:       "file is not executable",
		wire.AlreadyStarted:      "already started",
		wire.SpawnError:          "spawn error",
		wire.AbnormalTermination: "abnormal termination",
	},
	harmless: wire.AlreadyStarted,
	noGroup:  exitUsage,
}

// start starts processes and waits until each runs or has failed.
func start(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	if len(names) == 0 {
		return &misuse{"Error: start requires a process name", exitUsage}
	}
	return s.each(ctx, starting, names)
}
