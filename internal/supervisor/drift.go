package supervisor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"supervisor/internal/config"
)

// Drift is how the configuration on disk differs from what runs, and what an
// update would stop and start for it. Groups are in the order in which an update deals
// with them.
type Drift struct {
	Added   []string
	Changed []Drifted
	Removed []Drifted
}

// Drifted is a group that an update would start anew, or remove.
type Drifted struct {
	Group   string
	Options []config.OptionChange // none if it is to be removed
	Stops   []string              // the processes of it that are up now
	Starts  []string              // those that are then started, also if they are down now; the others wait, since autostart=false
}

// None reports whether nothing differs.
func (d Drift) None() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// String says in a few words how much differs.
func (d Drift) String() string {
	return fmt.Sprintf("%d changed, %d added, %d removed", len(d.Changed), len(d.Added), len(d.Removed))
}

// Drift compares the configuration on disk with what runs. It is for looking
// only: nothing is kept of what was read but the knowledge that it has been
// read, so that files that have not changed since are not read again. A
// difference is logged when it is noticed. A configuration that cannot be used
// is ErrCannotReread.
func (s *Supervisor) Drift() (Drift, error) {
	onDisk := s.onDisk.Load()
	if !onDisk.Current() {
		loaded, err := s.load()
		if err != nil {
			return Drift{}, fail(ErrCannotReread, err.Error())
		}
		s.onDisk.Store(loaded)
		onDisk = loaded
	}
	t := s.table.Load()
	diff := config.Compare(t.inOrderOfJoining(), onDisk.Groups)
	d := Drift{Added: diff.Added}
	for _, c := range diff.Changed {
		d.Changed = append(d.Changed, Drifted{c.Group, c.Options, t.up(c.Group), starting(onDisk.Groups, c.Group)})
	}
	for _, name := range diff.Removed {
		d.Removed = append(d.Removed, Drifted{Group: name, Stops: t.up(name)})
	}
	s.notice(d)
	return d, nil
}

// notice logs a difference once.
func (s *Supervisor) notice(d Drift) {
	said := ""
	if !d.None() {
		names := slices.Clone(d.Added)
		for _, g := range slices.Concat(d.Changed, d.Removed) {
			names = append(names, g.Group)
		}
		slices.Sort(names)
		said = "the configuration differs from what runs: " + d.String() + " (" + strings.Join(names, ", ") + "); supervisorctl update applies it"
	}
	if before := s.noticed.Swap(&said); said != "" && (before == nil || *before != said) {
		s.core.log.Info(said)
	}
}

// up returns those processes of a group that a stop would end.
func (t *table) up(group string) (names []string) {
	for _, p := range t.byName[group].processes {
		if p.info.Load().Vars.State.Wanted() {
			names = append(names, display(p.config))
		}
	}
	return names
}

// starting returns those processes of a group that are started as soon as it is
// active.
func starting(groups []*config.Group, name string) (names []string) {
	for _, g := range groups {
		if g.Name != name {
			continue
		}
		for _, p := range g.Processes {
			if p.Autostart {
				names = append(names, display(p))
			}
		}
		break // the first of a name is the one that runs
	}
	return names
}

// inOrderOfJoining returns the active groups, oldest first: the order in which
// those that disappeared are reported, and so the order in which supervisorctl
// removes them.
func (t *table) inOrderOfJoining() []*config.Group {
	groups := slices.Clone(t.groups)
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Compare(a.joined, b.joined) })
	configs := make([]*config.Group, len(groups))
	for i, g := range groups {
		configs[i] = g.config
	}
	return configs
}
