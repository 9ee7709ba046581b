package webui

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// fake is a supervisor that does nothing but note what it is asked for, and
// fails as it is told.
type fake struct {
	state supervisor.State
	infos []supervisor.Info
	fails map[string]error // by request, as noted
	asked []string
}

func (f *fake) note(request string) error {
	f.asked = append(f.asked, request)
	return f.fails[request]
}

func (f *fake) State() supervisor.State      { return f.state }
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
	return New(Options{Supervisor: s, Version: "4.3.0", Log: slog.New(slog.DiscardHandler), Error: errorPage})
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
