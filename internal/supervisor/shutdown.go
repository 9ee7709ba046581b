package supervisor

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"supervisor/internal/event"
)

// departure is the way out: the groups that are still to be stopped.
type departure struct {
	begun    bool
	groups   []*group // not yet told to stop, in start order
	current  *group   // told to stop, and waited for; nil: none
	reminder alarm
}

// Shutdown begins to stop everything; Run returns when it is done. During a
// restart it turns the restart into a shutdown. It fails with ErrShutdown if a
// shutdown has begun already.
func (s *Supervisor) Shutdown() error { return s.depart(Shutdown) }

// Restart begins to stop everything, so that Run returns and the caller starts
// anew. It fails with ErrShutdown if the supervisor is already going down, and with
// ErrCannotReread, before anything is stopped, if the configuration of the day
// cannot be used.
func (s *Supervisor) Restart() error {
	if s.State() == Running {
		if _, err := s.load(); err != nil {
			return fail(ErrCannotReread, err.Error())
		}
	}
	return s.depart(Restarting)
}

func (s *Supervisor) depart(to State) error {
	return askError(s, func(reply chan<- error) message { return depart{to, reply} })
}

type depart struct {
	to    State
	reply chan<- error
}

func (m depart) apply(c *core) {
	if c.state == Shutdown || c.state == m.to {
		m.reply <- ErrShutdown
		return
	}
	c.setState(m.to)
	m.reply <- nil
	c.beginDeparture()
}

// beginDeparture announces the end and stops the first group: the one that was
// started last.
func (c *core) beginDeparture() {
	if c.leave.begun {
		return
	}
	c.emit(event.Event{Type: event.SupervisorStateChangeStopping})
	c.leave = departure{begun: true, groups: slices.Clone(c.groups)}
	c.leave.reminder.ring = c.remindDeparture
	for _, g := range c.groups {
		for _, p := range g.processes {
			p.life.Retire()
		}
	}
	c.proceed()
	c.remindDeparture(c.now)
}

// proceed stops the next group when the current one is down (cli.md, section 6).
func (c *core) proceed() {
	for c.leave.begun && (c.leave.current == nil || c.leave.current.down()) {
		last := len(c.leave.groups) - 1
		if last < 0 {
			c.leave.current = nil
			c.alarms.set(&c.leave.reminder, time.Time{})
			return
		}
		g := c.leave.groups[last]
		c.leave.current, c.leave.groups = g, c.leave.groups[:last]
		for _, p := range slices.Backward(g.byPriority()) {
			c.perform(p, p.life.GiveUp(c.now))
		}
	}
}

// gone reports whether the supervisor is leaving and nothing is left.
func (c *core) gone() bool {
	return c.leave.begun && c.leave.current == nil && len(c.leave.groups) == 0
}

// remindDeparture says in the log what is still waited for.
func (c *core) remindDeparture(now time.Time) {
	var names []string
	for _, g := range c.groups {
		for _, p := range g.processes {
			if !p.state().Down() {
				names = append(names, p.config.Name)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	c.log.Log(context.Background(), slog.LevelInfo, "waiting for "+strings.Join(names, ", ")+" to die")
	c.alarms.set(&c.leave.reminder, now.Add(remindShutdownEvery))
}
