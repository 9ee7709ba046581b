package httpd

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// errTooMuch is the end of a body for which there is no memory.
var errTooMuch = errors.New("the bodies of all requests together are too big")

// allowance is an amount of something that all requests share.
type allowance struct{ left atomic.Int64 }

// take takes n of what is left, if there is as much.
func (a *allowance) take(n int64) bool {
	if a.left.Add(-n) >= 0 {
		return true
	}
	a.left.Add(n)
	return false
}

// paced gives up on a client that has announced a body and does not send it, and
// bounds what all bodies take of the memory.
func (s *Servers) paced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := connOf(r)
		if r.ContentLength == 0 {
			c.listener.attend(c)
			if c.SetReadDeadline(time.Time{}) != nil {
				return // the client has gone
			}
			next.ServeHTTP(w, r)
			return
		}
		b := &pacedBody{ReadCloser: r.Body, conn: c, allowance: &s.bodies}
		defer func() { s.bodies.left.Add(b.taken) }()
		if b.allow(bodyTimeout) != nil {
			return // the client has gone
		}
		request := *r // the original stays as it is: net/http looks at its body when it answers
		request.Body = b
		next.ServeHTTP(w, &request)
		if b.refused {
			s.log.Warn("a request was refused: " + errTooMuch.Error())
		}
	})
}

// pacedBody is the body of a request, of which something has to arrive from
// time to time. If nobody reads it, net/http does.
type pacedBody struct {
	io.ReadCloser
	conn      *conn
	allowance *allowance
	size      int64 // bytes read so far
	taken     int64 // of the allowance
	refused   bool
}

// Read implements io.Reader.
func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size += int64(n)
	if more := b.size - freeBody - b.taken; more > 0 {
		if !b.allowance.take(more) {
			b.refused = true
			return 0, errTooMuch
		}
		b.taken += more
	}
	switch err {
	case nil:
		err = b.allow(bodyTimeout)
	case io.EOF: // from now on, the client may wait in silence
		b.conn.listener.attend(b.conn)
		if failure := b.allow(0); failure != nil {
			err = failure
		}
	}
	return n, err
}

// allow allows the client to be silent for a time; 0: for ever.
func (b *pacedBody) allow(pace time.Duration) error {
	var deadline time.Time
	if pace > 0 {
		deadline = time.Now().Add(pace)
	}
	return b.conn.SetReadDeadline(deadline)
}
