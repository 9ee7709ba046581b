package spawn

import (
	"errors"
	"syscall"
	"time"
)

// reapAll is the reaper: it collects dead children whenever there may be some, and
// reports the ends of fostered ones, from the moment on at which begin is closed.
func (s *Spawner) reapAll(begin <-chan struct{}) {
	defer close(s.done)
	<-begin
	for {
		s.reap()
		select {
		case <-s.wake:
		case release := <-s.hold:
			<-release
		case w := <-s.ended:
			w.hasEnded()
		case <-s.quit:
			return
		}
	}
}

// collect reaps one dead child and reports its end. It returns false if it is
// too early to tell whose child that is; the reaper is woken when it is time.
func (s *Spawner) collect(pid int) bool {
	s.mu.Lock()
	c := s.children[pid]
	if c == nil && s.forking > 0 {
		s.held = true
		s.mu.Unlock()
		return false
	}
	exit, dead := wait(pid)
	if !dead {
		s.mu.Unlock()
		return true
	}
	report := s.orphan
	if c != nil {
		delete(s.children, pid)
		c.exit = &exit
		report = c.onExit
	}
	s.mu.Unlock()
	if report != nil {
		report(exit)
	}
	return true
}

// collectKnown reaps the dead among the known children, one by one. Its cost
// grows with their number, so it is the way only if another one is in the way.
func (s *Spawner) collectKnown() {
	s.mu.Lock()
	pids := make([]int, 0, len(s.children))
	for pid := range s.children {
		pids = append(pids, pid)
	}
	s.mu.Unlock()
	for _, pid := range pids {
		s.collect(pid)
	}
}

// beginFork announces a child whose pid is not known yet.
func (s *Spawner) beginFork() {
	s.mu.Lock()
	s.forking++
	s.mu.Unlock()
}

// endFork makes the child known; nil: the fork failed.
func (s *Spawner) endFork(c *Child) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c != nil {
		s.children[c.PID] = c
	}
	s.forking--
	if s.held {
		s.held = s.forking > 0
		select {
		case s.wake <- syscall.SIGCHLD:
		default: // the reaper is about to look anyway
		}
	}
}

// wait reaps one child if it is dead.
func wait(pid int) (exit Exit, dead bool) {
	var status syscall.WaitStatus
	for {
		got, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
		if !errors.Is(err, syscall.EINTR) {
			return Exit{PID: pid, Status: status, At: time.Now()}, err == nil && got == pid
		}
	}
}

// Knows reports whether a pid is that of a living child.
func (s *Spawner) Knows(pid int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.children[pid] != nil
}
