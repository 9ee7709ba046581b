package httpd

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// stillness is what a connection needs to be handed over between two requests: it
// knows whether what the client has sent so far has been answered to the last
// byte. Whoever sends more than one request at a time loses that certainty.
type stillness struct {
	mu       sync.Mutex
	size     int64     // bytes of the present request that have been read
	head     int64     // how many of them are its header; 0: it has not ended yet
	line     int       // bytes of the header's last line, without its end
	body     int64     // how long the body is; -1: it is not known
	ahead    []byte    // what has been read behind the body: the beginning of the next request
	unsure   bool      // something may have been read ahead
	answered int       // requests
	deadline time.Time // for reads, as net/http wants it
	kept     bool      // it was handed over, and nothing has been read yet

	shut   chan struct{} // closed by the thaw; nil: nothing is frozen
	parked bool          // the reader waits for the thaw
	moved  func()        // is told of every change that a freeze may wait for
	doing  *doing        // the request that is being answered; nil: none
}

// doing is a request that is being answered.
type doing struct {
	what   string
	stream bool // the answer has begun, and ends when the client or we want it to
	end    context.CancelFunc

	hurried bool          // who only waits before it answers answers now
	early   chan struct{} // closed then; nil: nobody has asked
}

// hurry has a request that only waits for something answered. The connection's lock
// is held.
func (d *doing) hurry() {
	if d.hurried {
		return
	}
	d.hurried = true
	if d.early != nil {
		close(d.early)
	}
}

// quiet reports whether nothing of a request has been read. s.mu is held.
func (s *stillness) quiet() bool { return s.size == 0 && !s.unsure }

// await waits for the thaw, if the connection is to stand still and can.
func (s *stillness) await() {
	s.mu.Lock()
	shut := s.shut
	if shut == nil || !s.quiet() {
		s.mu.Unlock()
		return
	}
	s.parked = true
	s.moved()
	s.mu.Unlock()
	<-shut
}

// woke reports whether a read was interrupted only because of a freeze.
func (s *stillness) woke(err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shut != nil && s.quiet() && errors.Is(err, os.ErrDeadlineExceeded)
}

// received notes what has been read.
func (s *stillness) received(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = false
	if s.doing != nil && s.head > 0 && s.body >= 0 {
		// net/http reads on while a request is being answered, to see whether the
		// client is still there, and a quick client may have its answer already.
		rest := min(max(0, s.head+s.body-s.size), int64(len(p)))
		s.ahead = append(s.ahead, p[rest:]...)
		p = p[:rest]
	}
	s.read(p)
}

// read adds what is part of the present request. Its header ends with an empty line.
func (s *stillness) read(p []byte) {
	for i := 0; i < len(p) && s.head == 0; i++ {
		switch p[i] {
		case '\n':
			if s.line == 0 {
				s.head = s.size + int64(i) + 1
			}
			s.line = 0
		case '\r':
		default:
			s.line++
		}
	}
	s.size += int64(len(p))
}

// begin notes a request that is being answered.
func (s *stillness) begin(d *doing, body int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doing, s.body = d, body
	if s.shut != nil {
		d.hurry()
	}
}

// idle notes that a request has been answered and the connection stays.
func (s *stillness) idle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.exact() {
		s.unsure = true
	}
	s.size, s.head, s.line, s.doing = 0, 0, 0, nil
	s.read(s.ahead)
	s.ahead = nil
	s.answered++
	if s.moved != nil {
		s.moved()
	}
}

// exact reports whether exactly one request has been read. s.mu is held.
func (s *stillness) exact() bool { return s.head > 0 && s.body >= 0 && s.size == s.head+s.body }

// setDeadline sets the deadline for reads, now or after the thaw.
func (s *stillness) setDeadline(c net.Conn, t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept && !t.IsZero() { // to us it is new, but its client has been here before
		t = time.Now().Add(idleTimeout)
	}
	s.deadline = t
	if s.shut != nil && s.quiet() {
		return nil
	}
	return c.SetReadDeadline(t)
}

// writeTimeout is how long a client may take for a piece of an answer: not long
// for one that is waited for.
func (s *stillness) writeTimeout() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut != nil {
		return time.Second
	}
	return writeTimeout
}

// freeze has the connection stand still as soon as it is quiet. A stream ends.
func (s *stillness) freeze(c net.Conn, shut chan struct{}, moved func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut == shut {
		return
	}
	s.shut, s.parked, s.moved = shut, false, moved
	if s.quiet() {
		_ = c.SetReadDeadline(time.Unix(1, 0)) // it fails if the client has gone
	}
	if s.doing == nil {
		return
	}
	s.doing.hurry()
	if s.doing.stream {
		s.doing.end()
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	}
}

func (s *stillness) thaw(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut, s.parked = nil, false
	_ = c.SetReadDeadline(s.deadline)
}
