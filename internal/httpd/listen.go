package httpd

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"supervisor/internal/config"
)

// listener accepts the connections of one server, up to a number of them. One
// more takes the place of one that is not used, or has to wait.
type listener struct {
	net.Listener
	server  config.Server
	file    os.FileInfo // of the socket, as it was made; nil for an inet server
	room    chan struct{}
	closed  chan struct{}
	once    sync.Once
	awaited chan struct{} // has room for one: there may be a connection to push out

	kept       []net.Conn // handed over and not served yet
	asker      net.Conn   // handed over with a request that has no answer yet; see Servers.Answer
	lastAnswer bool       // it is closed after that
	moved      func()     // tells that something has changed

	mu    sync.Mutex
	gate  gate
	conns map[*conn]struct{} // all that are open
	turn  uint64             // of await; 0 stands for no turn
}

// listen opens a server.
func listen(server config.Server, stale func(path string)) (*listener, error) {
	l := newListener(server, maxConnections)
	var err error
	if server.Unix() {
		l.Listener, l.file, err = listenUnix(server, stale)
	} else {
		l.Listener, err = listenInet(server)
	}
	if err == nil {
		return l, nil
	}
	var known *ListenError
	if errors.As(err, &known) {
		return nil, known
	}
	return nil, listenError(server, err)
}

func newListener(server config.Server, room int) *listener {
	return &listener{
		server:  server,
		room:    make(chan struct{}, room),
		closed:  make(chan struct{}),
		awaited: make(chan struct{}, 1),
		conns:   make(map[*conn]struct{}),
		moved:   func() {},
	}
}

// listenInet listens on IPv4, like the reference, unless the address itself is
// one of IPv6. The net package sets SO_REUSEADDR and the system's longest queue.
func listenInet(server config.Server) (net.Listener, error) {
	network := "tcp4"
	if strings.Contains(server.Host, ":") {
		network = "tcp6"
	}
	address := net.JoinHostPort(server.Host, strconv.Itoa(server.Port))
	return new(net.ListenConfig).Listen(context.Background(), network, address)
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	accepted, kept, err := l.next()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: accepted, listener: l}
	c.still.kept = kept
	if !l.admit(c) {
		_ = accepted.Close() // the daemon ends; nothing has been said
		return nil, net.ErrClosed
	}
	return c, nil
}

// Close implements net.Listener. The file of a unix socket is removed if it is
// still the one that was made. Only the first call does anything.
func (l *listener) Close() (err error) {
	l.once.Do(func() {
		close(l.closed)
		err = l.Listener.Close()
		if l.file == nil {
			return
		}
		if now, statErr := os.Lstat(l.server.Path); statErr == nil && os.SameFile(now, l.file) {
			err = errors.Join(err, os.Remove(l.server.Path))
		}
	})
	return err
}

// closeSilent closes the connections on which nothing has been said. They have
// no request that is worth waiting for.
func (l *listener) closeSilent() {
	l.mu.Lock()
	var silent []*conn
	for c := range l.conns {
		if !c.spoken.Load() {
			silent = append(silent, c)
		}
	}
	l.mu.Unlock()
	for _, c := range silent {
		_ = c.Close() // net/http, which reads from it, sees the end
	}
}
