// Package httpd is the daemon's HTTP server: its listening sockets, who may
// talk to it, and which handler answers what. It knows nothing of programs.
//
// It promises:
//   - The file of a unix socket is never there with wider permissions or
//     another owner than configured, is never put in place of a socket that is
//     in use, and is removed at the end unless somebody else has replaced it.
//   - Where a name and a password are configured, nothing is answered without
//     them, whatever the path (rpc.md, section 1.4).
//   - No client holds up another, or the end of the daemon: what a client may
//     send and how many there may be is bounded, and one that neither sends nor
//     takes anything is dropped. If all connections are taken, the one that has
//     kept us waiting longest makes room for a new one.
//   - Pages of other sites cannot use a visitor's browser to have anything done,
//     nor to read anything under a false name.
//   - A handler that panics costs its client an answer, and nothing else.
package httpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/severity"
)

// The bounds of what clients may do.
const (
	maxConnections = 512 // of each server, at the same time
	maxHeader      = 64 << 10
	maxBody        = 64 << 20
	freeBody       = 64 << 10  // of each request; what is more counts as a part of maxBodies
	maxBodies      = 128 << 20 // of all requests together
	maxStreams     = 128       // followed logs of each server
	headerTimeout  = 30 * time.Second
	idleTimeout    = 10 * time.Minute // between two requests
	bodyTimeout    = 60 * time.Second // without a byte of the body of a request
	writeTimeout   = 60 * time.Second // without room for another piece of an answer
	failureDelay   = time.Second      // of the answer to a wrong password

	// closeTimeout is how long the last answers may take when the server ends.
	closeTimeout = 3 * time.Second
)

// Options is what the servers are made from.
type Options struct {
	Servers    []config.Server // in the order in which they are opened
	Hostname   string          // of this machine
	Interfaces []string        // the names of the RPC interfaces, for the log
	Log        *slog.Logger

	// Stale is told the path of a socket that nobody listens to any more,
	// before it is removed.
	Stale func(path string)
}

// Servers is a number of servers that answer alike.
type Servers struct {
	log       *slog.Logger
	hostname  string
	bodies    allowance // of memory
	listeners []*listener
	ctx       context.Context // of all requests; ends when the servers are to end
	end       context.CancelFunc
	serving   sync.WaitGroup
	running   []*http.Server

	movement chan struct{} // has room for one: something has changed that a freeze may wait for
	frozen   chan struct{} // closed by Thaw; nil: nothing is frozen
	handed   []int         // descriptors that are closed when it is certain that we go on
}

// Open opens the sockets. They accept connections, but nothing is answered
// before Serve. Its error is a *ListenError; then none is open.
func Open(o Options) (*Servers, error) {
	s := newServers(o)
	for _, server := range o.Servers {
		l, err := listen(server, o.Stale)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.add(l)
		s.announce(server, o.Interfaces)
	}
	return s, nil
}

func newServers(o Options) *Servers {
	s := &Servers{log: o.Log, hostname: o.Hostname, movement: make(chan struct{}, 1)}
	s.bodies.left.Store(maxBodies)
	s.ctx, s.end = context.WithCancel(context.Background())
	return s
}

func (s *Servers) add(l *listener) {
	l.moved = s.moved
	s.listeners = append(s.listeners, l)
}

// announce logs what the reference logs of a server that it has opened (cli.md,
// section 2, step 9).
func (s *Servers) announce(server config.Server, interfaces []string) {
	address, host, port := server.Host, server.Host, fmt.Sprint(server.Port)
	if server.Unix() {
		address, host, port = server.Path, "<unix domain socket>", server.Path
	}
	s.log.Log(s.ctx, severity.Trace, fmt.Sprintf("%s:Medusa (V1.12) started at %s\n\tHostname: %s\n\tPort:%s",
		address, time.Now().Format(time.ANSIC), host, port))
	for _, name := range interfaces {
		s.log.Info("RPC interface '" + name + "' initialized")
	}
	if server.Username == "" {
		s.log.Log(s.ctx, severity.Critical, "Server '"+server.Section+"' running without any HTTP authentication checking")
		if server.Password != "" { // as in the reference, but hardly as meant
			s.log.Warn("nobody is asked for the password in [" + server.Section + "], because the username there is empty")
		}
		if !server.Unix() && !loopback(host) {
			s.log.Warn(fmt.Sprintf("anybody who can reach port %s of this machine can start and stop its programs and read their logs;"+
				" set username and password in [%s], or port=127.0.0.1:%s", port, server.Section, port))
		}
	}
}

// loopback reports whether only programs on this machine can reach a server. An
// empty host is every address, and a name that is not known to be of this
// machine may be any.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Serve starts to answer. It returns at once.
func (s *Servers) Serve(routes Routes) {
	s.forgetHanded()
	for _, l := range s.listeners {
		server := s.newServer(l, routes)
		s.running = append(s.running, server)
		s.serving.Go(func() {
			if err := server.Serve(l); !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
				s.log.Error("cannot accept connections any more: " + err.Error())
			}
		})
	}
}

func (s *Servers) newServer(l *listener, routes Routes) *http.Server {
	return &http.Server{
		Handler:                      s.handler(l.server, routes),
		ReadHeaderTimeout:            headerTimeout,
		ReadTimeout:                  bodyTimeout, // of what net/http answers itself; paced knows better of the rest
		IdleTimeout:                  idleTimeout,
		MaxHeaderBytes:               maxHeader,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(s.log.Handler(), severity.Debug),
		BaseContext:                  baseContext(s.ctx),
		ConnContext:                  withConn,
		ConnState:                    s.connState,
	}
}

// Close ends the servers. Their sockets go first; then the streams end, and the
// other answers are finished, unless that takes more than a few seconds.
func (s *Servers) Close() {
	for _, l := range s.listeners {
		if err := l.Close(); err != nil {
			s.log.Error("cannot close a server socket: " + err.Error())
		}
	}
	s.end()
	for _, l := range s.listeners {
		l.closeSilent()
	}
	deadline, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var closing sync.WaitGroup
	for _, server := range s.running {
		closing.Go(func() {
			if server.Shutdown(deadline) != nil {
				_ = server.Close() // it closes connections, the listener is closed
			}
		})
	}
	closing.Wait()
	s.serving.Wait()
}
