package supervisorctl

import (
	"context"
	"slices"
	"strings"

	"supervisor/internal/fold"
	"supervisor/internal/wire"
)

// update has the server read its configuration and brings the active groups
// into line with it: all of them, or the named ones.
func update(s *session, ctx context.Context, arg string) error {
	names, dry := takeFlag(strings.Fields(arg), "--dry-run")
	if err := refuseOptions(names); err != nil {
		return err
	}
	if dry {
		return s.updateDry(ctx, names)
	}
	diff, err := s.reloadConfig(ctx)
	switch {
	case faultCode(err) == wire.ShutdownState:
		return because(err, &failure{"ERROR: already shutting down", exitError})
	case err != nil:
		return err
	}
	if len(names) > 0 && !wantsAll(names) {
		if err := s.refuseUnknownGroups(ctx, names, diff.Added); err != nil {
			return err
		}
		diff = diff.limitedTo(names)
	}

	for _, group := range diff.Removed {
		if err := s.retire(ctx, group); err != nil {
			return err
		}
	}
	for _, group := range diff.Changed {
		if err := s.replace(ctx, group); err != nil {
			return err
		}
	}
	for _, group := range diff.Added {
		if _, err := s.call(ctx, wire.AddProcessGroup, group); err != nil {
			return err
		}
		s.did(group, "added", "added process group")
	}
	return nil
}

// intent is what would be done to a group, what that stops, and why.
type intent struct {
	deed
	Stops   []string        `json:"stops"`
	Starts  []string        `json:"starts"`
	Options []changedOption `json:"options,omitempty"`
}

// updateDry says what an update would do, and leaves everything as it is.
func (s *session) updateDry(ctx context.Context, names []string) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	d, err := s.drift(ctx)
	if err != nil {
		return err
	}
	if len(names) > 0 && !wantsAll(names) {
		if err := s.refuseUnknownGroups(ctx, names, d.Added); err != nil {
			return err
		}
		d = limitTo(d, names)
	}
	for _, g := range d.Removed {
		s.give(intent{deed{g.Group, "would be removed"}, notNil(g.Stops), []string{}, nil},
			"%s: would be removed, %s", g.Group, stopped(g))
	}
	for _, g := range d.Changed {
		s.give(intent{deed{g.Group, "would be updated"}, notNil(g.Stops), notNil(g.Starts), changedOptions(g.Options)},
			"%s: would be updated (%s), %s", g.Group, changedKeys(g), replaced(g))
	}
	for _, name := range d.Added {
		s.give(intent{deed{name, "would be added"}, []string{}, []string{}, nil}, "%s: would be added", name)
	}
	return nil
}

// stopped says what of a group an update would stop.
func stopped(g wire.Drifted) string {
	if len(g.Stops) == 0 {
		return "nothing of it is running"
	}
	return "which stops " + strings.Join(fold.Names(g.Stops), ", ")
}

// replaced says what of a group that has changed an update would stop and start.
func replaced(g wire.Drifted) string {
	does := strings.Join(becomes(g, "restarts", "stops", "starts"), ", ")
	if does == "" {
		return "nothing of it is running"
	}
	return "which " + does
}

// refuseUnknownGroups tells which names are neither those of active groups nor
// of new ones.
func (s *session) refuseUnknownGroups(ctx context.Context, names, added []string) error {
	active, err := s.allProcesses(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if len(ofGroup(active, name)) == 0 && !slices.Contains(added, name) {
			s.fail(exitError, newProblem(name, wire.BadName, "no such group"), "ERROR: no such group: %s", name)
		}
	}
	return nil
}

// retire stops a group and takes it out of service, unless a process of it
// cannot be stopped.
func (s *session) retire(ctx context.Context, group string) error {
	answer, err := s.call(ctx, wire.StopProcessGroup, group)
	if err != nil {
		return err
	}
	s.did(group, "stopped", "stopped")
	results, err := wire.ParseResults(answer)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(results, func(r wire.Result) bool { return r.Status == wire.Failed }) {
		s.fail(exitError, newProblem(group, wire.Failed, "has problems; not removing"), "%s: has problems; not removing", group)
		return nil
	}
	if _, err := s.call(ctx, wire.RemoveProcessGroup, group); err != nil {
		return err
	}
	s.did(group, "removed", "removed process group")
	return nil
}

// replace stops a group and starts it as it is configured now.
func (s *session) replace(ctx context.Context, group string) error {
	if _, err := s.call(ctx, wire.StopProcessGroup, group); err != nil {
		return err
	}
	s.did(group, "stopped", "stopped")
	if _, err := s.call(ctx, wire.RemoveProcessGroup, group); err != nil {
		return err
	}
	if _, err := s.call(ctx, wire.AddProcessGroup, group); err != nil {
		return err
	}
	s.did(group, "updated", "updated process group")
	return nil
}
