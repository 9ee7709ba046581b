package supervisor

import (
	"errors"

	"supervisor/internal/lifecycle"
)

// Start starts a process. With wait it returns when the process is RUNNING,
// else when it has been spawned. The program is looked for first: the errors
// are, in the order in which they are checked for, ErrBadName, ErrNoFile,
// ErrNotExecutable, ErrAlreadyStarted, ErrFailed, ErrSpawn, and, for a start
// that something else put an end to, ErrAbnormal.
func (s *Supervisor) Start(name string, wait bool) error {
	p, err := s.process(name)
	if err != nil {
		return err
	}
	if err := p.seat.Check(); err != nil {
		return err
	}
	return askError(s, func(reply chan<- error) message {
		return startOne{p, waiter{name, wait, func(err error) { reply <- err }}}
	})
}

// StartGroup starts those processes of a group that are not up or on their
// way up, all at once. It fails with ErrBadName.
func (s *Supervisor) StartGroup(name string, wait bool) ([]Result, error) {
	return s.startMany(members(name), wait)
}

// StartAll does so for all groups.
func (s *Supervisor) StartAll(wait bool) ([]Result, error) { return s.startMany(everyone, wait) }

func (s *Supervisor) startMany(of selection, wait bool) ([]Result, error) {
	return s.many(of, func(selected []*process, b *batch) message {
		checks := make(map[*process]error)
		for _, p := range selected {
			if !p.info.Load().Vars.State.Wanted() {
				checks[p] = p.seat.Check()
			}
		}
		return startMany{selected, checks, wait, b}
	})
}

// waiter is a request that the fate of a process answers.
type waiter struct {
	name string // as the request named the process
	wait bool   // until the process is up or down, not just on its way
	done func(error)
}

// answer replies to a request at the end of the turn. Nobody waits for what was
// not requested.
func (c *core) answer(w waiter, err error) {
	if w.done != nil {
		c.answers = append(c.answers, func() { w.done(err) })
	}
}

type startOne struct {
	p *process
	w waiter
}

func (m startOne) apply(c *core) {
	if err := c.refuse(m.p, m.w.name); err != nil {
		c.answer(m.w, err)
		return
	}
	c.start(m.p, m.w)
}

type startMany struct {
	selected []*process
	checks   map[*process]error
	wait     bool
	batch    *batch
}

func (m startMany) apply(c *core) {
	for _, p := range m.selected {
		check, candidate := m.checks[p]
		if !candidate || p.state().Wanted() {
			continue
		}
		waits := m.wait && check == nil && p.config.StartSecs > 0
		w := waiter{display(p.config), m.wait, m.batch.expect(p, waits)}
		switch refusal := c.refuse(p, w.name); {
		case refusal != nil:
			c.answer(w, refusal)
		case check != nil:
			c.answer(w, check)
		default:
			c.start(p, w)
		}
	}
	m.batch.seal()
}

// refuse returns the reason for which a process can no longer be asked for
// anything: it went, or everything is about to go.
func (c *core) refuse(p *process, name string) error {
	if c.state != Running {
		return ErrShutdown
	}
	if p.group.removed {
		return fail(ErrBadName, name)
	}
	return nil
}

// start starts a process; its fate answers the request.
func (c *core) start(p *process, w waiter) {
	effects, err := p.life.Start(c.now)
	if err == nil && p.state() == lifecycle.Starting {
		p.starting = append(p.starting, w)
		c.perform(p, effects)
		return
	}
	c.perform(p, effects)
	switch {
	case errors.Is(err, lifecycle.ErrAlreadyStarted):
		c.answer(w, fail(ErrAlreadyStarted, w.name))
	case err != nil:
		c.answer(w, fail(ErrFailed, w.name+" is in an unknown process state"))
	case w.wait: // it is still stopping, and will not come up
		c.answer(w, fail(ErrAbnormal, w.name))
	default:
		c.answer(w, nil)
	}
}

// spawned answers the requests that did not want to wait for more.
func (c *core) spawned(p *process) {
	var rest []waiter
	for _, w := range p.starting {
		if w.wait {
			rest = append(rest, w)
		} else {
			c.answer(w, nil)
		}
	}
	p.starting = rest
}

// startChanged answers the requests that waited for the start.
func (c *core) startChanged(p *process, to lifecycle.State) {
	if to == lifecycle.Starting {
		return
	}
	waiting := p.starting
	p.starting = nil
	for _, w := range waiting {
		switch {
		case to == lifecycle.Running:
			c.answer(w, nil)
		case p.life.Vars().Trouble != "":
			c.answer(w, fail(ErrSpawn, w.name))
		default:
			c.answer(w, fail(ErrAbnormal, w.name))
		}
	}
}
