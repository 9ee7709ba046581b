package supervisor

import (
	"bytes"
	"slices"
	"sync/atomic"
	"time"

	"supervisor/internal/event"
)

// Changes returns a channel that gets a value soon after something that the
// supervisor publishes has changed: its state, a group, a process. There is
// never more than one value waiting, so whoever is slow sees the newest state
// and misses how it came about. Nobody waits for a watcher, and without one
// nothing is done. stop ends it; Done tells when there will be no more.
func (s *Supervisor) Changes() (changes <-chan struct{}, stop func()) {
	w := make(chan struct{}, 1)
	s.post(watch{w})
	return w, func() { s.post(unwatch{w}) }
}

type watch struct{ w chan struct{} }

func (m watch) apply(c *core) { c.watchers = append(c.watchers, m.w) }

type unwatch struct{ w chan struct{} }

func (m unwatch) apply(c *core) {
	c.watchers = slices.DeleteFunc(c.watchers, func(w chan struct{}) bool { return w == m.w })
}

// tellWatchers wakes those who watch, at the end of a turn that has published
// something.
func (c *core) tellWatchers() {
	if !c.published {
		return
	}
	c.published = false
	for _, w := range c.watchers {
		select {
		case w <- struct{}{}:
		default: // it has not looked since the last time
		}
	}
}

// Happening is an event as an onlooker sees it.
type Happening struct {
	At    time.Time
	Event event.Event
}

// The bounds of what an onlooker gets.
const (
	happeningsKept = 256  // of those that it has not taken yet; the oldest are dropped
	happeningBytes = 1024 // of an event's data; the rest is cut off
)

// Onlooker sees all events go by.
type Onlooker struct {
	C    <-chan Happening
	send chan Happening
	lost atomic.Uint64
}

// Lost returns how many happenings were dropped since it was asked last,
// because C was full. They came before those that are in C.
func (o *Onlooker) Lost() uint64 { return o.lost.Swap(0) }

// Happenings returns an onlooker of the supervisor's events, except for
// PROCESS_LOG, of which there may be any number. To look on is not to
// subscribe: it changes no serial, and ticks are seen only if a listener wants
// them. stop ends it; Done tells when there will be no more.
func (s *Supervisor) Happenings() (o *Onlooker, stop func()) {
	c := make(chan Happening, happeningsKept)
	o = &Onlooker{C: c, send: c}
	s.post(lookOn{o})
	return o, func() { s.post(lookAway{o}) }
}

type lookOn struct{ o *Onlooker }

func (m lookOn) apply(c *core) { c.onlookers = append(c.onlookers, m.o) }

type lookAway struct{ o *Onlooker }

func (m lookAway) apply(c *core) {
	c.onlookers = slices.DeleteFunc(c.onlookers, func(o *Onlooker) bool { return o == m.o })
}

// show lets the onlookers see an event.
func (c *core) show(e event.Event) {
	if len(c.onlookers) == 0 || e.Type.Is(event.ProcessLog) {
		return
	}
	e.Data = bytes.Clone(e.Data[:min(len(e.Data), happeningBytes)])
	for _, o := range c.onlookers {
		o.see(Happening{At: c.now, Event: e})
	}
}

// see makes room if there is none. Only the loop sends, so there is room then.
func (o *Onlooker) see(h Happening) {
	if len(o.send) == cap(o.send) {
		select {
		case <-o.send:
			o.lost.Add(1)
		default: // the onlooker has just taken one
		}
	}
	o.send <- h
}
