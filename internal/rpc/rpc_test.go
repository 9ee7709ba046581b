package rpc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/explain"
	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// stage is a supervisor without real processes, in fake time, and the server
// in front of it. What a program does follows from its name.
type stage struct {
	t      *testing.T
	server *Server
	loop   *supervisor.Supervisor
	loads  func() (*config.Config, error)
	log    bytes.Buffer
	dir    string
	seats  []*seat
	ended  chan struct{}
}

// seat implements supervisor.Seat: "good" lives until a signal, "quick" exits
// at once, "missing" cannot be found, "dir" is not executable.
type seat struct {
	stage  *stage
	number int // each acts at an instant of its own
	config *config.Process
	end    chan syscall.Signal
	stdin  bytes.Buffer
	log    string

	stubborn bool // only SIGKILL ends it
}

func (s *seat) Launch(n int, report func(supervisor.Report)) {
	s.end = make(chan syscall.Signal, 8)
	go func() {
		time.Sleep(time.Duration(s.number) * time.Microsecond)
		if s.config.Program == "missing" {
			report(supervisor.SpawnFailed{Incarnation: n, Reason: "can't find command '/x'", At: time.Now()})
			return
		}
		report(supervisor.Spawned{Incarnation: n, PID: 100, At: time.Now()})
		exit := lifecycle.Exit{Status: 1, Text: "exit status 1"}
		if s.config.Program != "quick" {
			for sig := range s.end {
				if sig == syscall.SIGKILL || sig != syscall.SIGHUP && !s.stubborn {
					break
				}
			}
			exit = lifecycle.Exit{Status: -1, Text: "terminated by SIGTERM"}
		}
		report(supervisor.Ended{PID: 100, Exit: exit, At: time.Now()})
	}()
}

func (s *seat) Signal(sig syscall.Signal, _ bool) error { s.end <- sig; return nil }
func (s *seat) Logs() (stdout, stderr string)           { return s.log, "" }
func (s *seat) ClearLogs() error                        { return os.Truncate(s.log, 0) }
func (s *seat) Resume(func(supervisor.Report))          {}
func (s *seat) ReopenLogs() error                       { return nil }

func (s *seat) Send(data []byte) error {
	if s.config.Name == "deaf" {
		return syscall.EPIPE
	}
	s.stdin.Write(data)
	return nil
}

func (s *seat) Check() error {
	switch s.config.Program {
	case "missing":
		return &supervisor.Error{Kind: supervisor.ErrNoFile, Detail: "can't find command '/x'"}
	case "dir":
		return &supervisor.Error{Kind: supervisor.ErrNotExecutable, Detail: "command at '/tmp' is a directory"}
	}
	return nil
}

// Prepare implements supervisor.Launcher.
func (st *stage) Prepare(g *config.Group) ([]supervisor.Seat, error) {
	var seats []supervisor.Seat
	for _, p := range g.Processes {
		s := &seat{stage: st, number: len(st.seats), config: p}
		if p.Stdout.Log.Path != "" {
			s.log = filepath.Join(st.dir, p.Stdout.Log.Path)
		}
		st.seats = append(st.seats, s)
		seats = append(seats, s)
	}
	return seats, nil
}

// mainLog implements MainLog.
type mainLog struct{ path string }

func (l mainLog) Path() string { return l.path }
func (l mainLog) Sync() error  { return nil }
func (l mainLog) Clear() error { return os.Remove(l.path) }

func program(name, program string, edit ...func(*config.Process)) *config.Process {
	p := &config.Process{
		Name: name, Group: name, Program: program, Command: "/bin/" + program, Priority: 999,
		StartSecs: time.Second, StartRetries: 3, ExitCodes: []int{0}, StopSignal: syscall.SIGTERM, StopWait: 10 * time.Second,
		Stdout: config.Stream{Log: config.Log{Path: name + ".log"}, MaxBytes: 50 << 20, Backups: 10},
		Stderr: config.Stream{Log: config.Log{Auto: true}, MaxBytes: 50 << 20, Backups: 10},
	}
	for _, f := range edit {
		f(p)
	}
	return p
}

func group(name string, processes ...*config.Process) *config.Group {
	for _, p := range processes {
		p.Group = name
	}
	return &config.Group{Name: name, Priority: 999, Processes: processes}
}

// act plays a scene with the usual cast.
func act(t *testing.T, scene func(*stage)) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"main.log": "0123456789", "good.log": "01234567"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		st := &stage{t: t, dir: dir, ended: make(chan struct{})}
		cfg := &config.Config{
			Daemon: config.Daemon{Identifier: "supervisor"},
			Groups: []*config.Group{
				group("good", program("good", "good")),
				group("quick", program("quick", "quick")),
				group("missing", program("missing", "missing", func(p *config.Process) { p.Stdout.Log.Path = "" })),
				group("dir", program("dir", "dir")),
				group("pair", program("b", "good"), program("a", "good"), program("deaf", "good")),
			},
		}
		st.loads = func() (*config.Config, error) { return cfg, nil }
		st.loop = supervisor.New(supervisor.Options{
			Config:   cfg,
			Load:     func() (*config.Config, error) { return st.loads() },
			Launcher: st,
			Log:      slog.New(slog.DiscardHandler),
		})
		st.server = New(Options{
			Supervisor: st.loop,
			MainLog:    mainLog{filepath.Join(dir, "main.log")},
			Log:        slog.New(slog.NewTextHandler(&st.log, nil)),
			Version:    "4.3.0",
			PID:        42,
			Source: func() wire.ConfigSource {
				return wire.ConfigSource{File: "/etc/s.conf", Directory: "/srv", Host: "here", PID: 42}
			},
			Namespaces: []string{"supervisor"},
			Explain: func(name string) (explain.Explanation, error) {
				return explain.Explanation{Cause: "test", Answer: name + " is explained.", Steps: []explain.Step{{Run: "true"}}}, nil
			},
			Refuse: func(w http.ResponseWriter, status int) { w.WriteHeader(status) },
		})
		var ready []supervisor.Prepared
		for _, g := range cfg.Groups {
			seats, _ := st.Prepare(g)
			ready = append(ready, supervisor.Prepared{Group: g, Seats: seats})
		}
		go func() {
			st.loop.Run(ready)
			close(st.ended)
		}()
		synctest.Wait()
		scene(st)
		if err := st.loop.Shutdown(); err != nil && !errors.Is(err, supervisor.ErrShutdown) {
			t.Error(err)
		}
		<-st.ended
		synctest.Wait()
	})
}

// post sends a body and returns the status and the answer.
func (st *stage) post(body string) (int, []byte) {
	w := httptest.NewRecorder()
	st.server.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/RPC2", strings.NewReader(body)))
	return w.Code, w.Body.Bytes()
}

// call calls a method over the wire.
func (st *stage) call(method string, params ...any) (any, error) {
	st.t.Helper()
	status, body := st.post(string(xmlrpc.AppendCall(nil, method, params...)))
	if status != http.StatusOK {
		st.t.Fatalf("%s%v: HTTP status %d", method, params, status)
	}
	return xmlrpc.ParseResponse(body)
}

// want checks a call's result; a want of type *xmlrpc.Fault is a fault.
func (st *stage) want(want any, method string, params ...any) {
	st.t.Helper()
	got, err := st.call(method, params...)
	if err != nil {
		got = err
	}
	if !reflect.DeepEqual(got, want) {
		st.t.Errorf("%s%v = %#v, want %#v", method, params, got, want)
	}
}

func fault(code wire.Code, detail string) *xmlrpc.Fault { return wire.Fault(code, detail) }

// result is what a method about many says of one.
func result(name, group string, status int, description string) xmlrpc.Struct {
	return xmlrpc.Struct{{Name: "name", Value: name}, {Name: "group", Value: group}, {Name: "status", Value: status}, {Name: "description", Value: description}}
}

func TestAboutTheSupervisor_RPC_001_to_RPC_005_RPC_071(t *testing.T) {
	act(t, func(st *stage) {
		st.want("3.0", "supervisor.getAPIVersion")
		st.want("3.0", "supervisor.getVersion")
		st.want("4.3.0", "supervisor.getSupervisorVersion")
		st.want("supervisor", "supervisor.getIdentification")
		st.want(xmlrpc.Struct{{Name: "statecode", Value: 1}, {Name: "statename", Value: "RUNNING"}}, "supervisor.getState")
		st.want(42, "supervisor.getPID")
	})
}

func TestCallsThatCannotBeMade_RPC_006_RPC_007_RPC_069(t *testing.T) {
	act(t, func(st *stage) {
		for _, name := range []string{"supervisor.nope", "nope.getState", "a.b.c", "supervisor", "supervisor._update", "system", ""} {
			if name != "" {
				st.want(fault(wire.UnknownMethod, ""), name)
			}
		}
		st.want(fault(wire.IncorrectParameters, ""), "supervisor.getState", "x")
		st.want(fault(wire.IncorrectParameters, ""), "supervisor.startProcess")
		st.want(fault(wire.IncorrectParameters, ""), "supervisor.startProcess", "good", true, 1)
		st.want(fault(wire.IncorrectParameters, "3"), "supervisor.startProcess", 3)
		st.want(fault(wire.IncorrectParameters, "3"), "supervisor.sendProcessStdin", "good", 3) // RPC-044
		st.want(fault(wire.IncorrectParameters, "'x'"), "supervisor.readLog", "x", 0)
	})
}

func TestRequestsThatAreNoCalls_RPC_008_RPC_009(t *testing.T) {
	act(t, func(st *stage) {
		for _, tt := range []struct {
			body   string
			status int
			log    string
		}{
			{"<methodCall", http.StatusBadRequest, "is invalid: unmarshallable"},
			{"", http.StatusBadRequest, "is invalid: unmarshallable"},
			{"<?xml version='1.0'?><methodCall><params></params></methodCall>", http.StatusBadRequest, "is invalid: no method name"},
			{"<?xml version='1.0'?><methodCall><methodName>supervisor.getState</methodName></methodCall>", http.StatusOK, ""},
		} {
			st.log.Reset()
			if status, _ := st.post(tt.body); status != tt.status {
				t.Errorf("%q: status %d, want %d", tt.body, status, tt.status)
			}
			if !strings.Contains(st.log.String(), tt.log) || (tt.log == "") != (st.log.Len() == 0) {
				t.Errorf("%q: log %q, want %q", tt.body, st.log.String(), tt.log)
			}
		}
	})
}

func TestStartProcess_RPC_021_to_RPC_029(t *testing.T) {
	act(t, func(st *stage) {
		st.want(true, "supervisor.startProcess", "good")
		st.want(fault(wire.AlreadyStarted, "good"), "supervisor.startProcess", "good")
		st.want(fault(wire.NoFile, "can't find command '/x'"), "supervisor.startProcess", "missing")
		st.want(fault(wire.NotExecutable, "command at '/tmp' is a directory"), "supervisor.startProcess", "dir")
		st.want(fault(wire.SpawnError, "quick"), "supervisor.startProcess", "quick")
		st.want(fault(wire.BadName, "nobody"), "supervisor.startProcess", "nobody")
		st.want(fault(wire.BadName, "pair"), "supervisor.startProcess", "pair")
		st.want(true, "supervisor.startProcess", "pair:a", false)
		st.want([]any{result("b", "pair", 80, "OK"), result("deaf", "pair", 80, "OK")}, "supervisor.startProcess", "pair:*")
		st.want([]any{}, "supervisor.startProcessGroup", "pair")
		st.want(fault(wire.BadName, "nobody"), "supervisor.startProcessGroup", "nobody")
	})
}

func TestMany_RPC_030_to_RPC_033_RPC_038_RPC_042(t *testing.T) {
	act(t, func(st *stage) {
		st.want([]any{
			result("missing", "missing", 20, "NO_FILE: can't find command '/x'"),
			result("dir", "dir", 21, "NOT_EXECUTABLE: command at '/tmp' is a directory"),
			result("quick", "quick", 50, "SPAWN_ERROR: quick"),
			result("good", "good", 80, "OK"),
			result("b", "pair", 80, "OK"), result("a", "pair", 80, "OK"), result("deaf", "pair", 80, "OK"),
		}, "supervisor.startAllProcesses")
		st.want([]any{result("b", "pair", 80, "OK"), result("a", "pair", 80, "OK"), result("deaf", "pair", 80, "OK")},
			"supervisor.signalProcessGroup", "pair", "HUP")
		st.want([]any{result("good", "good", 11, "BAD_SIGNAL: FOO"), result("b", "pair", 11, "BAD_SIGNAL: FOO"),
			result("a", "pair", 11, "BAD_SIGNAL: FOO"), result("deaf", "pair", 11, "BAD_SIGNAL: FOO")},
			"supervisor.signalAllProcesses", "FOO")
		st.want([]any{result("b", "pair", 80, "OK"), result("a", "pair", 80, "OK"), result("deaf", "pair", 80, "OK")},
			"supervisor.stopProcessGroup", "pair", false)
		synctest.Wait()
		st.want([]any{result("quick", "quick", 80, "OK"), result("good", "good", 80, "OK")}, "supervisor.stopAllProcesses")
		st.want([]any{}, "supervisor.stopAllProcesses")
	})
}

func TestStopAndSignal_RPC_034_RPC_035_RPC_039_to_RPC_041(t *testing.T) {
	act(t, func(st *stage) {
		st.want(fault(wire.NotRunning, "good"), "supervisor.stopProcess", "good")
		st.want(fault(wire.NotRunning, "good"), "supervisor.signalProcess", "good", "HUP")
		st.want(true, "supervisor.startProcess", "good")
		for _, sig := range []any{"HUP", "SIGHUP", "1", 1} {
			st.want(true, "supervisor.signalProcess", "good", sig)
		}
		st.want(fault(wire.BadSignal, "FOO"), "supervisor.signalProcess", "good", "FOO")
		st.want(fault(wire.BadName, "nobody"), "supervisor.signalProcess", "nobody", "FOO")
		st.want(true, "supervisor.stopProcess", "good")
		st.want(fault(wire.BadName, "nobody"), "supervisor.stopProcess", "nobody")
	})
}

func TestStdinAndRemoteEvents_RPC_043_to_RPC_047(t *testing.T) {
	act(t, func(st *stage) {
		st.want(fault(wire.NotRunning, "good"), "supervisor.sendProcessStdin", "good", "x")
		st.want(fault(wire.BadName, "nobody"), "supervisor.sendProcessStdin", "nobody", "x")
		st.want(fault(wire.BadName, "pair:*"), "supervisor.sendProcessStdin", "pair:*", "x")
		st.want(true, "supervisor.startProcess", "good")
		st.want(true, "supervisor.sendProcessStdin", "good", "grün\n")
		if got := st.seats[0].stdin.String(); got != "grün\n" {
			t.Errorf("stdin got %q", got)
		}
		st.want(true, "supervisor.startProcess", "pair:deaf")
		st.want(fault(wire.NoFile, "pair:deaf"), "supervisor.sendProcessStdin", "pair:deaf", "x")
		st.want(true, "supervisor.sendRemoteCommEvent", "type", "data")
	})
}

func TestProcessInfo_RPC_013_to_RPC_017(t *testing.T) {
	act(t, func(st *stage) {
		start := int(time.Now().Unix())
		st.want(true, "supervisor.startProcess", "good")
		st.want(xmlrpc.Struct{
			{Name: "name", Value: "good"}, {Name: "group", Value: "good"},
			{Name: "start", Value: start}, {Name: "stop", Value: 0}, {Name: "now", Value: start + 1},
			{Name: "state", Value: 20}, {Name: "statename", Value: "RUNNING"}, {Name: "spawnerr", Value: ""}, {Name: "exitstatus", Value: 0},
			{Name: "logfile", Value: st.seats[0].log}, {Name: "stdout_logfile", Value: st.seats[0].log}, {Name: "stderr_logfile", Value: ""},
			{Name: "pid", Value: 100}, {Name: "description", Value: "pid 100, uptime 0:00:01"},
		}, "supervisor.getProcessInfo", "good")
		st.want(fault(wire.BadName, "pair:*"), "supervisor.getProcessInfo", "pair:*")
		st.want(fault(wire.BadName, "nobody"), "supervisor.getProcessInfo", "nobody")
		st.want(true, "supervisor.stopProcess", "good")
		all, err := st.call("supervisor.getAllProcessInfo")
		if err != nil {
			t.Fatal(err)
		}
		infos, err := wire.ParseProcessInfos(all)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, info := range infos {
			names = append(names, info.Group+":"+info.Name)
		}
		if got := strings.Join(names, " "); got != "dir:dir good:good missing:missing pair:a pair:b pair:deaf quick:quick" {
			t.Errorf("order %s", got)
		}
		if good := infos[1]; good.ExitStatus != -1 || good.Stop == 0 || good.PID != 0 {
			t.Errorf("after the stop: %+v", good)
		}
	})
}

func TestConfigInfo_RPC_018_to_RPC_020(t *testing.T) {
	act(t, func(st *stage) {
		all, err := st.call("supervisor.getAllConfigInfo")
		if err != nil {
			t.Fatal(err)
		}
		infos, err := wire.ParseConfigInfos(all)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, info := range infos {
			names = append(names, info.Name)
		}
		if got := strings.Join(names, " "); got != "a b deaf dir good missing quick" {
			t.Errorf("order %s", got)
		}
		a := infos[0]
		if !a.InUse || a.Directory != "none" || a.UID != "none" || a.ServerURL != "none" || a.StopSignal != 15 ||
			!reflect.DeepEqual(a.ExitCodes, []int{0}) || a.Autorestart != false || a.Stderr.LogFile != "auto" {
			t.Errorf("config info %+v", a)
		}
		st.want(true, "supervisor.removeProcessGroup", "pair")
		all, _ = st.call("supervisor.getAllConfigInfo")
		if infos, _ = wire.ParseConfigInfos(all); infos[0].InUse {
			t.Error("a removed group is in use")
		}
	})
}

func TestLogs_RPC_048_to_RPC_054_LOG_037_LOG_038_LOG_039(t *testing.T) {
	act(t, func(st *stage) {
		st.want("56789", "supervisor.readLog", -5, 0)
		st.want("0123456789", "supervisor.readMainLog", 0, 0)
		st.want(fault(wire.BadArguments, ""), "supervisor.readLog", -1, 5)
		st.want("234", "supervisor.readProcessStdoutLog", "good", 2, 3)
		st.want("01234567", "supervisor.readProcessLog", "good", 0, 0)
		st.want(fault(wire.NoFile, ""), "supervisor.readProcessStderrLog", "good", 0, 0)
		st.want(fault(wire.NoFile, filepath.Join(st.dir, "quick.log")), "supervisor.readProcessStdoutLog", "quick", 0, 0)
		st.want(fault(wire.BadName, "nobody"), "supervisor.readProcessStdoutLog", "nobody", 0, 0)
		st.want([]any{"567", 8, true}, "supervisor.tailProcessStdoutLog", "good", 0, 3)
		st.want([]any{"567", 8, false}, "supervisor.tailProcessLog", "good", 5, 3)
		st.want([]any{"", 0, false}, "supervisor.tailProcessStderrLog", "good", 0, 3)
		st.want([]any{"", 4, false}, "supervisor.tailProcessStdoutLog", "quick", 4, 3)
		st.want(true, "supervisor.clearProcessLogs", "good")
		st.want("", "supervisor.readProcessLog", "good", 0, 0)
		st.want(fault(wire.BadName, "nobody"), "supervisor.clearProcessLog", "nobody")
		st.want(fault(wire.Failed, "quick"), "supervisor.clearProcessLogs", "quick")
		all, err := st.call("supervisor.clearAllProcessLogs")
		if err != nil || len(all.([]any)) != 7 {
			t.Errorf("clearAllProcessLogs = %v, %v", all, err)
		}
		st.want(true, "supervisor.clearLog")
		st.want(fault(wire.NoFile, ""), "supervisor.clearLog")
		st.want(fault(wire.NoFile, filepath.Join(st.dir, "main.log")), "supervisor.readLog", 0, 0)
	})
}

func TestReloadAddRemove_RPC_055_to_RPC_058(t *testing.T) {
	act(t, func(st *stage) {
		st.loads = func() (*config.Config, error) {
			return nil, &config.Error{Text: "program section program:a does not specify a command"}
		}
		st.want(fault(wire.CantReread, "program section program:a does not specify a command"), "supervisor.reloadConfig")
		next := &config.Config{Daemon: config.Daemon{Identifier: "another"}, Groups: []*config.Group{
			group("good", program("good", "good", func(p *config.Process) { p.Priority = 1 })),
			group("new", program("new", "good")),
			group("quick", program("quick", "quick")),
			group("missing", program("missing", "missing", func(p *config.Process) { p.Stdout.Log.Path = "" })),
			group("dir", program("dir", "dir")),
		}}
		st.loads = func() (*config.Config, error) { return next, nil }
		drift, err := st.call("supervisor.getConfigDrift")
		if err != nil {
			t.Fatal(err)
		}
		differs, err := wire.ParseDrift(drift)
		if change := (wire.OptionChange{Process: "good", Key: "priority", From: "999", To: "1"}); err != nil ||
			len(differs.Added) != 1 || differs.Added[0] != "new" || len(differs.Removed) != 1 || differs.Removed[0].Group != "pair" ||
			len(differs.Changed) != 1 || differs.Changed[0].Group != "good" || !slices.Equal(differs.Changed[0].Options, []wire.OptionChange{change}) {
			t.Errorf("%+v, %v", differs, err)
		}
		st.want(fault(wire.BadName, "new"), "supervisor.addProcessGroup", "new") // a look is no reload
		st.want([]any{[]any{[]any{"new"}, []any{"good"}, []any{"pair"}}}, "supervisor.reloadConfig")
		st.want("supervisor", "supervisor.getIdentification") // DIF-004
		st.want(true, "supervisor.addProcessGroup", "new")
		st.want(fault(wire.AlreadyAdded, "new"), "supervisor.addProcessGroup", "new")
		st.want(fault(wire.BadName, "nobody"), "supervisor.addProcessGroup", "nobody")
		st.want(true, "supervisor.startProcess", "new")
		st.want(fault(wire.StillRunning, "new"), "supervisor.removeProcessGroup", "new")
		st.want(true, "supervisor.removeProcessGroup", "pair")
		st.want(fault(wire.BadName, "pair"), "supervisor.removeProcessGroup", "pair")
	})
}

func TestGoingDown_RPC_059_RPC_060(t *testing.T) {
	act(t, func(st *stage) {
		st.seats[0].stubborn = true
		st.want(true, "supervisor.startProcess", "good")
		st.want(true, "supervisor.shutdown")
		st.want(fault(wire.ShutdownState, ""), "supervisor.getState")
		st.want(fault(wire.ShutdownState, ""), "supervisor.shutdown")
		st.want(fault(wire.ShutdownState, ""), "supervisor.startProcess", "quick")
		if _, err := st.call("system.listMethods"); err != nil {
			t.Errorf("system.listMethods while going down: %v", err)
		}
	})
}

func TestSystem_RPC_061_to_RPC_063(t *testing.T) {
	act(t, func(st *stage) {
		names, err := st.call("system.listMethods")
		if err != nil || len(names.([]any)) != 48 || names.([]any)[0] != "supervisor.addProcessGroup" || names.([]any)[47] != "system.multicall" {
			t.Errorf("listMethods = %v, %v", names, err)
		}
		for _, name := range names.([]any) {
			if text, err := st.call("system.methodHelp", name); err != nil || text == "" {
				t.Errorf("methodHelp(%v) = %v, %v", name, text, err)
			}
		}
		if !slices.Contains(names.([]any), any("supervisor.getOrphans")) { // ours (DIF-051)
			t.Error("getOrphans is not listed")
		}
		st.want(fault(wire.SignatureUnsupported, ""), "system.methodHelp", "supervisor.nope")
		st.want([]any{"boolean", "string", "boolean"}, "system.methodSignature", "supervisor.startProcess")
		st.want(fault(wire.SignatureUnsupported, ""), "system.methodSignature", "nope")
	})
}

func TestMulticall_RPC_064_to_RPC_068(t *testing.T) {
	call := func(name string, params ...any) xmlrpc.Struct {
		return xmlrpc.Struct{{Name: "methodName", Value: name}, {Name: "params", Value: append([]any{}, params...)}}
	}
	failed := func(code wire.Code, detail string) xmlrpc.Struct {
		f := fault(code, detail)
		return xmlrpc.Struct{{Name: "faultCode", Value: f.Code}, {Name: "faultString", Value: f.Text}}
	}
	act(t, func(st *stage) {
		st.want([]any{}, "system.multicall", []any{})
		st.want([]any{
			"3.0", true, failed(wire.AlreadyStarted, "good"), failed(wire.BadName, "nobody"), failed(wire.UnknownMethod, ""),
			failed(wire.IncorrectParameters, "Recursive system.multicall forbidden"),
			failed(wire.IncorrectParameters, "No methodName"), "3.0",
		}, "system.multicall", []any{
			call("supervisor.getAPIVersion"), call("supervisor.startProcess", "good"), call("supervisor.startProcess", "good"),
			call("supervisor.stopProcess", "nobody"), call("nope"), call("system.multicall", []any{}), xmlrpc.Struct{},
			xmlrpc.Struct{{Name: "methodName", Value: "supervisor.getVersion"}},
		})
		st.want(fault(wire.IncorrectParameters, ""), "system.multicall", "x")
	})
}

// RPC-070: a call that waits does not delay others.
func TestWaitingCallDelaysNobody_RPC_070(t *testing.T) {
	act(t, func(st *stage) {
		answered := make(chan any)
		go func() {
			value, _ := st.call("supervisor.startProcess", "good")
			answered <- value
		}()
		synctest.Wait()
		st.want("3.0", "supervisor.getVersion")
		select {
		case <-answered:
			t.Error("the start did not wait")
		default:
		}
		if value := <-answered; value != true {
			t.Errorf("the start said %v", value)
		}
	})
}

// Every reason for which the supervisor refuses has a fault of its own.
func TestEveryErrorHasAFault_RPC_012(t *testing.T) {
	seen := make(map[wire.Code]bool)
	for _, f := range faults {
		got := faultOf(&supervisor.Error{Kind: f.err, Detail: "detail"})
		if want := fault(f.code, "detail"); *got != *want {
			t.Errorf("%v becomes %v, want %v", f.err, got, want)
		}
		if seen[f.code] {
			t.Errorf("two reasons share %v", f.code)
		}
		seen[f.code] = true
	}
	if got := faultOf(fmt.Errorf("something else: %w", fs.ErrPermission)); got.Code != int(wire.Failed) {
		t.Errorf("an unknown error becomes %v", got)
	}
}

func TestExplanation(t *testing.T) {
	act(t, func(st *stage) {
		source, err := st.call("supervisor.getConfigSource")
		if got := wire.ParseConfigSource(source); err != nil || got != (wire.ConfigSource{File: "/etc/s.conf", Directory: "/srv", Host: "here", PID: 42}) {
			t.Errorf("the configuration is from %+v, %v", got, err)
		}
		answer, err := st.call("supervisor.getExplanation", "good")
		if err != nil {
			t.Fatal(err)
		}
		e, err := wire.ParseExplanation(answer)
		if err != nil || e.Name != "good" || e.State != "STOPPED" || e.Cause != "test" || e.Answer != "good is explained." ||
			len(e.Steps) != 1 || e.Steps[0].Run != "true" {
			t.Errorf("%+v, %v", e, err)
		}
		st.want(fault(wire.BadName, "nosuch"), "supervisor.getExplanation", "nosuch")
	})
}
