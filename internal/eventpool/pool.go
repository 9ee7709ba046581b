// Package eventpool is one pool of event listeners: the buffer of events that
// wait, and the protocol that each listener speaks on its stdout.
//
// It is pure: it reads no clock, starts no goroutine, touches no pipe and
// writes no log. What has happened comes in as a method call, at most one at a
// time; what should happen comes out as a list of effects for the caller to
// carry out in order. What a pool remembers is a plain value, so that it can
// be written out and read back by another daemon (State).
//
// It promises that
//   - an accepted event is at every moment in exactly one place: in the
//     buffer, or with one listener, until a listener has processed it or an
//     overflow has discarded it, which is logged as an error;
//   - events are offered in the order in which they were accepted, and one
//     that comes back goes before all that wait;
//   - after every input, either no event waits or no listener can take one;
//   - what a listener writes takes a bounded amount of memory, whatever it is.
//
// Behaviour and wording are those of events.md, sections 3 and 4.
package eventpool

import (
	"fmt"
	"log/slog"
	"slices"

	"supervisor/internal/event"
)

// Config is what a pool is; it does not change while the pool lives.
type Config struct {
	Name          string    // the listener group
	Server        string    // the supervisor's identifier
	Size          int       // events kept in the buffer; at least 1
	Subscriptions event.Set // the types the pool wants
	Unit          event.Unit
	Listeners     []string // names for the log; an index into it names a listener
	Debug         bool     // render debug lines too, which cost more than all else
}

// Pool is one pool of event listeners. It is not safe for concurrent use.
type Pool struct {
	config  Config
	state   State
	effects []Effect // of the input being handled
}

// New returns a pool with an empty buffer, whose pool serials start at 0 and
// whose listeners have yet to be spawned.
func New(c Config) *Pool {
	p := &Pool{config: c}
	p.state.Listeners = make([]Listener, len(c.Listeners))
	for i := range p.state.Listeners {
		p.state.Listeners[i].State = Acknowledged
	}
	return p
}

// Effect is something the caller must do, in the order given.
type Effect interface{ effect() }

// Send asks to write Data to a listener's stdin. If nobody reads there any
// more, the answer is Refused; a write that succeeds needs none.
type Send struct {
	Listener int
	Serial   uint64
	Data     []byte // header and payload; not to be modified
}

// Log asks for a line in the activity log.
type Log struct {
	Level slog.Level
	Text  string
}

func (Send) effect() {}
func (Log) effect()  {}

// Wants reports whether the pool has subscribed to the type, so that the
// caller numbers and accepts only events that somebody wants.
func (p *Pool) Wants(t event.Type) bool { return p.config.Subscriptions.Has(t) }

// Accepted says that an event has happened which the pool wants. The serial
// numbers it among all events; the pool gives it the next pool serial.
func (p *Pool) Accepted(serial uint64, e event.Event) []Effect {
	// A redelivery repeats the first to the byte, so the event is sealed once.
	sealed := event.Envelope{
		Server:     p.config.Server,
		Serial:     serial,
		Pool:       p.config.Name,
		PoolSerial: p.state.NextSerial,
		Unit:       p.config.Unit,
	}.Seal(e)
	p.state.NextSerial++
	p.makeRoom()
	p.state.Buffer = append(p.state.Buffer, Event{Serial: serial, Data: sealed})
	return p.dispatch()
}

// Spawned says that a new incarnation of the listener has started. It has
// said nothing yet, and is not in the state RUNNING.
func (p *Pool) Spawned(i int) []Effect {
	p.renew(i)
	return p.dispatch()
}

// Running says whether the listener's process is in the state RUNNING: no
// other is sent events, whatever it has written (events.md, section 3).
func (p *Pool) Running(i int, running bool) []Effect {
	p.state.Listeners[i].Running = running
	return p.dispatch()
}

// Died says that the listener's process has ended. If it was busy, its event
// goes back to the buffer.
func (p *Pool) Died(i int) []Effect {
	p.renew(i)
	return p.dispatch()
}

// Refused says that an event could not be written to the listener because
// nobody reads its stdin (EPIPE). The listener is READY as before, but such a
// pipe stays broken: it is sent nothing more until its next incarnation. A
// refusal of an event that is no longer with the listener means nothing.
func (p *Pool) Refused(i int, serial uint64) []Effect {
	l := &p.state.Listeners[i]
	if l.Event == nil || l.Event.Serial != serial {
		return nil
	}
	p.debug("epipe occurred while sending event %d to listener %s, listener state unchanged", serial, p.name(i))
	l.State = Ready // not through become: for the reader of the log it never left
	l.Closed = true
	p.takeBack(i)
	p.read(i) // what it wrote meanwhile was no result
	return p.dispatch()
}

// renew readies the listener for its next incarnation.
func (p *Pool) renew(i int) {
	if p.state.Listeners[i].Event != nil {
		p.takeBack(i)
	}
	p.state.Listeners[i] = Listener{State: Acknowledged}
}

// takeBack puts the listener's event before all that wait.
func (p *Pool) takeBack(i int) {
	l := &p.state.Listeners[i]
	e := *l.Event
	l.Event = nil
	p.debug("rebuffering event %d for pool %s (buf size=%d, max=%d)",
		e.Serial, p.config.Name, len(p.state.Buffer), p.config.Size)
	p.makeRoom()
	p.state.Buffer = slices.Insert(p.state.Buffer, 0, e)
}

// makeRoom discards the oldest events until the buffer can take one more.
func (p *Pool) makeRoom() {
	for len(p.state.Buffer) >= p.config.Size {
		p.log(slog.LevelError, "pool %s event buffer overflowed, discarding event %d", p.config.Name, p.next().Serial)
	}
}

// next takes the oldest event out of the buffer.
func (p *Pool) next() Event {
	e := p.state.Buffer[0]
	p.state.Buffer[0] = Event{} // or its data would live as long as the buffer
	p.state.Buffer = p.state.Buffer[1:]
	return e
}

// dispatch gives the events that wait, in order, each to the first listener
// that can take one. It ends every input and returns the effects of all of it.
func (p *Pool) dispatch() []Effect {
	for len(p.state.Buffer) > 0 {
		i := slices.IndexFunc(p.state.Listeners, Listener.free)
		if i < 0 {
			break
		}
		e := p.next()
		l := &p.state.Listeners[i]
		l.Event = &e
		l.State = Busy // not through become: this change is not logged
		p.effects = append(p.effects, Send{Listener: i, Serial: e.Serial, Data: e.Data})
		p.debug("event %d sent to listener %s", e.Serial, p.name(i))
	}
	effects := p.effects
	p.effects = nil
	return effects
}

func (p *Pool) name(i int) string { return p.config.Listeners[i] }

func (p *Pool) log(level slog.Level, format string, args ...any) {
	p.effects = append(p.effects, Log{Level: level, Text: fmt.Sprintf(format, args...)})
}

func (p *Pool) debug(format string, args ...any) {
	if p.config.Debug {
		p.log(slog.LevelDebug, format, args...)
	}
}
