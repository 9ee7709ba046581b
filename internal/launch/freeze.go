package launch

import (
	"context"
	"errors"
	"fmt"
)

// Freeze brings everything to a stand that moves by itself: a start that is under
// way is finished, and no other is begun; the ends of children that have been
// collected are reported, and no more are collected; what has been read from a
// pipe is written, and no more is read. The loop has to go on meanwhile, for all
// of that is reported to it. Nothing is lost by it: starts are still in the loop's
// memory, dead children stay zombies, and output stays in the pipes.
//
// It waits no longer than ctx, for a log may hang. Thaw follows in any case.
func (l *Launcher) Freeze(ctx context.Context) error {
	if err := l.queue.hold(ctx); err != nil {
		return waitedFor("a start of a program", err)
	}
	if l.Keeper != nil {
		l.Keeper.Freeze()
	}
	if err := l.Spawner.FreezeReaper(ctx); err != nil {
		return waitedFor("the ends of programs", err)
	}
	if err := l.ending.wait(ctx); err != nil {
		return waitedFor("the log of a program that has ended", err)
	}
	if err := l.Spawner.Freeze(ctx); err != nil {
		return waitedFor("the log of a program", err)
	}
	return nil
}

// Thaw lets everything go on.
func (l *Launcher) Thaw() {
	for _, s := range l.frozen {
		s.out.thaw()
		s.err.thaw()
		if c := s.living(); c != nil && c.input != nil {
			c.input.Thaw()
		}
	}
	l.frozen = nil
	l.Spawner.Thaw()
	l.keepOn()
	l.queue.release()
}

func waitedFor(what string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s takes too long", what)
	}
	return err
}
