package eventpool

import (
	"bytes"
	"fmt"
	"slices"
)

// State is all that a pool remembers. It survives encoding/json.
type State struct {
	NextSerial uint64     // the pool serial of the next event
	Buffer     []Event    // the events that wait, oldest first
	Listeners  []Listener // in the order of Config.Listeners
}

// Event is an event as it travels.
type Event struct {
	Serial uint64
	Data   []byte // header and payload
}

// Listener is what a pool knows of the current incarnation of a listener.
type Listener struct {
	State   ListenerState
	Running bool   // its process is in the state RUNNING
	Closed  bool   // nobody reads its stdin any more
	Input   []byte // what it has written and the pool has not acted on yet
	Event   *Event // what it is busy with; nil unless BUSY
}

// free reports whether the listener can take an event.
func (l Listener) free() bool { return l.State == Ready && l.Running && !l.Closed }

// ListenerState is how far a listener is in the protocol (events.md, section 4).
type ListenerState uint8

// The states, with the numbers that Supervisor gives them.
const (
	Ready        ListenerState = 10 // waits for an event
	Busy         ListenerState = 20 // has been sent one
	Acknowledged ListenerState = 30 // has just started, or given its result
	Unknown      ListenerState = 40 // has violated the protocol
)

// String returns the name of the state as logs show it.
func (s ListenerState) String() string {
	switch s {
	case Ready:
		return "READY"
	case Busy:
		return "BUSY"
	case Acknowledged:
		return "ACKNOWLEDGED"
	case Unknown:
		return "UNKNOWN"
	}
	return fmt.Sprintf("ListenerState(%d)", uint8(s))
}

// State returns what the pool remembers, apart from its configuration. Later
// inputs do not change it.
func (p *Pool) State() State { return p.state.clone() }

// Restore makes the pool remember s instead of what it did. It is an error,
// and changes nothing, if s cannot be the state of a pool configured so.
// Events beyond the configured size are discarded when the next one comes.
func (p *Pool) Restore(s State) error {
	if got, want := len(s.Listeners), len(p.config.Listeners); got != want {
		return fmt.Errorf("cannot restore pool %s: the state has %d listeners, the pool %d", p.config.Name, got, want)
	}
	for i, l := range s.Listeners {
		switch l.State {
		case Ready, Busy, Acknowledged, Unknown:
		default:
			return fmt.Errorf("cannot restore pool %s: listener %s has an impossible state %d", p.config.Name, p.name(i), l.State)
		}
		if (l.State == Busy) != (l.Event != nil) {
			return fmt.Errorf("cannot restore pool %s: listener %s is %v but its event says otherwise", p.config.Name, p.name(i), l.State)
		}
	}
	p.state = s.clone()
	return nil
}

// clone copies everything but the data of events, which nobody modifies.
func (s State) clone() State {
	s.Buffer = slices.Clone(s.Buffer)
	s.Listeners = slices.Clone(s.Listeners)
	for i, l := range s.Listeners {
		s.Listeners[i].Input = bytes.Clone(l.Input)
	}
	return s
}
