package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"supervisor/internal/wire"
)

// status shows a line for every process that is named, or for all of them. A
// name that means nothing is told before the table. Its exit status says
// whether everything shown is up.
func status(s *session, ctx context.Context, arg string) error {
	if err := s.check(ctx); err != nil {
		var f *failure
		if errors.As(err, &f) {
			return because(err, &failure{f.text, exitUnknown})
		}
		return err
	}
	shown, err := s.allProcesses(ctx)
	if err != nil {
		return err
	}
	if names := strings.Fields(arg); len(names) > 0 && !wantsAll(names) {
		shown = s.pick(shown, names, exitUnknown)
	}
	s.printStatus(shown)
	for _, p := range shown {
		s.add(describe(p))
		if down(p.State) {
			s.status = exitStopped
		}
	}
	s.warnOfOrphans(ctx)
	s.hintOfDrift(ctx)
	return nil
}

// pick returns the processes that are named, in the order of the names. The
// exit status for a name that means nothing is that of the command.
func (s *session) pick(all []wire.ProcessInfo, names []string, unknown int) []wire.ProcessInfo {
	var picked []wire.ProcessInfo
	for _, given := range names {
		if isPattern(given) {
			found := matching(all, given)
			if len(found) == 0 {
				s.fail(unknown, newProblem(given, wire.BadName, "no such process"), "%s: ERROR (no such process)", given)
			}
			picked = append(picked, found...)
			continue
		}
		name := parseName(given)
		if name.wholeGroup() {
			found := ofGroup(all, name.group)
			if len(found) == 0 {
				s.fail(unknown, newProblem(given, wire.BadName, "no such group"), "%s: ERROR (no such group)", name.group)
			}
			picked = append(picked, found...)
			continue
		}
		p, ok := findProcess(all, name)
		if !ok {
			s.fail(unknown, newProblem(given, wire.BadName, "no such process"), "%s: ERROR (no such process)", given)
			continue
		}
		picked = append(picked, p)
	}
	return picked
}

// printStatus prints the lines of the processes: the name in a column as wide as
// the longest one needs, the state and the description.
func (s *session) printStatus(processes []wire.ProcessInfo) {
	if s.document != nil {
		return
	}
	width := 30
	for _, p := range processes {
		width = max(width, s.width(s.clean(displayName(p.Group, p.Name))))
	}
	var table strings.Builder
	for _, p := range processes {
		look := plain
		if s.color {
			look = stateStyle(&p)
		}
		state := p.State.String()
		fmt.Fprintf(&table, "%s%s%*s%s\n", s.padded(s.clean(displayName(p.Group, p.Name)), width+3),
			look.paint(state), max(0, 10-len(state)), "", s.clean(p.Description))
	}
	s.show(table.String())
}

// description is what programs are told about a process. The times are in
// seconds since 1970 by the server's clock; 0 is never.
type description struct {
	Name        string `json:"name"`
	Group       string `json:"group"`
	Process     string `json:"process"`
	State       string `json:"state"`
	PID         int    `json:"pid"` // 0: none
	Start       int64  `json:"start"`
	Stop        int64  `json:"stop"`
	Now         int64  `json:"now"`
	ExitStatus  int    `json:"exit_status"` // of the last exit; -1: a signal
	SpawnError  string `json:"spawn_error"`
	Description string `json:"description"`
	StdoutLog   string `json:"stdout_logfile"`
	StderrLog   string `json:"stderr_logfile"`
}

func describe(p wire.ProcessInfo) description {
	return description{
		Name: displayName(p.Group, p.Name), Group: p.Group, Process: p.Name,
		State: p.State.String(), PID: p.PID, Start: p.Start, Stop: p.Stop, Now: p.Now,
		ExitStatus: p.ExitStatus, SpawnError: p.SpawnErr, Description: p.Description,
		StdoutLog: p.StdoutLog, StderrLog: p.StderrLog,
	}
}

// down reports whether a process in the state is not there and is not coming.
func down(state wire.ProcessState) bool {
	switch state {
	case wire.Stopped, wire.Exited, wire.Fatal, wire.Unknown:
		return true
	}
	return false
}
