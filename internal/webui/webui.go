// Package webui is the web pages of the daemon. The status page and its actions,
// the end of a log, and the health check are what they have always been (rpc.md,
// sections 2.1 and 2.2): dashboards and scripts of fifteen years depend on their
// URLs, texts, classes and links. The console is built on them: scripts turn the
// status page into a live overview, and there are pages for a program, its logs
// and the daemon. Without scripts the pages show the same, and act by forms.
//
// It promises:
//   - Whatever a name, a message or a log contains, a page stays what it is:
//     all of it is a text of internal/xhtml or becomes one in the browser, and no page
//     runs a script that is not a file of ours.
//   - A page is built from what the supervisor has published, and never waits
//     for it. Only actions wait, as they do in XML-RPC.
//   - An action that a page of another site asks for is refused.
//   - Nothing is measured and nothing runs while no browser watches. One that
//     does costs a goroutine; one that takes nothing is told less, not later.
//   - No path leads to a file: what is not in the table of routes is not there.
//
// It does not authenticate anybody; that is for whoever mounts it.
package webui

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/explain"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
)

// Supervisor is what the pages need of a *supervisor.Supervisor.
type Supervisor interface {
	State() supervisor.State
	Identifier() string
	Processes() []supervisor.Info
	Process(name string) (supervisor.Info, error)
	Start(name string, wait bool) error
	Stop(name string, wait bool) error
	StartAll(wait bool) ([]supervisor.Result, error)
	StopAll(wait bool) ([]supervisor.Result, error)
	ClearLogs(name string) error

	// The console needs these as well.
	Config() *config.Config
	Done() <-chan struct{}
	Groups() []*config.Group
	History(name string) (supervisor.History, error)
	Histories(visit func(supervisor.Info, supervisor.History))
	Changes() (changes <-chan struct{}, stop func())
	Happenings() (o *supervisor.Onlooker, stop func())
	StartGroup(name string, wait bool) ([]supervisor.Result, error)
	StopGroup(name string, wait bool) ([]supervisor.Result, error)
	Drift() (supervisor.Drift, error)
	Reload() (config.Diff, error)
	AddGroup(name string) error
	RemoveGroup(name string) error
}

// MainLog is what the pages need of the daemon's own log.
type MainLog interface {
	Path() string // empty: there is no file
	Sync() error  // waits until everything is in the file
}

// Options is what a UI is made from. All of it is needed.
type Options struct {
	Supervisor Supervisor
	MainLog    MainLog
	Version    string    // of the daemon
	PID        int       // of the daemon
	Started    time.Time // of the daemon, which may have been upgraded since
	Log        *slog.Logger

	// OtherSite reports whether a browser asks for an action on behalf of a page
	// of another site, as far as it can be told.
	OtherSite func(*http.Request) bool
	// Explain says why a process is in the state that it is in.
	Explain func(name string) (explain.Explanation, error)
	// Leftovers returns the programs of an earlier daemon that are left over. It may
	// wait until they have been looked for.
	Leftovers func() []wire.Orphan

	// Error answers with the server's page for a status that is not 200,
	// redirections included; headers that are set already stay.
	Error func(w http.ResponseWriter, status int)
}

// UI is the web pages: an http.Handler.
type UI struct {
	supervisor Supervisor
	mainLog    MainLog
	otherSite  func(*http.Request) bool
	gauges     *gauges
	lookout    lookout
	version    string
	pid        int
	started    time.Time
	log        *slog.Logger
	explain    func(name string) (explain.Explanation, error)
	error      func(w http.ResponseWriter, status int)
	streams    chan struct{} // has an element for each that is open
	routes     map[string]route
}

// route is what answers at a path, by method.
type route map[string]http.HandlerFunc

// page is a page that takes its parameters from the query or from a form.
func page(h http.HandlerFunc) route {
	return route{http.MethodGet: h, http.MethodPost: h}
}

// file is a file that never changes while the daemon runs.
func file(h http.HandlerFunc) route {
	return route{http.MethodGet: h, http.MethodHead: h}
}

// look is a page or a stream that only shows something.
func look(h http.HandlerFunc) route { return route{http.MethodGet: h} }

// New returns the web pages. Its files count as modified now.
func New(o Options) *UI {
	now := time.Now()
	u := &UI{
		supervisor: o.Supervisor,
		mainLog:    o.MainLog,
		otherSite:  o.OtherSite,
		streams:    make(chan struct{}, maxStreams),
		gauges:     newGauges(o.Supervisor),
		lookout:    lookout{supervisor: o.Supervisor, leftovers: o.Leftovers},
		version:    o.Version,
		pid:        o.PID,
		started:    o.Started,
		log:        o.Log,
		explain:    o.Explain,
		error:      o.Error,
	}
	u.routes = map[string]route{
		"/":                           page(u.status),
		"/index.html":                 page(u.status),
		"/tail.html":                  page(u.tail),
		"/ok.html":                    page(u.ok),
		"/stylesheets/supervisor.css": file(asset("stylesheets/supervisor.css", "text/css", now)),
		"/stylesheets/narrow.css":     file(asset("stylesheets/narrow.css", "text/css", now)),
		"/images/icon.png":            file(asset("images/icon.png", "image/png", now)),

		"/program.html":   look(u.program),
		"/log.html":       look(u.logPage),
		"/daemon.html":    look(u.daemon),
		"/console/events": look(u.bounded(u.events)),
		"/console/log":    look(u.logFile),
		"/console/follow": look(u.bounded(u.followLog)),
		"/console/act":    {http.MethodPost: u.doAction},
	}
	for _, name := range scripts() {
		u.routes["/"+name] = file(asset(name, "text/javascript", now))
	}
	return u
}

// ServeHTTP answers any request. Slashes at the start of a path count as one.
// A path that is not there, or not for HEAD, is status 404; any other method
// than a path is made for is 400 (rpc.md, section 1.3).
func (u *UI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	handler := u.routes["/"+strings.TrimLeft(r.URL.Path, "/")][r.Method]
	switch {
	case handler != nil:
		handler(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		u.error(w, http.StatusNotFound)
	default:
		u.error(w, http.StatusBadRequest)
	}
}

// ok tells a health check that the daemon answers.
func (u *UI) ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	send(w, []byte("OK"))
}

// show answers with a page.
func (u *UI) show(w http.ResponseWriter, page []byte) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	forbidCaching(w.Header())
	send(w, page)
}

// forbidCaching keeps what a page shows from being shown later.
func forbidCaching(h http.Header) {
	h.Set("Pragma", "no-cache")
	h.Set("Cache-Control", "no-cache")
	h.Set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
}

// send sends a whole body.
func send(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // it fails only if the client has gone, who is the only one to tell
}
