package spawn

import (
	"syscall"
	"time"
)

// This file is about children of another process that is gone. They are not ours
// to wait for, so somebody else may collect them, and their pids may be given to
// others at any time; a pidfd is what stands for them.

// Foster makes a process known that another daemon has started: the one with this
// pid that was born at that time (see StartTime). If there is none any more, the
// child has ended, and how is not known, unless somebody has held what tells it;
// nil: nobody has. Should the process be a child of this one after all, it is
// treated like any other.
func (s *Spawner) Foster(pid int, born uint64, held *Held) (*Child, error) {
	if now, ours := parentage(pid); ours && now == born && born != 0 {
		return s.Adopt(pid), held.Close()
	}
	c := &Child{PID: pid, spawner: s}
	w, err := s.pumps.watch(c, pid, born, held)
	if err != nil {
		return nil, err
	}
	if w == nil {
		c.exit = &Exit{PID: pid, Lost: true, At: time.Now()}
		return c, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.exit == nil {
		c.ward = w
	}
	return c, nil
}

// Gone returns a child whose end is known already.
func (s *Spawner) Gone(pid int, status syscall.WaitStatus) *Child {
	return &Child{PID: pid, spawner: s, exit: &Exit{PID: pid, Status: status, At: time.Now()}}
}

// released says that a fostered child has ended.
func (c *Child) released(exit Exit) {
	c.spawner.mu.Lock()
	c.exit, c.ward = &exit, nil
	report := c.onExit
	c.spawner.mu.Unlock()
	if report != nil {
		report(exit)
	}
}
