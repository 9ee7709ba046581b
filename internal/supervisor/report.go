package supervisor

import (
	"bytes"

	"supervisor/internal/event"
)

// reporter returns the function by which a process' seat reports. Output that
// nobody asked for never reaches the loop.
func (s *Supervisor) reporter(p *process) func(Report) {
	return func(r Report) {
		switch r := r.(type) {
		case Output:
			if !s.wantsOutput.Load() {
				return
			}
			r.Data = bytes.Clone(r.Data)
			s.post(reported{p, r})
		case Spoke:
			if p.deaf.Load() {
				return
			}
			r.Data = bytes.Clone(r.Data)
			s.post(reported{p, r})
		case Captured:
			r.Data = bytes.Clone(r.Data)
			s.post(reported{p, r})
		default:
			s.post(reported{p, r})
		}
	}
}

// reported is a report on its way through the inbox.
type reported struct {
	p *process
	r Report
}

func (m reported) apply(c *core) {
	p, pool := m.p, m.p.group.pool
	switch r := m.r.(type) {
	case Spawned:
		p.heard, p.sends = 0, 0
		if pool != nil {
			p.deaf.Store(false)
			c.distribute(p.group, pool.Spawned(p.index))
		}
		effects := p.life.Spawned(r.At, r.Incarnation, r.PID)
		c.perform(p, effects)
		c.spawned(p)
	case SpawnFailed:
		c.perform(p, p.life.SpawnFailed(r.At, r.Incarnation, r.Reason))
	case Ended:
		if pool != nil {
			c.distribute(p.group, pool.Died(p.index))
		}
		p.expectAftermath(r.LooksBack)
		p.ended, p.lived = &r, r.At.Sub(p.life.Vars().Started)
		c.perform(p, p.life.Ended(r.At, r.PID, r.Exit))
		p.ended = nil
	case Aftermath:
		c.rememberAftermath(p, r)
	case Spoke:
		if pool != nil {
			p.heard += int64(len(r.Data))
			c.ledger.noteProcess(p)
			c.distribute(p.group, pool.Wrote(p.index, r.Data))
			p.deaf.Store(pool.Deaf(p.index))
		}
	case Output:
		c.emit(event.Event{Type: logEvents[r.Channel], Process: p.config.Name, Group: p.config.Group, PID: r.PID, Channel: r.Channel, Data: r.Data})
	case Captured:
		c.emit(event.Event{Type: communicationEvents[r.Channel], Process: p.config.Name, Group: p.config.Group, PID: r.PID, Data: r.Data})
	}
}

var logEvents = map[string]event.Type{
	"stdout": event.ProcessLogStdout,
	"stderr": event.ProcessLogStderr,
}

var communicationEvents = map[string]event.Type{
	"stdout": event.ProcessCommunicationStdout,
	"stderr": event.ProcessCommunicationStderr,
}
