package supervisor

import (
	"context"
	"log/slog"
	"time"

	"supervisor/internal/lifecycle"
)

// remindEvery is the pause between two lines that say what is waited for.
const (
	remindEvery         = 2 * time.Second
	remindShutdownEvery = 3 * time.Second
)

// Stop stops a process. With wait it returns when the process is down, however
// long that takes, else when it has been told. It fails with ErrBadName,
// ErrNotRunning or ErrFailed.
func (s *Supervisor) Stop(name string, wait bool) error {
	p, err := s.process(name)
	if err != nil {
		return err
	}
	return askError(s, func(reply chan<- error) message {
		return stopOne{p, waiter{name, wait, func(err error) { reply <- err }}}
	})
}

// StopGroup stops those processes of a group that are up or on their way up,
// all at once. It fails with ErrBadName.
func (s *Supervisor) StopGroup(name string, wait bool) ([]Result, error) {
	return s.stopMany(members(name), wait)
}

// StopAll does so for all groups.
func (s *Supervisor) StopAll(wait bool) ([]Result, error) { return s.stopMany(everyone, wait) }

func (s *Supervisor) stopMany(of selection, wait bool) ([]Result, error) {
	return s.many(of, func(selected []*process, b *batch) message { return stopMany{selected, wait, b} })
}

type stopOne struct {
	p *process
	w waiter
}

func (m stopOne) apply(c *core) {
	if err := c.refuse(m.p, m.w.name); err != nil {
		c.answer(m.w, err)
		return
	}
	c.stop(m.p, m.w)
}

type stopMany struct {
	selected []*process
	wait     bool
	batch    *batch
}

func (m stopMany) apply(c *core) {
	for _, p := range m.selected {
		if !p.state().Wanted() {
			continue
		}
		waits := m.wait && p.state() != lifecycle.Backoff
		w := waiter{display(p.config), m.wait, m.batch.expect(p, waits)}
		if refusal := c.refuse(p, w.name); refusal != nil {
			c.answer(w, refusal)
			continue
		}
		c.stop(p, w)
	}
	m.batch.seal()
}

// stop stops a process; its fate answers the request.
func (c *core) stop(p *process, w waiter) {
	effects, err := p.life.Stop(c.now)
	c.perform(p, effects)
	switch {
	case err != nil:
		c.answer(w, fail(ErrNotRunning, w.name))
	case p.state() == lifecycle.Unknown:
		c.answer(w, fail(ErrFailed, "unknown problem killing "+p.config.Name))
	case !w.wait || p.state().Down():
		c.answer(w, nil)
	default:
		p.stopping = append(p.stopping, w)
		c.remind(p, c.now)
	}
}

// remind says in the log that somebody waits for a process to stop.
func (c *core) remind(p *process, now time.Time) {
	c.log.Log(context.Background(), slog.LevelInfo, "waiting for "+p.config.Name+" to stop")
	c.alarms.set(&p.reminder, now.Add(remindEvery))
}

// stopChanged answers the requests that waited for the stop.
func (c *core) stopChanged(p *process, to lifecycle.State) {
	if !to.Down() {
		return
	}
	waiting := p.stopping
	p.stopping = nil
	c.alarms.set(&p.reminder, time.Time{})
	for _, w := range waiting {
		c.answer(w, nil)
	}
}
