// Package procs looks at processes that are not ours: what a child has left
// behind when it ended, who listens on a port, whom the kernel has killed.
//
// It looks only when it is asked, and owns nothing. On a system that it cannot
// look at it finds nothing, which is not an error: whoever asks wants to know
// more, and goes on without.
package procs

import "time"

// Process is a process of the system. PID and Born name it for good.
type Process struct {
	PID     int
	Born    uint64 // in clock ticks since the machine's boot
	UID     int
	Command string // its command line, or its title
}

// Child is a child that has ended.
type Child struct {
	PID         int
	Name, Group string   // what its environment called it
	Server      string   // the SUPERVISOR_SERVER_URL that it had; empty: none
	Program     string   // the file that it was
	Args        []string // its command line
	Started     time.Time
	// Next returns when the next child of the same process was begun; zero: none
	// has been. It is asked after the look. nil: there is none.
	Next func() time.Time
	// Known reports whether a process is a living child of ours, which is
	// nobody's leftover.
	Known func(pid int) bool
}

func (c Child) next() time.Time {
	if c.Next == nil {
		return time.Time{}
	}
	return c.Next()
}

func (c Child) knows(pid int) bool { return c.Known != nil && c.Known(pid) }

// Limit is how much memory a control group may use.
type Limit struct {
	File     string // that says so
	Bytes    int64
	Writable bool // by this process
}
