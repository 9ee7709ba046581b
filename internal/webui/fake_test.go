package webui

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"supervisor/internal/config"
	"supervisor/internal/diagnose"
	"supervisor/internal/httpd"
	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
)

// fake is a supervisor that does nothing but note what it is asked for, and
// fails as it is told.
type fake struct {
	state supervisor.State
	infos []supervisor.Info
	fails map[string]error // by request, as noted
	asked []string

	mu         sync.Mutex // guards asked
	groups     []*config.Group
	history    supervisor.History
	changes    chan struct{}
	happenings chan supervisor.Happening
	results    []supervisor.Result
	diff       config.Diff
	done       chan struct{}
}

func (f *fake) note(request string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, request)
	return f.fails[request]
}

func (f *fake) State() supervisor.State      { return f.state }
func (f *fake) Identifier() string           { return "supervisor" }
func (f *fake) Processes() []supervisor.Info { return f.infos }

func (f *fake) Process(name string) (supervisor.Info, error) {
	for _, info := range f.infos {
		if info.Display() == name || info.Config.Group+":"+info.Config.Name == name {
			return info, nil
		}
	}
	return supervisor.Info{}, &supervisor.Error{Kind: supervisor.ErrBadName, Detail: name}
}

func (f *fake) Start(name string, wait bool) error {
	return f.note(fmt.Sprintf("start %s %v", name, wait))
}

func (f *fake) Stop(name string, wait bool) error {
	return f.note(fmt.Sprintf("stop %s %v", name, wait))
}

func (f *fake) StartAll(wait bool) ([]supervisor.Result, error) {
	return nil, f.note(fmt.Sprintf("start all %v", wait))
}

func (f *fake) StopAll(wait bool) ([]supervisor.Result, error) {
	return nil, f.note(fmt.Sprintf("stop all %v", wait))
}

func (f *fake) ClearLogs(name string) error { return f.note("clear " + name) }

func (f *fake) Config() *config.Config  { return &config.Config{File: "/etc/supervisord.conf"} }
func (f *fake) Done() <-chan struct{}   { return f.done }
func (f *fake) Groups() []*config.Group { return f.groups }

func (f *fake) History(string) (supervisor.History, error) { return f.history, nil }

func (f *fake) Histories(visit func(supervisor.Info, supervisor.History)) {
	for _, info := range f.infos {
		visit(info, f.history)
	}
}

func (f *fake) Changes() (<-chan struct{}, func()) { return f.changes, func() {} }
func (f *fake) Happenings() (*supervisor.Onlooker, func()) {
	return &supervisor.Onlooker{C: f.happenings}, func() {}
}

func (f *fake) StartGroup(name string, wait bool) ([]supervisor.Result, error) {
	return f.results, f.note(fmt.Sprintf("start group %s %v", name, wait))
}

func (f *fake) StopGroup(name string, wait bool) ([]supervisor.Result, error) {
	return f.results, f.note(fmt.Sprintf("stop group %s %v", name, wait))
}

// Drift is the difference that Reload finds; nothing that differs runs.
func (f *fake) Drift() (supervisor.Drift, error) {
	d := supervisor.Drift{Added: f.diff.Added}
	for _, c := range f.diff.Changed {
		d.Changed = append(d.Changed, supervisor.Drifted{Group: c.Group, Options: c.Options})
	}
	for _, name := range f.diff.Removed {
		d.Removed = append(d.Removed, supervisor.Drifted{Group: name})
	}
	return d, f.fails["drift"]
}

func (f *fake) Reload() (config.Diff, error)  { return f.diff, f.note("reload") }
func (f *fake) AddGroup(name string) error    { return f.note("add " + name) }
func (f *fake) RemoveGroup(name string) error { return f.note("remove " + name) }

// running returns a fake with the given processes.
func running(infos ...supervisor.Info) *fake {
	return &fake{state: supervisor.Running, infos: infos, fails: make(map[string]error)}
}

// info returns a process of that name and state: "group:name" or "name".
func info(name string, state lifecycle.State) supervisor.Info {
	group, process := supervisor.SplitName(name)
	return supervisor.Info{
		Config: &config.Process{Name: process, Group: group},
		Vars:   lifecycle.Vars{State: state},
	}
}

// errorPage stands for the error page of the server.
func errorPage(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "error page %d", status)
}

func newUI(s Supervisor) *UI {
	return New(Options{Supervisor: s, Version: "4.3.0", Log: slog.New(slog.DiscardHandler), OtherSite: httpd.OtherSiteActs, Error: errorPage,
		Leftovers: func() []wire.Orphan { return nil },
		Explain:   diagnose.New(s, func(*config.Process) []string { return nil }).Explain})
}

// visit sends one request; headers are "Name: value", and a body makes it a POST.
func visit(h http.Handler, method, target, body string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func get(h http.Handler, target string, headers ...string) *http.Response {
	return visit(h, "GET", target, "", headers...)
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
