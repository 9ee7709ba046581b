// Package spawn starts programs as direct children, moves their bytes, signals
// them and learns of their ends.
//
// It owns the operating system's side of a child: its pid from the fork until
// it is reaped, and the supervisor's ends of its pipes. It knows nothing about
// programs that should run, restarts or log files. It promises that
//
//   - the end of a child is reported exactly once, and only to somebody who
//     already knows its pid;
//   - no signal ever goes to a pid that has been reaped and may be another's;
//   - a child gets the descriptors 0, 1 and 2 and no others, its own process
//     group in the supervisor's session, and no ignored SIGPIPE;
//   - the number of threads does not grow with the number of children, and an
//     idle pipe costs one small goroutine and no buffer.
//
// Resolve and Start may block, because a file system may; Pump.Finish waits for
// the pump's handler. Nothing else here waits for anybody. The behaviour is that
// of process.md, sections 4 to 6.
package spawn

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Spec says how to start a program.
type Spec struct {
	Path  string   // the file to execute
	Args  []string // the argument vector; Args[0] is the name it is called by
	Env   []string // the whole environment, KEY=VALUE, each key once
	Dir   string   // where it runs; empty: where the supervisor runs
	Umask *uint32  // nil: the supervisor's
	UID   *int     // the account it runs as; nil: the supervisor's

	// Stdin, if not nil, becomes the child's descriptor 0 instead of a pipe. It
	// stays the caller's to close.
	Stdin       *os.File
	MergeStderr bool // stderr goes where stdout goes

	// FIFOs are the paths that the pipes of stdin, stdout and stderr get, to be
	// found by another process; empty: none. They must not exist.
	FIFOs [3]string

	// Opened, if not nil, is called with the supervisor's ends of stdout and stderr
	// (-1: there is none) before anybody can write to them, and Made with the pid of
	// the child and a pidfd of it before the child can be reaped. The descriptors are
	// good until the function returns.
	Opened func(stdout, stderr int)
	Made   func(pid, pidfd int)
}

// Child is a program that was started. The pipe ends are the supervisor's; they
// belong to whoever called Start.
type Child struct {
	PID int

	Stdin  *Pipe // nil if Spec.Stdin was given
	Stdout *Pipe
	Stderr *Pipe // nil if merged into stdout

	spawner *Spawner
	exit    *Exit      // guarded by spawner.mu; nil while the child lives
	onExit  func(Exit) // guarded by spawner.mu
	ward    *ward      // guarded by spawner.mu; nil: it is a child of this process
}

// Spawner starts children and reaps them. There must be only one at a time in
// a process, for it reaps every child that the process has.
type Spawner struct {
	orphan func(Exit)
	wake   chan os.Signal // SIGCHLD, or a Start that is done
	quit   chan struct{}
	done   chan struct{}
	frozen chan struct{}      // closed by Thaw; nil: it is not frozen
	hold   chan chan struct{} // keeps the reaper until the channel that it gets is closed
	ended  chan *ward         // fostered children that have ended
	mask   *SignalMask        // of the children; nil: that of the daemon
	pumps  pumps

	mu       sync.Mutex // a leaf: nothing is called with it held but the system
	children map[int]*Child
	forking  int  // forks under way, whose pids are not known yet
	held     bool // an unknown child waits until no fork is under way
}

// New returns a Spawner that listens for SIGCHLD until it is closed. orphan is
// called for every child that Start did not start: those that the process
// inherits as PID 1. It is called by the reaper and must not block.
// It fails if the system has no descriptor left.
func New(orphan func(Exit)) (*Spawner, error) {
	s, err := Resume(orphan, nil)
	if err != nil {
		return nil, err
	}
	s.Thaw()
	return s, nil
}

// Close stops reaping. Children that are alive stay alive, and their ends are
// not reported any more. All pumps have been finished before.
func (s *Spawner) Close() {
	s.Thaw()
	signal.Stop(s.wake)
	close(s.quit)
	<-s.done
	s.pumps.close()
}

// Start starts a program. It blocks until the program has been executed. A
// program that cannot be executed is a child all the same: it writes the
// reason to its stderr and exits with 127 (process.md, section 4, step 7). The
// error is a *StartError: there is no child then.
func (s *Spawner) Start(spec Spec) (*Child, error) {
	pipes, err := openPipes(spec)
	if err != nil {
		return nil, &StartError{Err: err}
	}
	if spec.Opened != nil {
		spec.Opened(pipes.ours[1], pipes.ours[2])
	}
	c := &Child{spawner: s}
	err = s.execute(spec, pipes.theirs, c)
	pipes.closeTheirs(spec)
	if err != nil {
		pipes.closeOurs()
		return nil, &StartError{Forking: true, Err: err}
	}
	c.Stdin, c.Stdout, c.Stderr = pipes.ends()
	return c, nil
}

// OnExit arranges for f to be called once with the end of the child, even if
// it has ended already; in that case before OnExit returns. Otherwise f is
// called by the reaper and must not block.
func (c *Child) OnExit(f func(Exit)) {
	c.spawner.mu.Lock()
	exit := c.exit
	c.onExit = f
	c.spawner.mu.Unlock()
	if exit != nil {
		f(*exit)
	}
}

// Signal sends a signal to the child, or to its process group. It does not
// block. It fails with syscall.ESRCH if the child has been reaped.
func (c *Child) Signal(sig syscall.Signal, group bool) error {
	c.spawner.mu.Lock()
	defer c.spawner.mu.Unlock()
	if c.exit != nil {
		return syscall.ESRCH
	}
	if c.ward != nil {
		return c.ward.signal(sig, group)
	}
	if group {
		return syscall.Kill(-c.PID, sig)
	}
	return syscall.Kill(c.PID, sig)
}

// StartTime tells the child from any other that will ever have its pid. It is
// in clock ticks since the machine's boot, and 0 if the system does not tell or
// the child has been reaped.
func (c *Child) StartTime() uint64 {
	c.spawner.mu.Lock()
	defer c.spawner.mu.Unlock()
	if c.exit != nil {
		return 0
	}
	return startTime(c.PID)
}
