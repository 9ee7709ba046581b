package supervisor

import (
	"syscall"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
)

// Launcher makes groups ready to be started.
type Launcher interface {
	// Prepare makes what a group needs before its first start: its automatic
	// log files, a trial of its FastCGI socket. It returns one seat for each
	// process, in order. It may block and is never called by the loop.
	Prepare(*config.Group) ([]Seat, error)
}

// Prepared is a group that is ready to be started.
type Prepared struct {
	Group *config.Group
	Seats []Seat
}

// Seat is the place of one process in the world: its log files and, while
// there is one, its child. Incarnation after incarnation sits down in it.
type Seat interface {
	// Launch begins incarnation n and returns at once. Everything about it is
	// reported in order: Spawned or SpawnFailed; output; Ended. report may
	// block while the supervisor is busy; it copies the data it wants to keep.
	Launch(n int, report func(Report))
	// Resume goes on with the child that the seat was handed over with by another
	// process, and reports about it as Launch does. Without a child it does nothing.
	Resume(report func(Report))
	// Signal sends the child a signal, or its process group; it never blocks.
	// A child that is gone already is syscall.ESRCH.
	Signal(sig syscall.Signal, group bool) error
	// Send writes to the child's stdin or queues what does not fit; it never
	// blocks. A closed stdin is syscall.EPIPE.
	Send(data []byte) error

	// Check looks for the program as a start would. It fails with ErrNoFile or
	// ErrNotExecutable. It may block.
	Check() error
	// Logs returns the paths of the log files; empty: none.
	Logs() (stdout, stderr string)
	// ClearLogs empties the log files, whether or not there is a child; it may
	// block.
	ClearLogs() error
	// ReopenLogs opens the log files of a living child anew; it may block.
	ReopenLogs() error
}

// Report is something that happened to an incarnation.
type Report interface{ report() }

// Spawned: there is a child.
type Spawned struct {
	Incarnation int
	PID         int
	At          time.Time
}

// SpawnFailed: there will be no child.
type SpawnFailed struct {
	Incarnation int
	Reason      string
	At          time.Time
}

// Output is what the child wrote, for PROCESS_LOG events.
type Output struct {
	Channel string // "stdout" or "stderr"
	PID     int
	Data    []byte
}

// Captured is what the child wrote between the tokens of capture mode.
type Captured struct {
	Channel string
	PID     int
	Data    []byte
}

// Spoke is what an event listener wrote to its stdout.
type Spoke struct{ Data []byte }

// Ended: the child is gone, and all it wrote has been reported.
type Ended struct {
	PID  int
	Exit lifecycle.Exit
	At   time.Time
	// LogsFrom is where in its logs, stdout and stderr, begins what it wrote.
	LogsFrom [2]int64
	// LooksBack says that an Aftermath will follow.
	LooksBack bool
}

// Aftermath is what was found out about a child after its end, if Ended has
// announced it: it may come later than reports about the next one.
type Aftermath struct {
	PID         int
	Left        []Remnant // what it has left behind
	OutOfMemory bool      // the kernel has killed something for want of memory just then
}

// Remnant is a process that a child has left behind.
type Remnant struct {
	PID     int
	Born    uint64 // with the pid it names the process for good
	UID     int
	Command string
}

func (Spawned) report()     {}
func (SpawnFailed) report() {}
func (Output) report()      {}
func (Captured) report()    {}
func (Spoke) report()       {}
func (Ended) report()       {}
func (Aftermath) report()   {}
