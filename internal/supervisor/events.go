package supervisor

import (
	"context"
	"errors"
	"syscall"

	"supervisor/internal/event"
	"supervisor/internal/eventpool"
)

// emit gives an event to every pool that subscribed to it. An event that
// nobody subscribed to gets no serial and costs nothing more.
func (c *core) emit(e event.Event) {
	c.show(e)
	numbered := false
	serial := c.serial
	for _, g := range c.groups {
		if g.pool == nil || !g.pool.Wants(e.Type) {
			continue
		}
		if !numbered {
			numbered = true
			c.serial++
		}
		c.distribute(g, g.pool.Accepted(serial, e))
	}
}

// distribute carries out what a pool asks for.
func (c *core) distribute(g *group, effects []eventpool.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case eventpool.Log:
			c.log.Log(context.Background(), e.Level, e.Text)
		case eventpool.Send:
			p := g.processes[e.Listener]
			if err := p.seat.Send(e.Data); errors.Is(err, syscall.EPIPE) {
				c.distribute(g, g.pool.Refused(e.Listener, e.Serial))
			} else if err != nil {
				c.log.Error("cannot send event to listener "+p.config.Name, "error", err)
				c.distribute(g, g.pool.Refused(e.Listener, e.Serial))
			}
		}
	}
}

// subscriptionsChanged derives from the pools what it is worth to report.
func (c *core) subscriptionsChanged() {
	output := false
	for _, g := range c.groups {
		if g.pool != nil {
			output = output || g.pool.Wants(event.ProcessLogStdout) || g.pool.Wants(event.ProcessLogStderr)
		}
	}
	c.handle.wantsOutput.Store(output)
	c.scheduleTick()
}

// SendRemoteEvent emits a REMOTE_COMMUNICATION event, even while going down.
func (s *Supervisor) SendRemoteEvent(kind, data string) error {
	return askError(s, func(reply chan<- error) message { return remoteEvent{kind, data, reply} })
}

type remoteEvent struct {
	kind, data string
	reply      chan<- error
}

func (m remoteEvent) apply(c *core) {
	c.emit(event.Event{Type: event.RemoteCommunication, Kind: m.kind, Data: []byte(m.data)})
	m.reply <- nil
}
