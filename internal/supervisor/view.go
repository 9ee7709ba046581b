package supervisor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
)

// Info is what the loop has published about a process: an immutable value,
// true at the moment of the last change.
type Info struct {
	Config         *config.Process
	Vars           lifecycle.Vars
	Stdout, Stderr string // paths of the log files; empty: none
}

// Display returns the name that a client shows: the process' own if its group
// has the same, else group:process.
func (i Info) Display() string { return display(i.Config) }

func display(p *config.Process) string {
	if p.Group == p.Name {
		return p.Name
	}
	return p.Group + ":" + p.Name
}

// Description returns the state in words, as of now (process.md, section 7).
func (i *Info) Description(now time.Time) string {
	v := &i.Vars
	switch v.State {
	case lifecycle.Running:
		text := make([]byte, 0, 64)
		text = append(text, "pid "...)
		text = strconv.AppendInt(text, int64(v.PID), 10)
		text = append(text, ", uptime "...)
		return string(appendUptime(text, now.Sub(v.Started)))
	case lifecycle.Fatal, lifecycle.Backoff:
		if v.Trouble == "" {
			return fmt.Sprintf(`unknown error (try "tail %s")`, i.Config.Name)
		}
		return v.Trouble
	case lifecycle.Stopped, lifecycle.Exited:
		if v.Stopped.IsZero() {
			return "Not started"
		}
		return v.Stopped.Local().Format("Jan 02 03:04 PM")
	}
	return ""
}

// appendUptime appends a duration the way Python prints a timedelta.
func appendUptime(dst []byte, d time.Duration) []byte {
	seconds := int64(max(d, 0) / time.Second)
	days, seconds := seconds/86400, seconds%86400
	if days > 0 {
		dst = strconv.AppendInt(dst, days, 10)
		dst = append(dst, " day"...)
		if days > 1 {
			dst = append(dst, 's')
		}
		dst = append(dst, ", "...)
	}
	dst = append(strconv.AppendInt(dst, seconds/3600, 10), ':')
	dst = append(appendTwoDigits(dst, seconds/60%60), ':')
	return appendTwoDigits(dst, seconds%60)
}

func appendTwoDigits(dst []byte, n int64) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// table is the published list of what is active. It is replaced when a group
// comes or goes; the processes in it publish their own changes.
type table struct {
	groups []*group
	sorted []*process // by group name, then process name
	byName map[string]*group
}

func newTable(groups []*group) *table {
	t := &table{groups: slices.Clone(groups), byName: make(map[string]*group, len(groups))}
	for _, g := range groups {
		t.byName[g.config.Name] = g
		t.sorted = append(t.sorted, g.processes...)
	}
	slices.SortStableFunc(t.sorted, func(a, b *process) int {
		return cmp.Or(strings.Compare(a.config.Group, b.config.Group), strings.Compare(a.config.Name, b.config.Name))
	})
	return t
}

// Processes returns what is known about every process, ordered by group name,
// then process name.
func (s *Supervisor) Processes() []Info {
	t := s.table.Load()
	infos := make([]Info, len(t.sorted))
	for i, p := range t.sorted {
		infos[i] = *p.info.Load()
	}
	return infos
}

// Visit shows what is known about every process, in the order of Processes,
// without a copy. What is shown must not be changed.
func (s *Supervisor) Visit(visit func(*Info)) {
	for _, p := range s.table.Load().sorted {
		visit(p.info.Load())
	}
}

// Process returns what is known about one process, named "group:process", or
// "process" if its group has the same name. It fails with ErrBadName.
func (s *Supervisor) Process(name string) (Info, error) {
	p, err := s.process(name)
	if err != nil {
		return Info{}, err
	}
	return *p.info.Load(), nil
}

// Groups returns the groups that are active, in start order.
func (s *Supervisor) Groups() []*config.Group { return s.table.Load().configs() }

func (t *table) configs() []*config.Group {
	configs := make([]*config.Group, len(t.groups))
	for i, g := range t.groups {
		configs[i] = g.config
	}
	return configs
}

// SplitName splits a namespec at its first colon (rpc.md, section 5). A name
// without one stands for both group and process; process is empty if the name
// means the whole group.
func SplitName(name string) (group, process string) {
	group, process, found := strings.Cut(name, ":")
	if !found {
		return name, name
	}
	if process == "*" {
		process = ""
	}
	return group, process
}

// process finds the process of a name.
func (s *Supervisor) process(name string) (*process, error) {
	groupName, processName := SplitName(name)
	if g := s.table.Load().byName[groupName]; g != nil && processName != "" {
		if p := g.byName[processName]; p != nil {
			return p, nil
		}
	}
	return nil, fail(ErrBadName, name)
}

// group finds the active group of a name.
func (s *Supervisor) group(name string) (*group, error) {
	if g := s.table.Load().byName[name]; g != nil {
		return g, nil
	}
	return nil, fail(ErrBadName, name)
}

// everything returns the processes of all groups: groups in start order, the
// processes of each by priority.
func (t *table) everything() []*process {
	var all []*process
	for _, g := range t.groups {
		all = append(all, g.byPriority()...)
	}
	return all
}
