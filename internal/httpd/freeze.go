package httpd

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// How long a freeze waits: for the requests that are being answered while others
// still are, too; for the last of them while nothing new is; and, of that, for
// clients that have said only half of what they want.
const (
	answerPatience = 30 * time.Second
	lastPatience   = 10 * time.Second
	speechPatience = 2 * time.Second
)

// gate keeps the accepting goroutine from accepting.
type gate struct {
	shut   chan struct{} // closed by the thaw; nil: it is open
	asleep bool          // the goroutine waits
}

// Freeze brings the servers to a stand between two requests: new connections wait
// to be accepted, and those that are open to be read. Requests are answered first;
// streams end. asker is the request on whose behalf that happens, which is not
// waited for; it may be nil. It fails, and nothing stands still, if a request takes
// too long.
func (s *Servers) Freeze(ctx context.Context, asker *http.Request) error {
	var but *conn
	if asker != nil {
		but = connOf(asker)
	}
	if err := s.letAnswer(ctx, but); err != nil {
		return err
	}
	s.shut(but)
	err := s.awaitStill(ctx, but)
	if err != nil {
		s.Thaw()
	}
	return err
}

// letAnswer waits until all requests have been answered that are being answered
// now, while others come and go.
func (s *Servers) letAnswer(ctx context.Context, but *conn) error {
	type was struct{ answered int }
	before := make(map[*conn]was)
	s.each(func(c *conn) {
		c.still.mu.Lock()
		defer c.still.mu.Unlock()
		c.still.moved = s.moved
		if c != but && c.still.doing != nil && !c.still.doing.stream {
			before[c] = was{c.still.answered}
			c.still.doing.hurry()
		}
	})
	return s.await(ctx, answerPatience, nil, func() (waitsFor string) {
		s.each(func(c *conn) {
			c.still.mu.Lock()
			defer c.still.mu.Unlock()
			if w, was := before[c]; was && w.answered == c.still.answered && c.still.doing != nil && !c.still.doing.stream {
				waitsFor = c.still.doing.what
			}
		})
		return waitsFor
	})
}

// shut has everything stand still as soon as it can.
func (s *Servers) shut(but *conn) {
	shut := make(chan struct{})
	s.frozen = shut
	for _, l := range s.listeners {
		l.mu.Lock()
		l.gate = gate{shut: shut}
		l.mu.Unlock()
		l.setDeadline(time.Unix(1, 0))
	}
	s.each(func(c *conn) {
		if c != but {
			c.still.freeze(c.Conn, shut, s.moved)
		}
	})
}

// awaitStill waits until nothing moves.
func (s *Servers) awaitStill(ctx context.Context, but *conn) error {
	silence := time.NewTimer(speechPatience)
	defer silence.Stop()
	known := make(map[*conn]bool)
	halfSaid := func() { s.closeHalfSaid(but) }
	return s.await(ctx, lastPatience, &late{silence.C, halfSaid}, func() (waitsFor string) {
		for _, l := range s.listeners {
			l.mu.Lock()
			if !l.gate.asleep {
				waitsFor = "a connection that is being accepted"
			}
			l.mu.Unlock()
		}
		s.each(func(c *conn) {
			if c == but {
				return
			}
			if !known[c] { // one that was accepted at the last moment
				known[c] = true
				c.still.freeze(c.Conn, s.frozen, s.moved)
			}
			c.still.mu.Lock()
			defer c.still.mu.Unlock()
			switch {
			case c.still.parked:
			case c.still.doing != nil:
				waitsFor = c.still.doing.what
			default:
				waitsFor = "a client that is sending one"
			}
		})
		return waitsFor
	})
}

// closeHalfSaid closes connections that are waited for in vain: their clients have
// not said all that they want, or more than one thing at a time.
func (s *Servers) closeHalfSaid(but *conn) {
	s.each(func(c *conn) {
		c.still.mu.Lock()
		waiting := c.still.doing == nil && !c.still.parked
		c.still.mu.Unlock()
		if c != but && waiting {
			_ = c.Close() // net/http, which reads from it, sees the end
			s.moved()
		}
	})
}

// late is what is done when something has been waited for in vain for a while.
type late struct {
	when <-chan time.Time
	do   func()
}

// await waits until there is nothing to wait for any more.
func (s *Servers) await(ctx context.Context, patience time.Duration, then *late, waitsFor func() string) error {
	if then == nil {
		then = &late{}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		what := waitsFor()
		if what == "" {
			return nil
		}
		select {
		case <-s.movement:
		case <-then.when:
			then.do()
		case <-ctx.Done():
			return fmt.Errorf("a request is still waiting for %s", what)
		}
	}
}

// moved tells whoever waits that something has changed. It never blocks.
func (s *Servers) moved() {
	select {
	case s.movement <- struct{}{}:
	default:
	}
}

// each visits all connections.
func (s *Servers) each(visit func(*conn)) {
	for _, l := range s.listeners {
		l.mu.Lock()
		conns := make([]*conn, 0, len(l.conns))
		for c := range l.conns {
			conns = append(conns, c)
		}
		l.mu.Unlock()
		for _, c := range conns {
			visit(c)
		}
	}
}

// Thaw lets the servers go on.
func (s *Servers) Thaw() {
	if s.frozen == nil {
		return
	}
	s.each(func(c *conn) { c.still.thaw(c.Conn) })
	for _, l := range s.listeners {
		l.setDeadline(time.Time{})
		l.mu.Lock()
		l.gate = gate{}
		l.mu.Unlock()
	}
	close(s.frozen)
	s.frozen = nil
}

// setDeadline sets until when a connection may be accepted.
func (l *listener) setDeadline(t time.Time) {
	if d, ok := l.Listener.(interface{ SetDeadline(time.Time) error }); ok {
		_ = d.SetDeadline(t) // it fails if the listener is closed, and then nothing is accepted
	}
}

// sleep waits for the thaw if the listener is frozen, and reports whether it was.
func (l *listener) sleep() bool {
	l.mu.Lock()
	shut := l.gate.shut
	if shut != nil {
		l.gate.asleep = true
	}
	l.mu.Unlock()
	if shut == nil {
		return false
	}
	l.moved()
	select {
	case <-shut:
	case <-l.closed:
	}
	return true
}

// next accepts a connection, or takes one that was handed over.
func (l *listener) next() (net.Conn, bool, error) {
	if n := len(l.kept); n > 0 {
		c := l.kept[n-1]
		l.kept = l.kept[:n-1]
		return c, true, nil
	}
	for {
		c, err := l.Listener.Accept()
		if err == nil || !isTimeout(err) || !l.sleep() {
			return c, false, err
		}
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}

// Hurry returns what is closed when a request that only waits for something is to be
// answered at once, because the servers come to a stand.
func Hurry(r *http.Request) <-chan struct{} {
	c := connOf(r)
	c.still.mu.Lock()
	defer c.still.mu.Unlock()
	d := c.still.doing
	if d == nil { // it has been answered
		return nil
	}
	if d.early == nil {
		d.early = make(chan struct{})
		if d.hurried {
			close(d.early)
		}
	}
	return d.early
}

// Describe says what the answer to a request waits for.
func Describe(r *http.Request, what string) {
	c := connOf(r)
	c.still.mu.Lock()
	defer c.still.mu.Unlock()
	if c.still.doing != nil {
		c.still.doing.what = what
	}
}
