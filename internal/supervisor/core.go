package supervisor

import (
	"context"
	"log/slog"
	"time"

	"supervisor/internal/event"
	"supervisor/internal/lifecycle"
)

// core is what the loop owns. Only the goroutine of Run touches it.
type core struct {
	handle *Supervisor
	log    *slog.Logger
	state  State
	now    time.Time // the moment of the message or alarm being handled
	groups []*group  // active, in start order; never changed in place
	joined int       // how many groups have ever become active
	serial uint64    // of the next event
	alarms alarms
	ticks  ticks
	leave  departure
	ledger ledger
	begin  func([]Prepared) // how a run begins

	answers []func() // replies to requests; given at the end of the turn

	published bool // something, in this turn
	watchers  []chan struct{}
	onlookers []*Onlooker
}

// run is the loop: alarms that are due come before the next message.
func (c *core) run(groups []Prepared) Outcome {
	c.now = time.Now()
	c.begin(groups)
	c.begin = nil // lets go of an image
	close(c.handle.began)
	c.keep()
	c.published = false // nobody can have watched yet
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for !c.gone() {
		c.setTimer(timer)
		select {
		case m := <-c.handle.inbox:
			c.now = time.Now()
			c.alarms.ring(c.now)
			m.apply(c)
		case <-timer.C:
			c.now = time.Now()
			c.alarms.ring(c.now)
		}
		c.keep()
		c.giveAnswers()
		c.tellWatchers()
	}
	return Outcome{Restart: c.state == Restarting, Serial: c.serial}
}

// startUp makes the groups of a configuration active, and starts what starts by
// itself.
func (c *core) startUp(groups []Prepared) {
	c.activateAll(groups)
	c.emit(event.Event{Type: event.SupervisorStateChangeRunning})
	for _, g := range c.groups {
		c.autostart(g)
	}
}

// giveAnswers replies to the requests that this turn has decided. Whoever gets
// an answer finds all that led to it published and logged.
func (c *core) giveAnswers() {
	for _, answer := range c.answers {
		answer()
	}
	clear(c.answers)
	c.answers = c.answers[:0]
}

// setTimer arms the one timer for the earliest alarm; it is stopped if there
// is none.
func (c *core) setTimer(timer *time.Timer) {
	if next := c.alarms.next(); next.IsZero() {
		timer.Stop()
	} else {
		timer.Reset(time.Until(next))
	}
}

// perform carries out what a process' machine asks for, and publishes what it
// has become.
func (c *core) perform(p *process, effects []lifecycle.Effect) {
	p.publish()
	c.published = true
	c.ledger.noteProcess(p)
	for _, e := range effects {
		switch e := e.(type) {
		case lifecycle.Log:
			c.log.Log(context.Background(), e.Level, e.Text)
		case lifecycle.Changed:
			c.changed(p, e)
		case lifecycle.Spawn:
			c.keep()
			p.seat.Launch(e.Incarnation, c.handle.reporter(p))
		case lifecycle.Signal:
			c.keep()
			if err := p.seat.Signal(e.Sig, e.Group); err != nil {
				c.perform(p, p.life.SignalFailed("killing", err))
			}
		}
	}
	c.alarms.set(&p.alarm, p.life.Deadline())
}

// stateEvents names the event of each state.
var stateEvents = map[lifecycle.State]event.Type{
	lifecycle.Stopped:  event.ProcessStateStopped,
	lifecycle.Starting: event.ProcessStateStarting,
	lifecycle.Running:  event.ProcessStateRunning,
	lifecycle.Backoff:  event.ProcessStateBackoff,
	lifecycle.Stopping: event.ProcessStateStopping,
	lifecycle.Exited:   event.ProcessStateExited,
	lifecycle.Fatal:    event.ProcessStateFatal,
	lifecycle.Unknown:  event.ProcessStateUnknown,
}

// changed tells everybody who cares that a process changed its state.
func (c *core) changed(p *process, change lifecycle.Changed) {
	c.remember(p, change)
	c.emit(event.Event{
		Type:     stateEvents[change.To],
		Process:  p.config.Name,
		Group:    p.config.Group,
		From:     change.From.String(),
		PID:      change.PID,
		Tries:    change.Tries,
		Expected: change.Expected,
	})
	if pool := p.group.pool; pool != nil {
		c.distribute(p.group, pool.Running(p.index, change.To == lifecycle.Running))
	}
	c.startChanged(p, change.To)
	c.stopChanged(p, change.To)
	if c.state != Running && change.To.Down() {
		c.proceed()
	}
}

// publishTable shows the present groups to all readers.
func (c *core) publishTable() {
	c.handle.table.Store(newTable(c.groups))
	c.published = true
	c.subscriptionsChanged()
}

// setState changes and publishes the state of the supervisor.
func (c *core) setState(s State) {
	c.state = s
	c.handle.state.Store(int32(s))
	c.published = true
}
