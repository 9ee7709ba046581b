// Package orphan finds programs that an earlier daemon has left behind: a
// daemon that was killed takes nobody with it, and the next one starts
// everything a second time.
//
// It looks once and touches nothing. Whether a program that is left over should
// go on is for a person to decide: some are meant to outlive their supervisor.
package orphan

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"supervisor/internal/identity"
)

// Orphan is a program that is left over.
type Orphan struct {
	PID            int
	Group, Process string // what it was as a child
	Leads          bool   // its process group, with all that it has started
	born           uint64
}

// Cleanup returns the command that asks it to end, with its process group.
func (o Orphan) Cleanup() string {
	if o.Leads {
		return "kill -- -" + strconv.Itoa(o.PID)
	}
	return "kill " + strconv.Itoa(o.PID)
}

// Mine says whether a program that finds these in its environment, the address
// of the daemon and its own names, was a child of a daemon like this one.
type Mine func(url, group, process string) bool

// kin is what is looked at of a process.
type kin struct {
	identity.Process
	url, group, process string
	child               bool // it has the names of a child in its environment
}

// Find returns what is left over, by pid. self is the pid of the daemon: what is
// younger is not an earlier one's. Neither is what has a living
// supervisord above it, or what the daemon itself was started by.
//
// Of programs that started others only the first of each family is named.
func Find(self int, mine Mine) ([]Orphan, error) {
	// Nothing around the first process of a container is older than it, and what
	// it starts in the very tick of its own birth would look like an orphan: it
	// has the first process as its parent.
	if self == 1 {
		return nil, nil
	}
	look := looker{self: self}
	me, err := look.Look(self)
	if err != nil {
		return nil, err
	}
	pids, err := identity.All()
	if err != nil {
		return nil, err
	}
	above := look.ancestors(me)
	var found []Orphan
	for _, pid := range pids {
		p, err := look.Look(pid)
		// Whatever cannot be seen, because it is gone or because it is somebody
		// else's, is nothing that could be said anything about.
		if err != nil || p.Ended() || p.Born > me.Born || slices.Contains(above, pid) {
			continue
		}
		k := look.meet(p)
		if !k.child || !mine(k.url, k.group, k.process) || look.cares(k) {
			continue
		}
		found = append(found, Orphan{PID: pid, Group: k.group, Process: k.process, Leads: p.Group == pid, born: p.Born})
	}
	slices.SortFunc(found, func(a, b Orphan) int { return a.PID - b.PID })
	return found, nil
}

// looker looks at one process after the other.
type looker struct {
	identity.Reader
	self int // the daemon that asks
}

// meet reads the environment of a process. Most have nothing to do with any
// supervisor, and are looked at no further.
func (l *looker) meet(p identity.Process) kin {
	k := kin{Process: p}
	env, err := l.Environ(p.PID)
	if err != nil || !bytes.Contains(env, []byte("SUPERVISOR_PROCESS_NAME=")) {
		return k
	}
	for variable := range bytes.SplitSeq(env, []byte{0}) {
		key, value, _ := bytes.Cut(variable, []byte("="))
		switch string(key) {
		case "SUPERVISOR_SERVER_URL":
			k.url = string(value)
		case "SUPERVISOR_GROUP_NAME":
			k.group = string(value)
		case "SUPERVISOR_PROCESS_NAME":
			k.process = string(value)
		}
	}
	k.child = k.group != "" && k.process != ""
	return k
}

// cares reports whether somebody above the process answers for it: the daemon that
// asks, another supervisor, or a program of the same names, which is named itself.
func (l *looker) cares(k kin) bool {
	for at := k.Process; at.Parent > 1; {
		parent, err := l.Look(at.Parent)
		if err != nil {
			return true // the parent has just gone: this is no quiet leftover
		}
		if parent.PID == l.self || l.supervises(parent.PID) {
			return true
		}
		if p := l.meet(parent); p.group == k.group && p.process == k.process && p.url == k.url {
			return true
		}
		at = parent
	}
	return false
}

// ancestors returns the pids of all who led to a process, and its own.
func (l *looker) ancestors(p identity.Process) []int {
	line := []int{p.PID}
	for p.Parent > 0 {
		parent, err := l.Look(p.Parent)
		if err != nil {
			break
		}
		line = append(line, parent.PID)
		p = parent
	}
	return line
}

// supervises reports whether a process is a supervisord, this one or the Python
// one, whose interpreter is the first word.
func (l *looker) supervises(pid int) bool {
	words, err := l.Command(pid)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(words[:min(len(words), 3)], func(word string) bool {
		return strings.HasPrefix(path.Base(word), "supervisord")
	})
}

// Alive reports whether the program is still there.
func (o Orphan) Alive() bool {
	p, err := identity.Look(o.PID)
	return err == nil && p.Born == o.born && !p.Ended()
}
