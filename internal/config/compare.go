package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"supervisor/internal/event"
	"supervisor/internal/signals"
)

// Diff is how newly loaded groups differ from those that are active. Names are
// in the order of the loaded groups, those of Removed in that of the active.
type Diff struct {
	Added, Removed []string
	Changed        []Change
}

// Change is a group that is in both and differs.
type Change struct {
	Group   string
	Options []OptionChange // at least one
}

// OptionChange is one option that differs, as it would be written in a file, but
// without the values of variables that look like secrets.
// Process is empty for an option of the group itself. A process that is only
// in one of the two differs in its process_name, which is empty in the other.
type OptionChange struct{ Process, Key, Old, New string }

// Compare compares the active groups with newly loaded ones. What counts as a
// difference is what counts for the reference (process.md, section 9): the
// options of processes, with AUTO log files equal to any, the priority of a
// group, and the events, buffer and handler of listeners. Of a FastCGI socket
// the address counts, nothing else.
func Compare(active, loaded []*Group) Diff {
	before, after := byName(active), byName(loaded)
	var d Diff
	for _, g := range loaded {
		old := before[g.Name]
		if old == g {
			continue // what runs is what was read, as mostly
		}
		if old == nil {
			d.Added = append(d.Added, g.Name)
		} else if changes := compareGroups(old, g); len(changes) > 0 {
			d.Changed = append(d.Changed, Change{g.Name, changes})
		}
	}
	for _, g := range active {
		if after[g.Name] == nil {
			d.Removed = append(d.Removed, g.Name)
		}
	}
	return d
}

func byName(groups []*Group) map[string]*Group {
	m := make(map[string]*Group, len(groups))
	for _, g := range groups {
		m[g.Name] = g
	}
	return m
}

// groupOptions are the options of a group, as text. The kind of section is not
// an option but makes as much of a difference.
var groupOptions = []struct {
	key  string
	text func(g *Group) string
}{
	{"section", func(g *Group) string { return g.Kind.String() }},
	{"priority", func(g *Group) string { return strconv.Itoa(g.Priority) }},
	{"buffer_size", ofPool(func(p *Pool) string { return strconv.Itoa(p.BufferSize) })},
	{"events", ofPool(func(p *Pool) string { return eventList(p.Events) })},
	{"result_handler", ofPool(func(p *Pool) string { return p.ResultHandler })},
	{"payload_length", ofPool(func(p *Pool) string { return unitName(p.LengthUnit) })},
}

// String returns the name of the sections that make groups of this kind.
func (k Kind) String() string {
	return [...]string{Programs: "program", FastCGI: "fcgi-program", Listeners: "eventlistener"}[k]
}

func ofPool(text func(*Pool) string) func(*Group) string {
	return func(g *Group) string {
		if g.Pool == nil {
			return ""
		}
		return text(g.Pool)
	}
}

func eventList(types []event.Type) string {
	var names []string
	for _, t := range types {
		names = append(names, t.String())
	}
	return strings.Join(names, ",")
}

func unitName(u event.Unit) string {
	if u == event.Bytes {
		return "bytes"
	}
	return "characters"
}

func compareGroups(old, new *Group) []OptionChange {
	var changes []OptionChange
	for _, o := range groupOptions {
		if a, b := o.text(old), o.text(new); a != b {
			changes = append(changes, OptionChange{"", o.key, a, b})
		}
	}
	before, after := byProcess(old), byProcess(new)
	for _, p := range old.Processes {
		if after[p.Name] == nil {
			changes = append(changes, OptionChange{p.Name, "process_name", p.Name, ""})
		}
	}
	for _, p := range new.Processes {
		if before[p.Name] == nil {
			changes = append(changes, OptionChange{p.Name, "process_name", "", p.Name})
		} else {
			changes = append(changes, compareProcesses(before[p.Name], p)...)
		}
	}
	if len(changes) == 0 {
		if a, b := processList(old), processList(new); a != b {
			changes = append(changes, OptionChange{"", "programs", a, b})
		}
	}
	return changes
}

func byProcess(g *Group) map[string]*Process {
	m := make(map[string]*Process, len(g.Processes))
	for _, p := range g.Processes {
		m[p.Name] = p
	}
	return m
}

func processList(g *Group) string {
	var names []string
	for _, p := range g.Processes {
		names = append(names, p.Name)
	}
	return strings.Join(names, ",")
}

// processOptions are the options of a process, as text.
var processOptions = slices.Concat(
	[]processOption{
		{"command", func(p *Process) string { return p.Command }},
		{"directory", func(p *Process) string { return p.Directory }},
		{"umask", func(p *Process) string { return umaskText(p.Umask) }},
		{"user", func(p *Process) string { return userText(p.User) }},
		{"serverurl", func(p *Process) string { return p.ServerURL }},
		{"priority", func(p *Process) string { return strconv.Itoa(p.Priority) }},
		{"autostart", func(p *Process) string { return strconv.FormatBool(p.Autostart) }},
		{"autorestart", func(p *Process) string { return p.Autorestart.String() }},
		{"startsecs", func(p *Process) string { return secondsText(p.StartSecs) }},
		{"startretries", func(p *Process) string { return strconv.Itoa(p.StartRetries) }},
		{"exitcodes", func(p *Process) string { return codesText(p.ExitCodes) }},
		{"stopsignal", func(p *Process) string { return signalText(p.StopSignal) }},
		{"stopwaitsecs", func(p *Process) string { return secondsText(p.StopWait) }},
		{"stopasgroup", func(p *Process) string { return strconv.FormatBool(p.StopAsGroup) }},
		{"killasgroup", func(p *Process) string { return strconv.FormatBool(p.KillAsGroup) }},
		{"redirect_stderr", func(p *Process) string { return strconv.FormatBool(p.RedirectStderr) }},
		{"socket", func(p *Process) string { return socketText(p.Socket) }},
	},
	streamOptions("stdout", func(p *Process) Stream { return p.Stdout }),
	streamOptions("stderr", func(p *Process) Stream { return p.Stderr }),
)

type processOption struct {
	key  string
	text func(p *Process) string
}

func streamOptions(stream string, of func(*Process) Stream) []processOption {
	return []processOption{
		{stream + "_logfile_maxbytes", func(p *Process) string { return sizeText(of(p).MaxBytes) }},
		{stream + "_logfile_backups", func(p *Process) string { return strconv.Itoa(of(p).Backups) }},
		{stream + "_capture_maxbytes", func(p *Process) string { return sizeText(of(p).CaptureMax) }},
		{stream + "_events_enabled", func(p *Process) string { return strconv.FormatBool(of(p).Events) }},
		{stream + "_syslog", func(p *Process) string { return strconv.FormatBool(of(p).Syslog) }},
	}
}

func compareProcesses(old, new *Process) []OptionChange {
	var changes []OptionChange
	add := func(key, a, b string) {
		if a != b {
			changes = append(changes, OptionChange{new.Name, key, a, b})
		}
	}
	for _, o := range processOptions {
		add(o.key, o.text(old), o.text(new))
	}
	for _, log := range []struct {
		key  string
		a, b Log
	}{{"stdout_logfile", old.Stdout.Log, new.Stdout.Log}, {"stderr_logfile", old.Stderr.Log, new.Stderr.Log}} {
		if !log.a.Auto && !log.b.Auto {
			add(log.key, logText(log.a), logText(log.b))
		}
	}
	gone, come := without(old.Environment, new.Environment), without(new.Environment, old.Environment)
	if len(gone)+len(come) > 0 {
		changes = append(changes, OptionChange{new.Name, "environment", variableList(gone), variableList(come)})
	}
	return changes
}

// without returns the variables of an environment that are not in the other,
// so that a change shows no more of an environment than it must.
func without(list, other []string) (rest []string) {
	for _, v := range list {
		if !slices.Contains(other, v) {
			rest = append(rest, v)
		}
	}
	slices.Sort(rest)
	return rest
}

// variableList shows variables without their secrets: that those differ is
// enough to know.
func variableList(variables []string) string {
	var list []string
	for _, v := range variables {
		list = append(list, WithoutSecret(v))
	}
	return strings.Join(list, ",")
}

// String returns the value that the option has in a file.
func (a Autorestart) String() string {
	return [...]string{Never: "false", Always: "true", IfUnexpected: "unexpected"}[a]
}

func umaskText(mask *uint32) string {
	if mask == nil {
		return ""
	}
	return fmt.Sprintf("%03o", *mask)
}

// userText is the number of a user, since it does not matter how a file names
// one.
func userText(u *User) string {
	if u == nil {
		return ""
	}
	return strconv.Itoa(u.UID)
}

func secondsText(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

func codesText(codes []int) string {
	var list []string
	for _, code := range codes {
		list = append(list, strconv.Itoa(code))
	}
	return strings.Join(list, ",")
}

func signalText(sig syscall.Signal) string {
	return strings.TrimPrefix(signals.Name(sig), "SIG")
}

func socketText(s *Socket) string {
	if s == nil {
		return ""
	}
	return s.URL
}

func sizeText(n ByteSize) string { return strconv.FormatInt(int64(n), 10) }

func logText(l Log) string {
	if l.Path == "" {
		return "NONE"
	}
	return l.Path
}
