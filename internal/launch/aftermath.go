package launch

import (
	"cmp"
	"errors"
	"syscall"
	"time"

	"supervisor/internal/procs"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// What a child leaves behind is looked for as it ends: later it may not be known
// any more whose it was, if it does not show its environment. A look costs a
// walk through all processes of the system, so it is taken when there is a
// reason, and never more often than once in lookEvery for a process that dies
// again and again.
const (
	lookEvery = time.Second
	// briefly is how long something that puts itself into the background may
	// take to do so.
	briefly = time.Minute
)

// looksBack reports whether there is a reason to look at what is left of a
// child that has ended. It decides with one system call.
func (s *seat) looksBack(c *child, e spawn.Exit) bool {
	return killed(c, e) || s.maySeeRemnants(c, e)
}

// killed reports whether somebody else has killed the child.
func killed(c *child, e spawn.Exit) bool {
	return e.Status.Signaled() && e.Status.Signal() == syscall.SIGKILL && !c.signalled.Load()
}

// lookBack finds out what can be said about a child only after its end. It runs
// beside the loop, which has heard of the end by then.
func (s *seat) lookBack(c *child, e spawn.Exit) supervisor.Aftermath {
	a := supervisor.Aftermath{PID: e.PID}
	for _, p := range procs.Left(procs.Child{
		PID:     e.PID,
		Name:    s.config.Name,
		Group:   s.config.Group,
		Server:  cmp.Or(s.config.ServerURL, s.launcher.ServerURL),
		Program: c.file,
		Args:    c.args,
		Started: c.started,
		Next:    func() time.Time { return s.begunAfter(c) },
		Known:   s.launcher.Spawner.Knows,
	}) {
		a.Left = append(a.Left, supervisor.Remnant(p))
	}
	if killed(c, e) {
		a.OutOfMemory = s.launcher.outOfMemory() || procs.OOMVictim(e.PID)
	}
	return a
}

// begunAfter returns when the next child after c was begun; zero: none was.
func (s *seat) begunAfter(c *child) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun.After(c.started) {
		return s.begun
	}
	return time.Time{}
}

// maySeeRemnants reports whether there is a reason to look: somebody of the
// child's process group lives, or it has ended by itself, soon and as if all
// were well, which is how a program goes to the background.
func (s *seat) maySeeRemnants(c *child, e spawn.Exit) bool {
	err := syscall.Kill(-e.PID, 0)
	group := err == nil || errors.Is(err, syscall.EPERM)
	left := e.Status.Exited() && e.Status.ExitStatus() == 0 && !c.signalled.Load() && e.At.Sub(c.started) < briefly
	if !group && !left {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.At.Sub(s.look) < lookEvery {
		return false
	}
	s.look = e.At
	return true
}

// outOfMemory reports whether the kernel has killed anything for want of
// memory since this was asked last.
func (l *Launcher) outOfMemory() bool {
	n, known := procs.OOMKills()
	return known && l.oomKills.Swap(int64(n)) != int64(n)
}
