package eventpool

import (
	"bytes"
	"log/slog"

	"supervisor/internal/event"
)

// What a listener writes, and how much of it is kept. The reference has no
// limits; a listener beyond ours has lost the thread, and not the supervisor's
// memory.
const (
	ready     = "READY\n"
	prefix    = "RESULT " // skipped unread, as in the reference
	processed = "OK"      // any other result rejects the event

	maxLine   = 1 << 10 // bytes of a result line, without its newline
	maxResult = 1 << 20 // bytes of a result
)

// Wrote says that the listener has written to its stdout. A chunk may end
// anywhere. What follows READY in one chunk was written before any event was
// sent, and is a violation of the protocol.
func (p *Pool) Wrote(i int, chunk []byte) []Effect {
	l := &p.state.Listeners[i]
	if l.State == Unknown {
		return nil
	}
	l.Input = append(l.Input, chunk...)
	p.read(i)
	return p.dispatch()
}

// Deaf reports whether the listener has entered the UNKNOWN state, in which
// nothing it writes is read, so that the caller need not pass it on.
func (p *Pool) Deaf(i int) bool { return p.state.Listeners[i].State == Unknown }

// read acts on what the listener has written, as far as it is complete.
func (p *Pool) read(i int) {
	l := &p.state.Listeners[i]
	for len(l.Input) > 0 && p.readMessage(i) {
	}
	if len(l.Input) == 0 {
		l.Input = nil // a long result's memory is not kept
	}
}

// readMessage acts on one message and removes it from the input. It reports
// false if the message is not complete.
func (p *Pool) readMessage(i int) bool {
	l := &p.state.Listeners[i]
	switch l.State {
	case Acknowledged:
		if len(l.Input) < len(ready) {
			return false
		}
		if !bytes.HasPrefix(l.Input, []byte(ready)) {
			p.become(i, Unknown)
			break
		}
		l.Input = l.Input[len(ready):]
		p.become(i, Ready)
	case Busy:
		return p.readResult(i)
	default: // nothing may be written while READY, and nothing is read while UNKNOWN
		p.become(i, Unknown)
	}
	return true
}

// readResult acts on a result, which is a line with its length and as many
// bytes. It reports false if the result is not complete.
func (p *Pool) readResult(i int) bool {
	l := &p.state.Listeners[i]
	line, rest, complete := bytes.Cut(l.Input, []byte("\n"))
	if !complete && len(line) <= maxLine {
		return false
	}
	length, ok := resultLength(line)
	if !ok {
		line = line[:min(len(line), maxLine)]
		p.log(slog.LevelWarn, "%s: bad result line: '%s'", p.name(i), event.Text(line))
		p.become(i, Unknown)
		p.takeBack(i)
		return true
	}
	if len(rest) < length {
		return false
	}
	// Evaluated even if the length is 0, for which the reference waits until
	// the listener writes more.
	accepted := string(rest[:length]) == processed
	l.Input = rest[length:]
	if accepted {
		p.debug("%s: event was processed", p.name(i))
		p.become(i, Acknowledged)
		l.Event = nil
	} else {
		p.log(slog.LevelWarn, "%s: event was rejected", p.name(i))
		p.become(i, Acknowledged)
		p.takeBack(i)
	}
	return true
}

// resultLength returns the length in bytes that a result line announces. The
// number may have what Python's int allows: blanks around it, a plus sign, and
// single underscores between its digits. A minus sign makes no sense here.
func resultLength(line []byte) (int, bool) {
	if len(line) > maxLine {
		return 0, false
	}
	number := bytes.Trim(line[min(len(line), len(prefix)):], " \t\r\v\f")
	number = bytes.TrimPrefix(number, []byte("+"))
	length, afterDigit := 0, false
	for _, c := range number {
		switch {
		case c >= '0' && c <= '9':
			length = length*10 + int(c-'0')
			if length > maxResult {
				return 0, false
			}
			afterDigit = true
		case c == '_' && afterDigit:
			afterDigit = false
		default:
			return 0, false
		}
	}
	return length, afterDigit
}

// become changes the state of a listener and says so. From UNKNOWN there is
// no way back but a new incarnation.
func (p *Pool) become(i int, to ListenerState) {
	l := &p.state.Listeners[i]
	p.debug("%s: %v -> %v", p.name(i), l.State, to)
	l.State = to
	if to == Unknown {
		l.Input = nil
		p.log(slog.LevelWarn, "%s: has entered the UNKNOWN state and will no longer receive events, "+
			"this usually indicates the process violated the eventlistener protocol", p.name(i))
	}
}
