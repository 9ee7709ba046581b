package httpd

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"supervisor/internal/severity"
)

// access is what the log says of a request that has been answered.
type access struct {
	request string // its first line; empty: there is nothing to say
	client  string
	status  int
}

// note remembers a request until its answer has been sent, since only then the
// number of bytes is known.
func (s *Servers) note(r *http.Request, status int) {
	if !s.log.Enabled(r.Context(), severity.Trace) {
		return
	}
	c := connOf(r)
	c.access = access{
		request: r.Method + " " + r.RequestURI + " " + r.Proto,
		client:  clientOf(c),
		status:  status,
	}
}

// clientOf is how the log names a client.
func clientOf(c *conn) string {
	if c.listener.server.Unix() {
		return "localhost:0"
	}
	return c.RemoteAddr().String()
}

// connState is told by net/http about each connection. When it becomes idle, or
// is closed, the last request has been answered.
func (s *Servers) connState(netConn net.Conn, state http.ConnState) {
	c, ok := netConn.(*conn)
	if !ok || state != http.StateIdle && state != http.StateClosed {
		return
	}
	if c.access.request != "" {
		c.access.log(s.log, c.sent)
	}
	c.access, c.sent = access{}, 0
	c.listener.moved()
	if state == http.StateIdle {
		c.still.idle()
		c.listener.await(c)
	}
}

// log writes the line of the reference (logging.md, section 1). Its time is
// UTC.
func (a access) log(log *slog.Logger, sent int64) {
	now := time.Now().UTC().Format("02/Jan/2006:15:04:05 -0700")
	log.Log(context.Background(), severity.Trace, fmt.Sprintf("%s - - [%s] %q %d %d", a.client, now, a.request, a.status, sent))
}
