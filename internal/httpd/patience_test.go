package httpd

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
)

// pipes is a listener whose connections are made in memory, where
// testing/synctest owns the clock.
type pipes struct {
	made   chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.made:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.closed)
	return nil
}

func (pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// How long a client may do nothing, in each phase of a connection.
func TestPatience(t *testing.T) {
	for _, test := range []struct {
		name   string
		client func(t *testing.T, c net.Conn)
		want   time.Duration
	}{
		{"says nothing at all", func(*testing.T, net.Conn) {}, headerTimeout},
		{"stops in the header", func(t *testing.T, c net.Conn) { send(t, c, "GET / HTTP/1.1\r\n") }, headerTimeout},
		{"stops in the body", func(t *testing.T, c net.Conn) {
			send(t, c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
			time.Sleep(bodyTimeout / 2)
			send(t, c, "d")
			go io.Copy(io.Discard, c) // takes the answer, which says that the request is bad
		}, bodyTimeout},
		{"stops in a body that nobody reads", func(t *testing.T, c net.Conn) {
			send(t, c, "GET /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
			go io.Copy(io.Discard, c)
		}, bodyTimeout},
		// Regression: such a connection stayed open for ever.
		{"stops in a body that is not even asked for", func(t *testing.T, c net.Conn) {
			send(t, c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n")
			go io.Copy(io.Discard, c)
		}, bodyTimeout},
		{"takes no answer", func(t *testing.T, c net.Conn) { send(t, c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") }, writeTimeout},
		{"takes a part of the answer", func(t *testing.T, c net.Conn) {
			send(t, c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			time.Sleep(writeTimeout / 2)
			if _, err := io.ReadFull(c, make([]byte, 100_000)); err != nil {
				t.Error(err)
			}
		}, writeTimeout},
		{"has no further request", func(t *testing.T, c net.Conn) {
			send(t, c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
			r := make([]byte, 1000)
			if n, err := c.Read(r); err != nil || !strings.HasSuffix(string(r[:n]), "hi") {
				t.Errorf("got %q, %v", r[:n], err)
			}
		}, idleTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan struct{})
				c := serve(t, config.Server{Path: "pipe"}, sync.OnceFunc(func() { close(ended) }))
				test.client(t, c)
				quiet := time.Now()
				<-ended
				if got := time.Since(quiet); got != test.want {
					t.Errorf("the server waits for %v, want %v", got, test.want)
				}
				c.Close()
			})
		})
	}
}

// A call may take as long as it wants to.
func TestCallsMayWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, config.Server{Path: "pipe"}, func() {})
		send(t, c, "POST /RPC2/wait HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
		r := make([]byte, 1000)
		if n, err := c.Read(r); err != nil || !strings.HasSuffix(string(r[:n]), "hi") {
			t.Errorf("got %q, %v", r[:n], err)
		}
		c.Close()
	})
}

// serve serves one connection and calls ended when it has closed it.
func serve(t *testing.T, of config.Server, ended func()) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	serveAll(t, of, 1) <- told{server, ended}
	return client
}

// serveAll starts a server for the connections that it is given, at most so many at
// the same time.
func serveAll(t *testing.T, of config.Server, most int) chan<- net.Conn {
	t.Helper()
	l := newListener(of, most)
	l.Listener = pipes{make(chan net.Conn, 1), make(chan struct{})}
	ctx, end := context.WithCancel(t.Context())
	s := &Servers{log: slog.New(newJournal()), listeners: []*listener{l}, ctx: ctx, end: end}
	t.Cleanup(s.Close)
	s.Serve(Routes{
		RPC: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/RPC2/wait" {
				time.Sleep(24 * time.Hour)
			}
			echo("rpc").ServeHTTP(w, r)
		}),
		UI: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 1<<20)) }),
	})
	return l.Listener.(pipes).made
}

// told is a connection that tells when it is closed.
type told struct {
	net.Conn
	closed func()
}

func (c told) Close() error {
	c.closed()
	return c.Conn.Close()
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Error(err)
	}
}
