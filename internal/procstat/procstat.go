// Package procstat measures how much processor time and memory processes use,
// with all their descendants.
//
// A Meter looks only when it is asked, and looks once at everything: what it
// costs depends on how many processes the system has, not on how many are
// asked for. On a system that it cannot look at, everything is unknown.
//
// What it cannot know: a descendant that was born and has died between two
// looks is not counted, and one whose parent has died belongs to nobody.
// Memory is what is resident; what processes share counts once for each.
package procstat

import (
	"errors"
	"time"
)

// ErrUnknown says that this system does not tell what processes use.
var ErrUnknown = errors.New("this system does not tell what processes use")

// Load is what processes use.
type Load struct {
	CPU    float64 // processors in use since the last look: 1 is all of one
	Memory int64   // resident, in bytes
}

// Usage is what a process uses, by itself and with its descendants.
type Usage struct {
	Own, Tree Load
	Processes int // in the tree; at least 1
}

// process is what a look finds out about one process.
type process struct {
	parent int
	born   uint64        // in ticks since the system started; with the pid it names a process for good
	used   time.Duration // of processor time, since it was born
	memory int64         // resident, in bytes
}

// Meter remembers the last look, since processor time is a difference. The zero
// Meter is ready; it belongs to one goroutine.
type Meter struct {
	at   time.Time
	last map[int]process
	eye  eye
}

// Often says that Measure will be called every second or so: what is looked at
// stays open from one look to the next, as far as there are descriptors to spare,
// which makes a look half as dear. Whoever says so must call Close.
func (m *Meter) Often() { m.eye.stare() }

// Close closes what has stayed open. The Meter can be used again.
func (m *Meter) Close() { m.eye.close() }

// Measure looks at the system and returns what the processes with these pids
// use. Those that do not exist are missing. The first look knows no processor
// time yet. It fails with ErrUnknown, or if the system cannot be looked at.
func (m *Meter) Measure(pids []int) (map[int]Usage, error) {
	all, err := m.eye.look(len(m.last))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	usage := account(pids, all, m.last, now.Sub(m.at))
	m.at, m.last = now, all
	return usage, nil
}

// account adds up what the trees below the pids use now, and have used since an
// earlier look.
func account(pids []int, now, before map[int]process, elapsed time.Duration) map[int]Usage {
	usage := make(map[int]Usage, len(pids))
	for _, pid := range pids {
		if _, alive := now[pid]; alive {
			usage[pid] = Usage{}
		}
	}
	roots := make(map[int]int) // of processes on the way up; 0: none of the pids
	for pid, p := range now {
		root := findRoot(pid, now, usage, roots)
		if root == 0 {
			continue
		}
		load := Load{Memory: p.memory}
		if old, known := before[pid]; known && old.born == p.born && elapsed > 0 {
			load.CPU = float64(p.used-old.used) / float64(elapsed)
		}
		u := usage[root]
		u.Processes++
		u.Tree.CPU += load.CPU
		u.Tree.Memory += load.Memory
		if pid == root {
			u.Own = load
		}
		usage[root] = u
	}
	return usage
}

// maxDepth bounds the way up a family tree: while it is being read, processes
// come and go, and pids that are used again could make a circle of it.
const maxDepth = 1000

// findRoot returns the nearest of the pids in usage that a process descends
// from, itself included; 0: from none.
func findRoot(pid int, all map[int]process, usage map[int]Usage, roots map[int]int) int {
	root, at := 0, pid
	for range maxDepth {
		if _, wanted := usage[at]; wanted {
			root = at
			break
		}
		if known, seen := roots[at]; seen {
			root = known
			break
		}
		p, alive := all[at]
		if !alive || p.parent <= 1 {
			break
		}
		at = p.parent
	}
	roots[pid] = root
	return root
}
