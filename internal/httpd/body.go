package httpd

import (
	"io"
	"net/http"
	"time"
)

// paced gives up on a client that has announced a body and does not send it.
func paced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			b := &pacedBody{ReadCloser: r.Body, conn: connOf(r)}
			if b.allow(bodyTimeout) != nil {
				return // the client has gone
			}
			request := *r // the original stays as it is: net/http looks at its body when it answers
			request.Body = b
			r = &request
		}
		next.ServeHTTP(w, r)
	})
}

// pacedBody is the body of a request, of which something has to arrive from
// time to time. If nobody reads it, net/http does.
type pacedBody struct {
	io.ReadCloser
	conn *conn
}

// Read implements io.Reader.
func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch err {
	case nil:
		err = b.allow(bodyTimeout)
	case io.EOF: // from now on, the client may wait in silence
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
