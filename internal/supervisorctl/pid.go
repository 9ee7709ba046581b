package supervisorctl

import (
	"context"
	"fmt"
	"strings"

	"supervisor/internal/wire"
)

// processID is what programs are told of a pid.
type processID struct {
	Name string `json:"name"`
	PID  any    `json:"pid"` // 0: none
}

// pid shows the pid of the server, of the named processes, or of all of them.
// A process without a pid is shown as 0.
func pid(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	switch {
	case len(names) == 0:
		pid, err := s.call(ctx, wire.GetPID)
		if err != nil {
			return err
		}
		s.give(processID{"supervisord", pid}, "%v", pid)
		return nil
	case wantsAll(names):
		all, err := s.allProcesses(ctx)
		if err != nil {
			return err
		}
		var lines strings.Builder
		for _, p := range all {
			fmt.Fprintln(&lines, p.PID)
			s.add(processID{displayName(p.Group, p.Name), p.PID})
		}
		s.print(lines.String())
		return nil
	}
	names, err := s.expanded(ctx, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		p, err := s.processInfo(ctx, name)
		switch {
		case faultCode(err) == wire.BadName:
			s.fail(exitError, newProblem(name, wire.BadName, "no such process"), "No such process %s", name)
			continue
		case err != nil:
			return err
		}
		s.give(processID{displayName(p.Group, p.Name), p.PID}, "%d", p.PID)
		if p.PID == 0 {
			s.status = exitProgram
		}
	}
	return nil
}
