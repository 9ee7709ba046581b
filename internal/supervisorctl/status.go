package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"supervisor/internal/wire"
)

// status shows a line for every process that is named, or for all of them. A
// name that means nothing is told before the table. Its exit status says
// whether everything shown is up.
func status(s *session, ctx context.Context, arg string) error {
	if err := s.check(ctx); err != nil {
		var f *failure
		if errors.As(err, &f) {
			return &failure{f.text, exitUnknown}
		}
		return err
	}
	shown, err := s.allProcesses(ctx)
	if err != nil {
		return err
	}
	if names := strings.Fields(arg); len(names) > 0 && !wantsAll(names) {
		shown = s.pick(shown, names)
	}
	s.print(statusTable(shown))
	for _, p := range shown {
		if down(p.State) {
			s.status = exitStopped
		}
	}
	return nil
}

// pick returns the processes that are named, in the order of the names.
func (s *session) pick(all []wire.ProcessInfo, names []string) []wire.ProcessInfo {
	var picked []wire.ProcessInfo
	for _, given := range names {
		name := parseName(given)
		if name.wholeGroup() {
			found := ofGroup(all, name.group)
			if len(found) == 0 {
				s.fail(exitUnknown, "%s: ERROR (no such group)", name.group)
			}
			picked = append(picked, found...)
			continue
		}
		p, ok := findProcess(all, name)
		if !ok {
			s.fail(exitUnknown, "%s: ERROR (no such process)", given)
			continue
		}
		picked = append(picked, p)
	}
	return picked
}

// statusTable returns the lines of the processes: the name in a column as wide
// as the longest one needs, the state and the description.
func statusTable(processes []wire.ProcessInfo) string {
	width := 30
	for _, p := range processes {
		width = max(width, utf8.RuneCountInString(displayName(p.Group, p.Name)))
	}
	var table strings.Builder
	for _, p := range processes {
		fmt.Fprintf(&table, "%-*s%-10s%s\n", width+3, displayName(p.Group, p.Name), p.State, p.Description)
	}
	return table.String()
}

// down reports whether a process in the state is not there and is not coming.
func down(state wire.ProcessState) bool {
	switch state {
	case wire.Stopped, wire.Exited, wire.Fatal, wire.Unknown:
		return true
	}
	return false
}
