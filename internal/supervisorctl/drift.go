package supervisorctl

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"supervisor/internal/fold"
	"supervisor/internal/terminal"
	"supervisor/internal/wire"
)

// drift asks how the configuration on disk differs from what runs. Nothing is
// changed by it, in the server either.
func (s *session) drift(ctx context.Context) (wire.Drift, error) {
	answer, err := s.call(ctx, wire.GetConfigDrift)
	fault, ok := asFault(err)
	switch {
	case ok && wire.Code(fault.Code) == wire.CantReread:
		return wire.Drift{}, because(err, &failure{"ERROR: " + fault.Text, exitError})
	case ok && wire.Code(fault.Code) == wire.ShutdownState:
		return wire.Drift{}, because(err, &failure{"ERROR: supervisor shutting down", exitError})
	case ok && wire.Code(fault.Code) == wire.UnknownMethod:
		return wire.Drift{}, because(err, &failure{"ERROR: this supervisord cannot tell; reread says which groups differ", exitError})
	case err != nil:
		return wire.Drift{}, err
	}
	return wire.ParseDrift(answer)
}

// limitTo returns the part of a difference that concerns the named groups.
func limitTo(d wire.Drift, groups []string) wire.Drift {
	other := func(name string) bool { return !slices.Contains(groups, name) }
	otherGroup := func(g wire.Drifted) bool { return other(g.Group) }
	return wire.Drift{
		Added:   slices.DeleteFunc(slices.Clone(d.Added), other),
		Changed: slices.DeleteFunc(slices.Clone(d.Changed), otherGroup),
		Removed: slices.DeleteFunc(slices.Clone(d.Removed), otherGroup),
	}
}

func noDrift(d wire.Drift) bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// hint tells somebody at a terminal something that was not asked for.
func (s *session) hint(format string, args ...any) {
	if s.hints {
		// Nobody is left to be told that nobody reads.
		_, _ = io.WriteString(s.errOut, terminal.Visible(fmt.Sprintf(format, args...))+"\n")
	}
}

// hintOfDrift says how much of the configuration is not applied. A server that
// does not know is no reason to say anything.
func (s *session) hintOfDrift(ctx context.Context) {
	if !s.hints {
		return
	}
	answer, err := s.call(ctx, wire.GetConfigDrift)
	if fault, ok := asFault(err); ok && wire.Code(fault.Code) == wire.CantReread {
		s.hint("the configuration on disk cannot be used: %s", strings.TrimPrefix(fault.Text, wire.CantReread.String()+": "))
		return
	}
	if err != nil {
		return
	}
	d, err := wire.ParseDrift(answer)
	if err != nil || noDrift(d) {
		return
	}
	s.hint("%d changed, %d added, %d removed; run 'update' ('diff' shows what)", len(d.Changed), len(d.Added), len(d.Removed))
}

// hintOfOldConfiguration says which of the named processes were started with a
// configuration that is not that on disk any more.
func (s *session) hintOfOldConfiguration(ctx context.Context, names []string) {
	if !s.hints {
		return
	}
	d, err := s.drift(ctx)
	if err != nil {
		return
	}
	for _, g := range slices.Concat(d.Changed, d.Removed) {
		named := func(name string) bool { return parseName(name).group == g.Group }
		if !wantsAll(names) && !slices.ContainsFunc(names, named) {
			continue
		}
		if len(g.Options) == 0 {
			s.hint("%s: still runs, but is not in the configuration any more; 'update' removes it", g.Group)
		} else {
			after := ""
			if stay := stayDown(g); len(stay) > 0 {
				after = "; it stops " + strings.Join(fold.Names(stay), ", ") + " for good, because of autostart=false: 'start' after that"
			}
			s.hint("%s: still uses its old configuration, without the change of %s; 'update %s' applies it%s", g.Group, changedKeys(g), g.Group, after)
		}
	}
}

// processName is what a process that comes or goes differs in.
const processName = "process_name"

// changedKeys lists the options that differ.
func changedKeys(g wire.Drifted) string {
	var keys []string
	for _, o := range g.Options {
		key := o.Key
		if key == processName {
			key = "processes"
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return strings.Join(keys, ", ")
}

// driftText tells what differs, group by group in the order of an update, and
// what the update would do.
func driftText(d wire.Drift) string {
	var text strings.Builder
	for _, g := range d.Removed {
		fmt.Fprintf(&text, "%s: removed; update would %s\n", g.Group, stops(g.Stops))
	}
	for _, g := range d.Changed {
		fmt.Fprintf(&text, "%s: changed; update would %s\n", g.Group, replaces(g))
		text.WriteString(optionChanges(g.Options))
		for _, names := range fold.Names(stayDown(g)) {
			text.WriteString("  " + names + ": would stay stopped, because of autostart=false\n")
		}
	}
	for _, name := range d.Added {
		fmt.Fprintf(&text, "%s: added; update would add it\n", name)
	}
	return text.String()
}

// stayDown returns the processes that are up and would not be started again, though
// they are still configured.
func stayDown(g wire.Drifted) []string {
	var gone []string
	for _, o := range g.Options {
		if o.Key == processName && o.To == "" {
			gone = append(gone, displayName(g.Group, o.Process))
		}
	}
	_, ended, _ := fold.Split(g.Stops, g.Starts)
	_, stay, _ := fold.Split(ended, gone)
	return stay
}

// stops says what is done to the processes of a group that is to be removed.
func stops(names []string) string {
	if len(names) == 0 {
		return "remove it, nothing of it is running"
	}
	return "stop " + strings.Join(fold.Names(names), ", ")
}

// replaces says what is done to the processes of a group that has changed.
func replaces(g wire.Drifted) string {
	does := strings.Join(becomes(g, "restart", "stop", "start"), ", ")
	if len(g.Stops) == 0 {
		return strings.TrimSuffix("replace it, nothing of it is running; "+does, "; ")
	}
	return does
}

// becomes tells what becomes of the processes of a group that is replaced: what is
// up is started again only if it would be started by itself, and so is what is down.
func becomes(g wire.Drifted, restart, stop, start string) (parts []string) {
	again, ended, fresh := fold.Split(g.Stops, g.Starts)
	for _, p := range []struct {
		verb  string
		names []string
	}{{restart, again}, {stop, ended}, {start, fresh}} {
		if len(p.names) > 0 {
			parts = append(parts, p.verb+" "+strings.Join(fold.Names(p.names), ", "))
		}
	}
	return parts
}

// sameChange is a change of an option, and the processes that have it. Example is
// one of them if the others have it with other numbers.
type sameChange struct {
	wire.OptionChange
	processes []string
	example   string
}

// whose is who has the change, for people.
func (c *sameChange) whose() string {
	names := cmp.Or(strings.Join(fold.Names(c.processes), ", "), "the group")
	if c.example != "" {
		names += ", such as " + c.example
	}
	return names
}

// optionChanges shows what options are and will be. What changes alike in
// several processes of a group is shown once.
func optionChanges(options []wire.OptionChange) string {
	var gone, fresh []string
	var order []*sameChange
	known := make(map[wire.OptionChange]*sameChange)
	for _, o := range options {
		switch {
		case o.Key == processName && o.To == "":
			gone = append(gone, o.Process)
			continue
		case o.Key == processName:
			fresh = append(fresh, o.Process)
			continue
		}
		alike := wire.OptionChange{Key: o.Key, From: o.From, To: o.To}
		if known[alike] == nil {
			known[alike] = &sameChange{OptionChange: alike}
			order = append(order, known[alike])
		}
		if o.Process != "" {
			known[alike].processes = append(known[alike].processes, o.Process)
		}
	}
	var text strings.Builder
	whose := ""
	for _, c := range alikeButForNumbers(order) {
		if now := c.whose(); now != whose {
			whose = now
			fmt.Fprintf(&text, "  %s:\n", whose)
		}
		for _, side := range []struct{ sign, value string }{{"-", c.From}, {"+", c.To}} {
			fmt.Fprintf(&text, "    %s %s=%s\n", side.sign, c.Key, cmp.Or(side.value, "(none)"))
		}
	}
	for _, names := range fold.Names(gone) {
		text.WriteString("  " + names + ": would be gone\n")
	}
	for _, names := range fold.Names(fresh) {
		text.WriteString("  " + names + ": new\n")
	}
	return text.String()
}

// alikeButForNumbers makes one change of many that differ only in numbers, as the
// options of workers do in which %(process_num)d stands.
func alikeButForNumbers(changes []*sameChange) (merged []*sameChange) {
	like := func(c *sameChange) wire.OptionChange {
		without := func(text string) string { return digits().ReplaceAllString(text, "N") }
		return wire.OptionChange{Key: c.Key, From: without(c.From), To: without(c.To)}
	}
	families := make(map[wire.OptionChange][]*sameChange)
	for _, c := range changes {
		if len(c.processes) > 0 {
			families[like(c)] = append(families[like(c)], c)
		}
	}
	for _, c := range changes {
		family := families[like(c)]
		switch {
		case len(family) < fold.Enough || len(c.processes) == 0:
			merged = append(merged, c)
		case c == family[0]:
			c.example = c.processes[0]
			for _, other := range family[1:] {
				c.processes = append(c.processes, other.processes...)
			}
			merged = append(merged, c)
		}
	}
	return merged
}
