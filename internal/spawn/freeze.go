package spawn

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// This file is about a daemon that becomes another program without losing its
// children: it stands still, and another Spawner, in the same process but of
// another program, goes on where it stood.

// Resume returns a frozen Spawner for a process that has children already: the
// dead among them are collected only after Thaw, so that all can be adopted
// before. mask is what children are to have for a signal mask; nil: what the
// daemon has. The rest is as for New.
func Resume(orphan func(Exit), mask *SignalMask) (*Spawner, error) {
	s := &Spawner{
		orphan:   orphan,
		wake:     make(chan os.Signal, 1),
		quit:     make(chan struct{}),
		done:     make(chan struct{}),
		frozen:   make(chan struct{}),
		hold:     make(chan chan struct{}),
		ended:    make(chan *ward),
		mask:     mask,
		children: make(map[int]*Child),
	}
	if err := s.pumps.open(); err != nil {
		return nil, err
	}
	closeOnExec()
	signal.Notify(s.wake, syscall.SIGCHLD)
	go s.reapAll(s.frozen)
	return s, nil
}

// Freeze keeps the Spawner from collecting children and from reading pipes; what
// they write stays in the pipes. Chunks that have been read are handled first,
// which is waited for no longer than ctx. Nothing may be started or finished
// until Thaw, which follows even if Freeze has failed.
func (s *Spawner) Freeze(ctx context.Context) error {
	if err := s.FreezeReaper(ctx); err != nil {
		return err
	}
	return s.pumps.freeze(ctx)
}

// FreezeReaper keeps the Spawner from collecting children, and from noticing the ends
// of fostered ones, and from nothing else.
func (s *Spawner) FreezeReaper(ctx context.Context) error {
	if s.frozen != nil {
		return nil
	}
	s.frozen = make(chan struct{})
	select {
	case s.hold <- s.frozen:
		return nil
	case <-ctx.Done():
		s.frozen = nil
		return ctx.Err()
	}
}

// Thaw lets the Spawner go on.
func (s *Spawner) Thaw() {
	s.pumps.thaw()
	if s.frozen != nil {
		close(s.frozen)
		s.frozen = nil
	}
}

// Adopt makes a child known that this very process has started before it became
// this program. The Spawner is frozen.
func (s *Spawner) Adopt(pid int) *Child {
	c := &Child{PID: pid, spawner: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.children[pid] = c
	return c
}

// InheritedPipe is the end of a pipe that this process has had before it became
// this program.
func InheritedPipe(fd int) *Pipe { return &Pipe{fd} }
