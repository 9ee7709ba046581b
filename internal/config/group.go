package config

import (
	"cmp"
	"slices"

	"supervisor/internal/ini"
)

// The prefixes of the sections that make groups.
const (
	programPrefix  = "program:"
	fcgiPrefix     = "fcgi-program:"
	listenerPrefix = "eventlistener:"
	groupPrefix    = "group:"
)

// groupSection is what the sections that make a group have in common.
type groupSection struct {
	priority int
	programs []string
}

var groupFields = []field[groupSection]{
	{
		key: "programs", absent: "none",
		meaning: "the names of the programs that form the group, between commas",
		set: to(func(text string) ([]string, error) { return words(text), nil },
			func(g *groupSection) *[]string { return &g.programs }),
	},
	groupPriority("999", ""),
}

// groupPriority is the priority of a group; a section that is a group by
// itself gives it the same option as its processes.
func groupPriority(def, absent string) field[groupSection] {
	return field[groupSection]{
		key: "priority", def: def, absent: absent,
		meaning: "groups of low priority are started first and stopped last",
		set:     to(integer, func(g *groupSection) *int { return &g.priority }),
	}
}

// sectionName returns the name of a program or group, which its section's name
// ends with.
func (l *loader) sectionName(s *ini.Section, prefix string) (string, error) {
	rest, _ := suffix(s, prefix)
	n, err := name(rest)
	if err != nil {
		return trim(rest), l.fail(in(s, BadName, "%v", err))
	}
	return n, nil
}

// groups builds all groups and sorts them by priority, then by name. Of groups
// with the same name only the first is kept: of two with the same priority
// that is the one that is built first.
func (l *loader) groups() ([]*Group, error) {
	var all []*Group
	sections := map[*Group]*ini.Section{} // where each comes from
	used := map[string]bool{}             // sections that are part of a [group:x]
	for _, kind := range []struct {
		prefix string
		build  func(*ini.Section, map[string]bool) (*Group, error)
	}{
		{groupPrefix, l.group},
		{programPrefix, l.programGroup},
		{listenerPrefix, l.listenerGroup},
		{fcgiPrefix, l.fcgiGroup},
	} {
		for _, s := range l.file.Sections() {
			if _, ok := suffix(s, kind.prefix); !ok || used[s.Name] {
				continue
			}
			g, err := kind.build(s, used)
			if err != nil {
				return nil, err
			}
			all, sections[g] = append(all, g), s
		}
	}
	slices.SortStableFunc(all, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Name, b.Name))
	})
	return l.unique(all, sections), nil
}

// unique drops groups whose name is taken.
func (l *loader) unique(all []*Group, sections map[*Group]*ini.Section) []*Group {
	taken := map[string]bool{}
	return slices.DeleteFunc(all, func(g *Group) bool {
		if taken[g.Name] {
			l.warn(SameGroup, ini.Option{}, sections[g], "More than one group is called %s; the one of priority %d with %d processes is not used",
				g.Name, g.Priority, len(g.Processes))
			return true
		}
		taken[g.Name] = true
		return false
	})
}

// group builds a [group:x] of the programs that it names, in that order.
func (l *loader) group(s *ini.Section, used map[string]bool) (*Group, error) {
	groupName, err := l.sectionName(s, groupPrefix)
	if err != nil {
		return nil, err
	}
	var section groupSection
	if err := readFields(l, s, l.env.within(l.hereNames()), groupFields, &section); err != nil {
		return nil, err
	}
	g := &Group{Name: groupName, Priority: section.priority}
	for _, member := range section.programs {
		program, fcgi := l.file.Section(programPrefix+member), l.file.Section(fcgiPrefix+member)
		var processes []*Process
		switch {
		case program != nil && fcgi != nil:
			err = l.fail(at(groupFields[0].option(s), s, wrong(Ambiguous, "call one of the two something else",
				"[%s] name %s is ambiguous (exists as program and fcgi-program)", s.Name, member)))
		case program != nil:
			used[program.Name] = true
			processes, err = l.readProcesses(program, programPrefix, groupName)
		case fcgi != nil:
			used[fcgi.Name] = true
			processes, err = l.groupedFCGI(fcgi, groupName)
		default:
			err = l.fail(at(groupFields[0].option(s), s, wrong(UnknownProgram, "",
				"[%s] names unknown program or fcgi-program %s", s.Name, member)))
		}
		if err != nil {
			return nil, err
		}
		g.Processes = append(g.Processes, processes...)
	}
	l.uniqueProcesses(g)
	return g, nil
}

// uniqueProcesses keeps, of processes with the same name, the last one, where
// the first one stands.
func (l *loader) uniqueProcesses(g *Group) {
	place := map[string]int{}
	kept := g.Processes[:0]
	for _, p := range g.Processes {
		i, taken := place[p.Name]
		if !taken {
			place[p.Name] = len(kept)
			kept = append(kept, p)
			continue
		}
		l.warn(SameProcess, ini.Option{}, l.file.Section(p.Section), "More than one process of group %s is called %s; that of [%s] is used",
			g.Name, p.Name, p.Section)
		kept[i] = p
	}
	g.Processes = kept
}

// programGroup builds the group of a program that is in no other.
func (l *loader) programGroup(s *ini.Section, _ map[string]bool) (*Group, error) {
	groupName, err := l.sectionName(s, programPrefix)
	if err != nil {
		return nil, err
	}
	var section groupSection
	if err := groupPriority("999", "").read(l, s, l.env.within(l.hereNames()), &section); err != nil {
		return nil, err
	}
	processes, err := l.readProcesses(s, programPrefix, groupName)
	if err != nil {
		return nil, err
	}
	g := &Group{Name: groupName, Priority: section.priority, Processes: processes}
	l.uniqueProcesses(g)
	return g, nil
}
