package supervisorctl

import (
	"context"
	"strings"

	"supervisor/internal/wire"
)

// showDiff shows how the configuration on disk differs from what runs: of all
// groups, or of those that are named or that a named process is in.
func showDiff(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	if err := refuseOptions(names); err != nil {
		return err
	}
	d, err := s.drift(ctx)
	if err != nil {
		return err
	}
	if len(names) > 0 && !wantsAll(names) {
		groups, err := s.namedGroups(ctx, d, names)
		if err != nil || len(groups) == 0 {
			return err
		}
		d = limitTo(d, groups)
	}
	text := driftText(d)
	if noDrift(d) {
		text = "What runs is what the configuration says\n"
	}
	s.result(driftJSON(d), text)
	return nil
}

// namedGroups returns the groups that are named, that a named process is in or
// that a pattern matches, and says which names mean nothing.
func (s *session) namedGroups(ctx context.Context, d wire.Drift, names []string) (groups []string, err error) {
	active, err := s.allProcesses(ctx)
	if err != nil {
		return nil, err
	}
	for _, given := range names {
		found := groupsOf(active, d.Added, given)
		if len(found) == 0 {
			s.fail(exitError, newProblem(given, wire.BadName, "no such process"), "%s: ERROR (no such process)", given)
		}
		groups = append(groups, found...)
	}
	return groups, nil
}

// groupsOf returns the groups that a name or a pattern stands for. Which processes
// an added group has is not known yet: a pattern is compared with its name.
func groupsOf(active []wire.ProcessInfo, added []string, given string) (groups []string) {
	group := parseName(given).group
	found := ofGroup(active, group)
	if isPattern(given) {
		found = matching(active, given)
	}
	for _, p := range found {
		groups = append(groups, p.Group)
	}
	for _, name := range added {
		if name == group || isPattern(given) && matches(group, name) {
			groups = append(groups, name)
		}
	}
	return groups
}

// changedOption is an option that differs, as scripts read it.
type changedOption struct {
	Process string `json:"process,omitempty"`
	Key     string `json:"key"`
	From    string `json:"from"`
	To      string `json:"to"`
}

func changedOptions(of []wire.OptionChange) (list []changedOption) {
	for _, o := range of {
		list = append(list, changedOption(o))
	}
	return list
}

// driftJSON is a difference as scripts read it.
func driftJSON(d wire.Drift) any {
	type group struct {
		Group   string          `json:"group"`
		Stops   []string        `json:"stops"`
		Starts  []string        `json:"starts"`
		Options []changedOption `json:"options,omitempty"`
	}
	groups := func(of []wire.Drifted) []group {
		list := []group{}
		for _, g := range of {
			list = append(list, group{g.Group, notNil(g.Stops), notNil(g.Starts), changedOptions(g.Options)})
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
