package supervisor

import (
	"supervisor/internal/clock"
	"supervisor/internal/lifecycle"
)

// Frozen is a loop at a stand.
type Frozen struct {
	Image  Image
	Groups []Prepared // with their seats, in the order of the image

	thaw chan struct{}
}

// Freeze brings the loop to a stand after everything that has been sent to it
// before, and returns what it remembers by then. The clocks are read when it
// stands. Requests wait until Thaw, and alarms ring late. It fails with
// ErrShutdown if the supervisor is going down: that is for this process to finish.
func (s *Supervisor) Freeze(read func() (clock.Reading, error)) (*Frozen, error) {
	reply := make(chan frozenReply, 1)
	thaw := make(chan struct{})
	r, err := ask(s, reply, freeze{read, reply, thaw})
	if err != nil {
		return nil, err
	}
	return r.frozen, r.err
}

// Thaw lets the loop go on as if nothing had been. It is called once.
func (f *Frozen) Thaw() { close(f.thaw) }

type frozenReply struct {
	frozen *Frozen
	err    error
}

type freeze struct {
	read  func() (clock.Reading, error)
	reply chan<- frozenReply
	thaw  chan struct{}
}

func (m freeze) apply(c *core) {
	if c.state != Running {
		m.reply <- frozenReply{err: ErrShutdown}
		return
	}
	now, err := m.read()
	if err != nil {
		m.reply <- frozenReply{err: err}
		return
	}
	f := &Frozen{Image: c.image(now), thaw: m.thaw}
	for _, g := range c.groups {
		ready := Prepared{Group: g.config}
		for _, p := range g.processes {
			ready.Seats = append(ready.Seats, p.seat)
		}
		f.Groups = append(f.Groups, ready)
	}
	m.reply <- frozenReply{frozen: f}
	<-m.thaw
}

// resume makes the groups of an image active as they were. What is STARTING and
// has no child yet had been asked for, and is asked for again, unless this is the end.
// Whoever was killed on the way out has stopped what nobody would start again, and may
// have made a child that only its seat knows of, so the way out is gone to its end.
func (c *core) resume(image *Image, r clock.Reading, ready []Prepared, to State) {
	c.joined = image.Joined
	for i, tick := range tickPeriods {
		c.ticks.slice[i] = image.Ticks[tick.typ.String()]
	}
	for i, of := range image.Groups {
		g := c.newGroup(ready[i])
		g.joined = of.Joined
		if g.pool != nil && of.Pool != nil {
			if err := g.pool.Restore(*of.Pool); err != nil { // Check has found it possible
				c.log.Error(err.Error())
			}
		}
		for i, p := range g.processes {
			p.resume(of.Processes[i], r)
		}
		c.groups = append(c.groups, g)
		c.ledger.noteGroup(g)
	}
	if to != Running {
		c.setState(to)
	}
	c.keep()
	c.publishTable()
	for _, g := range c.groups {
		for _, p := range g.processes {
			c.alarms.set(&p.alarm, p.life.Deadline())
			p.seat.Resume(c.handle.reporter(p))
			switch v := p.life.Vars(); {
			case v.State != lifecycle.Starting || v.PID != 0:
			case to == Shutdown:
				c.perform(p, p.life.SpawnFailed(c.now, v.Incarnation, "supervisord is going down"))
			default:
				p.seat.Launch(v.Incarnation, c.handle.reporter(p))
			}
		}
	}
	if to != Running {
		c.beginDeparture()
	}
}

func (p *process) resume(image ProcessImage, r clock.Reading) {
	p.life = lifecycle.Restore(policyOf(p.config), image.Restored(r))
	p.past.Store(image.Past.restored(r))
	p.deaf.Store(image.Deaf)
	p.heard, p.sends = image.Heard, image.Sends
	p.publish()
}
