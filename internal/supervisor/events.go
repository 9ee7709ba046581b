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
	var wanted []pooled
	for _, g := range c.groups {
		if g.pool == nil || !g.pool.Wants(e.Type) {
			continue
		}
		if !numbered {
			numbered = true
			c.serial++
		}
		of := pooled{g, g.pool.Accepted(serial, e)}
		c.note(of)
		wanted = append(wanted, of)
	}
	for _, of := range wanted {
		c.carryOut(of)
	}
}

// pooled is what a pool asks for.
type pooled struct {
	group   *group
	effects []eventpool.Effect
}

// distribute carries out what a pool asks for.
func (c *core) distribute(g *group, effects []eventpool.Effect) {
	of := pooled{g, effects}
	c.note(of)
	c.carryOut(of)
}

// note tells the ledger what has become of a pool, and what is about to be sent.
func (c *core) note(of pooled) {
	if !c.ledger.on {
		return
	}
	c.ledger.notePool(of.group)
	for _, e := range of.effects {
		if send, ok := e.(eventpool.Send); ok {
			p := of.group.processes[send.Listener]
			p.sends++
			c.ledger.noteProcess(p)
		}
	}
}

func (c *core) carryOut(of pooled) {
	g := of.group
	for _, e := range of.effects {
		switch e := e.(type) {
		case eventpool.Log:
			c.log.Log(context.Background(), e.Level, e.Text)
		case eventpool.Send:
			p := g.processes[e.Listener]
			c.keep()
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
	c.keep()
	m.reply <- nil
}
