package supervisorctl

import (
	"context"
	"slices"
	"strings"

	"supervisor/internal/wire"
)

// showDiff shows how the configuration on disk differs from what runs: of all
// groups, or of those that are named or that a named process is in.
func showDiff(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	d, err := s.drift(ctx)
	if err != nil {
		return err
	}
	if len(names) > 0 && !wantsAll(names) {
		if d, err = s.limitToNamed(ctx, d, names); err != nil {
			return err
		}
	}
	text := driftText(d)
	if noDrift(d) {
		text = "What runs is what the configuration says\n"
	}
	s.result(driftJSON(d), text)
	return nil
}

// limitToNamed limits a difference to what is named, and says which names mean
// nothing.
func (s *session) limitToNamed(ctx context.Context, d wire.Drift, names []string) (wire.Drift, error) {
	active, err := s.allProcesses(ctx)
	if err != nil {
		return wire.Drift{}, err
	}
	var groups []string
	for _, given := range names {
		name := parseName(given)
		if len(ofGroup(active, name.group)) == 0 && !slices.Contains(d.Added, name.group) {
			s.fail(exitError, newProblem(given, wire.BadName, "no such process"), "%s: ERROR (no such process)", given)
			continue
		}
		groups = append(groups, name.group)
	}
	return limitTo(d, groups), nil
}

// takeFlag takes a flag out of the words of a command.
func takeFlag(words []string, flag string) (rest []string, given bool) {
	rest = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == flag })
	return rest, len(rest) < len(words)
}

// driftJSON is a difference as scripts read it.
func driftJSON(d wire.Drift) any {
	type option struct {
		Process string `json:"process,omitempty"`
		Key     string `json:"key"`
		From    string `json:"from"`
		To      string `json:"to"`
	}
	type group struct {
		Group   string   `json:"group"`
		Stops   []string `json:"stops"`
		Options []option `json:"options,omitempty"`
	}
	groups := func(of []wire.Drifted) []group {
		list := []group{}
		for _, g := range of {
			row := group{Group: g.Group, Stops: notNil(g.Stops)}
			for _, o := range g.Options {
				row.Options = append(row.Options, option(o))
			}
			list = append(list, row)
		}
		return list
	}
	return struct {
		Added   []string `json:"added"`
		Changed []group  `json:"changed"`
		Removed []group  `json:"removed"`
	}{notNil(d.Added), groups(d.Changed), groups(d.Removed)}
}

// notNil makes an empty list [] instead of null.
func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
