package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

var clearing = action{
	one: wire.ClearProcessLogs, all: wire.ClearAllProcessLogs,
	done: "cleared",
	errors: map[wire.Code]string{
		wire.BadName: "no such process",
		wire.Failed:  "failed",
	},
}

// clearLogs empties the log files of processes. There is no method for a group,
// so a group is cleared process by process.
func clearLogs(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	if len(names) == 0 {
		return &misuse{"Error: clear requires a process name", exitError}
	}
	if wantsAll(names) {
		return s.each(ctx, clearing, names)
	}
	names, err := s.expanded(ctx, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		n := parseName(name)
		clear := s.clearOne
		if n.wholeGroup() {
			clear = s.clearGroup
		}
		if err := clear(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) clearOne(ctx context.Context, name namespec) error {
	return s.act(ctx, clearing, name)
}

func (s *session) clearGroup(ctx context.Context, name namespec) error {
	all, err := s.allProcesses(ctx)
	if err != nil {
		return err
	}
	members := ofGroup(all, name.group)
	if len(members) == 0 {
		s.fail(exitError, newProblem(name.given, wire.BadName, "no such group"), "%s: ERROR (no such group)", name.group)
	}
	for _, p := range members {
		if err := s.clearOne(ctx, parseName(p.Group+":"+p.Name)); err != nil {
			return err
		}
	}
	return nil
}
