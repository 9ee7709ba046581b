// Package identity tells one process from any other that has, had or will have
// its pid: by when it was born, and in which boot of the machine.
//
// It only looks. On systems without /proc it knows nothing, and says so.
package identity

import "errors"

// ErrUnknown says that this system does not tell.
var ErrUnknown = errors.New("this system does not tell one process from another")

// Process is what the system tells about a process, at the moment of asking.
type Process struct {
	PID     int
	Parent  int
	Group   int    // its process group
	Session int    // the process that has begun its session
	State   byte   // as ps shows it; 'Z': it has ended, and nobody has collected it
	Born    uint64 // in clock ticks since the machine was started
	Status  uint32 // of a 'Z': as wait(2) would return it, if the system tells us; else 0
}

// Ended reports whether only its entry in the table is left.
func (p Process) Ended() bool { return p.State == 'Z' || p.State == 'X' }
