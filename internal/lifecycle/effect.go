package lifecycle

import (
	"log/slog"
	"syscall"
)

// Effect is something that the caller must do, in the order given.
type Effect interface{ effect() }

// Spawn asks for a new child. The answer is Spawned or SpawnFailed, sooner or
// later, with the same incarnation.
type Spawn struct{ Incarnation int }

// Signal asks for a signal to the child, or to its whole process group. If it
// cannot be sent, SignalFailed is the answer; otherwise there is none.
type Signal struct {
	PID   int
	Sig   syscall.Signal
	Group bool
}

// Changed says that the state changed. There is one for each change, and no
// other source of state events.
type Changed struct {
	From, To State
	PID      int  // the child's pid at the time of the change; 0: none
	Tries    int  // failed starts in a row so far
	Expected bool // To == Exited: the exit status is one of ExitCodes
}

// Log asks for a line in the activity log.
type Log struct {
	Level slog.Level
	Text  string
}

func (Spawn) effect()   {}
func (Signal) effect()  {}
func (Changed) effect() {}
func (Log) effect()     {}
