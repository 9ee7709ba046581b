package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

var signalling = action{
	one: wire.SignalProcess, group: wire.SignalProcessGroup, all: wire.SignalAllProcesses,
	done: "signalled",
	errors: map[wire.Code]string{
		wire.BadName:    "no such process",
		wire.BadSignal:  "bad signal name",
		wire.NotRunning: "not running",
	},
	tellsFailure: true,
	noGroup:      exitError,
}

// signal sends a signal, which the server knows by name or number.
func signal(s *session, ctx context.Context, arg string) error {
	words := strings.Fields(arg)
	if len(words) < 2 {
		return &misuse{"Error: signal requires a signal name and a process name", exitError}
	}
	return s.each(ctx, signalling, words[1:], words[0])
}
