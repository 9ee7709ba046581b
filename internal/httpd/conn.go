package httpd

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// conn is a connection that counts what is sent and does not wait for ever for
// a client that takes nothing.
type conn struct {
	net.Conn
	listener *listener
	waiting  uint64      // guarded by listener.mu; see listener.await
	sending  time.Time   // guarded by listener.mu; see listener.begin
	spoken   atomic.Bool // the client has sent something
	still    stillness

	// These belong to the goroutine that serves the connection.
	sent    int64 // bytes, since the last access was logged
	access  access
	trusted bool // the right password has been given
}

// Read implements net.Conn. While the servers stand still, it waits as long as
// nothing of a request has been read.
func (c *conn) Read(p []byte) (int, error) {
	for {
		c.still.await()
		n, err := c.Conn.Read(p)
		if n == 0 && c.still.woke(err) {
			continue
		}
		if n > 0 {
			c.still.received(p[:n])
			if !c.spoken.Load() {
				c.spoken.Store(true)
			}
		}
		return n, err
	}
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error { return c.still.setDeadline(c.Conn, t) }

// writePiece is how much a client must take at once, in bytes, not to count as
// gone. A big answer may take as long as it needs.
const writePiece = 64 << 10

// Write implements net.Conn.
func (c *conn) Write(p []byte) (written int, err error) {
	for {
		piece := p[written:min(len(p), written+writePiece)]
		now := time.Now()
		if err := c.SetWriteDeadline(now.Add(c.still.writeTimeout())); err != nil {
			return written, err
		}
		c.listener.begin(c, now)
		n, err := c.Conn.Write(piece)
		c.listener.begin(c, time.Time{})
		written += n
		c.sent += int64(n)
		if err != nil || written == len(p) {
			return written, err
		}
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.listener.forget(c)
	return c.Conn.Close()
}

func baseContext(ctx context.Context) func(net.Listener) context.Context {
	return func(net.Listener) context.Context { return ctx }
}

// connKey is the key of the connection in the context of a request.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// connOf returns the connection of a request.
func connOf(r *http.Request) *conn {
	return r.Context().Value(connKey{}).(*conn)
}
