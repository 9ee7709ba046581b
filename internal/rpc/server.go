// Package rpc answers XML-RPC calls: the methods supervisor.* and system.*.
//
// It decides nothing. A method checks the types of its arguments, asks the
// supervisor, and renders what came of it; every error becomes a fault in one
// table. A call that waits occupies its own goroutine and nothing else.
//
// Methods, results and faults are those of rpc.md, sections 3 to 9.
package rpc

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"supervisor/internal/explain"
	"supervisor/internal/pyrepr"
	"supervisor/internal/severity"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// MainLog is the daemon's own log, as far as clients can read and clear it.
type MainLog interface {
	Path() string // empty: there is no file
	Sync() error  // waits until all that was logged can be read
	Clear() error // fs.ErrNotExist if there is no file
}

// Options is what a Server works with.
type Options struct {
	Supervisor *supervisor.Supervisor
	MainLog    MainLog
	Log        *slog.Logger
	Version    string   // what getSupervisorVersion answers
	PID        int      // what getPID answers
	Namespaces []string // under which the main API is published
	// Orphans returns what an earlier daemon has left over. It may wait.
	Orphans func() []wire.Orphan
	// Explain says why a process is in the state that it is in.
	Explain func(name string) (explain.Explanation, error)
	// Source says from where the configuration is read.
	Source func() wire.ConfigSource
	// Upgrade has the daemon become the program at a path, or with none the one
	// that its own file holds now. It returns only if that cannot be; the answer to
	// the request comes from the next program. The request is nil in a multicall.
	Upgrade func(r *http.Request, path string) error
	// Describe is told what a request waits for.
	Describe func(r *http.Request, what string)
	// Hurry returns what is closed when a request that waits is to be answered at
	// once; nil: never.
	Hurry func(r *http.Request) <-chan struct{}
	// Refuse answers a request that is no call with an HTTP error.
	Refuse func(w http.ResponseWriter, status int)
}

// Server is an http.Handler for POST /RPC2.
type Server struct {
	supervisor *supervisor.Supervisor
	mainLog    MainLog
	log        *slog.Logger
	version    string
	processID  int
	methods    registry
	orphans    func() []wire.Orphan
	explain    func(name string) (explain.Explanation, error)
	source     func() wire.ConfigSource
	upgrade    func(r *http.Request, path string) error
	describe   func(r *http.Request, what string)
	hurry      func(r *http.Request) <-chan struct{}
	refuse     func(w http.ResponseWriter, status int)
	buffers    buffers
	stats      stats
	turns      chan struct{} // see turn
}

// New returns a Server.
func New(o Options) *Server {
	return &Server{
		supervisor: o.Supervisor,
		mainLog:    o.MainLog,
		log:        o.Log,
		version:    o.Version,
		processID:  o.PID,
		methods:    newRegistry(o.Namespaces),
		orphans:    o.Orphans,
		explain:    o.Explain,
		source:     o.Source,
		upgrade:    o.Upgrade,
		describe:   o.Describe,
		hurry:      o.Hurry,
		refuse:     o.Refuse,
		turns:      make(chan struct{}, maxBig),
	}
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.refuse(w, http.StatusBadRequest)
		return
	}
	call, err := xmlrpc.ParseCall(body)
	if err != nil {
		reason := "unmarshallable"
		if errors.Is(err, xmlrpc.ErrNoMethodName) {
			reason = "no method name"
		}
		s.log.Error("XML-RPC request data " + pyrepr.String(excerpt(body)) + " is invalid: " + reason)
		s.refuse(w, http.StatusBadRequest)
		return
	}
	b := s.buffers.take()
	defer s.buffers.keep(b)
	t := s.newTurn(r.Context())
	defer t.end()
	t.asker = r
	if s.describe != nil {
		s.describe(r, call.Method)
	}
	*b = s.answer(t, r, (*b)[:0], call)
	answer := *b
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = w.Write(answer) // a client that went away has nobody to tell
}

// excerpt keeps a hostile request from filling the log.
func excerpt(body []byte) string {
	const limit = 1024
	return string(body[:min(len(body), limit)])
}

// oneLine keeps what a client calls things from looking like another line of the
// log, and from filling it.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, excerpt([]byte(text)))
}

// answer calls the method and appends its result or its fault.
func (s *Server) answer(t *turn, r *http.Request, dst []byte, call xmlrpc.Call) []byte {
	ctx, method := t.ctx, oneLine(call.Method)
	s.log.Log(ctx, severity.Trace, "XML-RPC method called: "+method+"()")
	value, err := s.call(t, r, call.Method, call.Params)
	if err != nil {
		fault := faultOf(err)
		s.log.Log(ctx, severity.Trace, fmt.Sprintf("XML-RPC method %s() returned fault: [%d] %s", method, fault.Code, oneLine(fault.Text)))
		return xmlrpc.AppendFault(dst, fault.Code, fault.Text)
	}
	s.log.Log(ctx, severity.Trace, "XML-RPC method "+method+"() returned successfully")
	return xmlrpc.AppendResponse(dst, value)
}

// call looks a method up and calls it. t.ctx ends when the client has gone. The
// request is nil in a multicall.
func (s *Server) call(t *turn, r *http.Request, name string, params []any) (any, error) {
	m, known := s.methods[name]
	switch {
	case !known:
		return nil, wire.Fault(wire.UnknownMethod, "")
	case !m.always && s.supervisor.State() != supervisor.Running:
		return nil, wire.Fault(wire.ShutdownState, "")
	case !m.accepts(len(params)):
		return nil, wire.Fault(wire.IncorrectParameters, "")
	}
	a := &args{ctx: t.ctx, values: params, turn: t, request: r}
	value, err := m.call(s, a)
	if a.fault != nil {
		return nil, a.fault
	}
	return value, err
}
