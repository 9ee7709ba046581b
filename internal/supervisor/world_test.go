package supervisor

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/lifecycle"
	"supervisor/internal/severity"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// world is everything around a loop, played in fake time: programs are
// functions, and all that happens is one transcript.
type world struct {
	t        *testing.T
	s        *Supervisor
	programs map[string]program
	loads    *config.Config // what Reload finds
	began    time.Time
	outcome  chan Outcome

	mu     sync.Mutex
	lines  bytes.Buffer
	pid    int
	seats  []*fakeSeat
	traces map[string]Aftermath // what is found out about the children of a program
}

// program is what a child does; it returns how it ends.
type program func(*life) lifecycle.Exit

// life is one incarnation of a program.
type life struct {
	seat    *fakeSeat
	pid     int
	signals chan syscall.Signal
	stdin   chan []byte
	report  func(Report)
}

// fakeSeat implements Seat with a program.
type fakeSeat struct {
	w      *world
	config *config.Process
	check  error
	mu     sync.Mutex
	now    *life
	report func(Report)
}

// Resume lets the child report to whoever goes on with it.
func (s *fakeSeat) Resume(report func(Report)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report = report
}

func (s *fakeSeat) tell(r Report) {
	s.mu.Lock()
	report := s.report
	s.mu.Unlock()
	report(r)
}

func (s *fakeSeat) Launch(n int, report func(Report)) {
	s.Resume(report)
	s.w.mu.Lock()
	s.w.pid++
	pid := s.w.pid
	s.w.mu.Unlock()
	go func() {
		moment(pid, time.Millisecond)
		run := s.w.programs[s.config.Program]
		if run == nil {
			s.tell(SpawnFailed{n, "can't find command '/no/such'", time.Now()})
			return
		}
		l := &life{seat: s, pid: pid, signals: make(chan syscall.Signal, 16), stdin: make(chan []byte, 16), report: s.tell}
		s.set(l)
		s.tell(Spawned{n, l.pid, time.Now()})
		exit := run(l)
		moment(pid, 100*time.Microsecond)
		s.set(nil)
		s.w.mu.Lock()
		traces, some := s.w.traces[s.config.Program]
		s.w.mu.Unlock()
		s.tell(Ended{PID: l.pid, Exit: exit, At: time.Now(), LooksBack: some})
		if some {
			traces.PID = l.pid
			s.tell(traces)
		}
	}()
}

// moment lets every child act at an instant of its own, so that a transcript
// does not depend on which of two goroutines runs first.
func moment(pid int, unit time.Duration) { time.Sleep(time.Duration(pid) * unit) }

func (s *fakeSeat) set(l *life) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = l
}

func (s *fakeSeat) alive() *life {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *fakeSeat) Signal(sig syscall.Signal, group bool) error {
	whom := ""
	if group {
		whom = "group of "
	}
	s.w.say("    signal %v to %s%s", sig, whom, s.config.Name)
	l := s.alive()
	if l == nil {
		return syscall.ESRCH
	}
	if sig == syscall.SIGHUP && s.config.Program == "untouchable" {
		return syscall.EPERM
	}
	l.signals <- sig
	return nil
}

func (s *fakeSeat) Send(data []byte) error {
	l := s.alive()
	if l == nil {
		return syscall.EPIPE
	}
	l.stdin <- data
	return nil
}

func (s *fakeSeat) Check() error                  { return s.check }
func (s *fakeSeat) Logs() (stdout, stderr string) { return s.config.Stdout.Log.Path, "" }
func (s *fakeSeat) ClearLogs() error              { s.w.say("    logs of %s cleared", s.config.Name); return nil }
func (s *fakeSeat) ReopenLogs() error             { s.w.say("    logs of %s reopened", s.config.Name); return nil }

// Prepare implements Launcher.
func (w *world) Prepare(g *config.Group) ([]Seat, error) {
	seats := make([]Seat, len(g.Processes))
	for i, p := range g.Processes {
		seat := &fakeSeat{w: w, config: p}
		if w.programs[p.Program] == nil {
			seat.check = fail(ErrNoFile, "can't find command '/no/such'")
		}
		w.seats = append(w.seats, seat)
		seats[i] = seat
	}
	return seats, nil
}

// forever runs until a signal ends it.
func forever(l *life) lifecycle.Exit { return died(<-l.signals) }

func died(sig syscall.Signal) lifecycle.Exit {
	return lifecycle.Exit{Status: -1, Text: "terminated by " + map[syscall.Signal]string{
		syscall.SIGHUP: "SIGHUP", syscall.SIGTERM: "SIGTERM", syscall.SIGKILL: "SIGKILL", syscall.SIGINT: "SIGINT",
	}[sig]}
}

// lives runs for a while and then exits, unless a signal comes first.
func lives(d time.Duration, status int) program {
	return func(l *life) lifecycle.Exit {
		select {
		case sig := <-l.signals:
			return died(sig)
		case <-time.After(d):
			return lifecycle.Exit{Status: status, Text: fmt.Sprintf("exit status %d", status)}
		}
	}
}

// stubborn ends only when it is killed.
func stubborn(l *life) lifecycle.Exit {
	for sig := range l.signals {
		if sig == syscall.SIGKILL {
			return died(sig)
		}
	}
	return lifecycle.Exit{}
}

// listener acknowledges every event and adds it to the transcript.
func listener(l *life) lifecycle.Exit {
	l.report(Spoke{[]byte("READY\n")})
	for {
		select {
		case sig := <-l.signals:
			return died(sig)
		case data := <-l.stdin:
			moment(l.pid, time.Microsecond)
			header, payload, _ := strings.Cut(string(data), "\n")
			fields := strings.Fields(header)
			l.seat.w.say("    event %s %s %q", fields[2], strings.TrimPrefix(fields[5], "eventname:"), payload)
			l.report(Spoke{[]byte("RESULT 2\nOKREADY\n")})
		}
	}
}

// say adds a line to the transcript.
func (w *world) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(&w.lines, "%6.1f ", time.Since(w.began).Seconds())
	fmt.Fprintf(&w.lines, format+"\n", args...)
}

// Handle makes the world an slog.Handler.
func (w *world) Handle(_ context.Context, r slog.Record) error {
	w.say("%s %s", severity.Tag(r.Level), r.Message)
	return nil
}

func (w *world) Enabled(context.Context, slog.Level) bool { return true }
func (w *world) WithAttrs([]slog.Attr) slog.Handler       { return w }
func (w *world) WithGroup(string) slog.Handler            { return w }

// play runs a scene in fake time and compares its transcript with the one in
// testdata. Commit a changed transcript only if the change is wanted.
func play(t *testing.T, groups []*config.Group, programs map[string]program, scene func(*world)) {
	t.Helper()
	transcribe(t, groups, programs, func(w *world) {
		scene(w)
		w.end()
		w.compare()
	})
}

// transcribe runs a scene in fake time.
func transcribe(t *testing.T, groups []*config.Group, programs map[string]program, scene func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg := &config.Config{Groups: groups, Daemon: config.Daemon{Identifier: "supervisor"}}
		w := &world{t: t, programs: programs, loads: cfg, began: time.Now(), outcome: make(chan Outcome, 1)}
		w.s = New(Options{
			Config:   cfg,
			Load:     func() (*config.Config, error) { return w.loads, nil },
			Launcher: w,
			Log:      slog.New(w),
		})
		var ready []Prepared
		for _, g := range groups {
			seats, _ := w.Prepare(g)
			ready = append(ready, Prepared{g, seats})
		}
		go func() { w.outcome <- w.s.Run(ready) }()
		synctest.Wait()
		scene(w)
	})
}

// end shuts the supervisor down if the scene has not done so.
func (w *world) end() {
	if w.s.State() == Running {
		w.say("--- shutdown")
		if err := w.s.Shutdown(); err != nil {
			w.t.Errorf("shutdown: %v", err)
		}
	}
	<-w.outcome
	synctest.Wait()
	for _, info := range w.s.Processes() {
		if v := info.Vars; !v.State.Down() || (v.PID != 0) != (v.State == lifecycle.Unknown) {
			w.t.Errorf("%s is %v with pid %d after the end", info.Display(), v.State, v.PID)
		}
	}
	for _, seat := range w.seats {
		if l := seat.alive(); l != nil { // a child that could not be signalled
			l.signals <- syscall.SIGKILL
		}
	}
	w.wait(time.Second)
}

func (w *world) compare() {
	path := filepath.Join("testdata", w.t.Name()+".txt")
	got := w.lines.Bytes()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			w.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		w.t.Errorf("transcript is\n%s\nwant\n%s", got, want)
	}
}

// wait lets fake time pass and everything due in it happen.
func (w *world) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// do runs a request to its end and says what came of it.
func (w *world) do(what string, request func() error) {
	w.say("--- %s", what)
	err := request()
	synctest.Wait()
	w.say("--- %s: %v", what, err)
}

// ask begins a request whose end the transcript shows whenever it comes.
func (w *world) ask(what string, request func() error) {
	w.say("--- %s", what)
	go func() {
		err := request()
		moment(1, time.Microsecond) // after all that the loop does at this instant
		w.say("--- %s: %v", what, err)
	}()
	synctest.Wait()
}

// all says the state of every process.
func (w *world) all() {
	for _, info := range w.s.Processes() {
		description := info.Description(time.Now())
		if !info.Vars.Stopped.IsZero() && info.Vars.State.Down() && info.Vars.State != lifecycle.Fatal {
			description = "a time of day" // which depends on the time zone
		}
		w.say("    %-12s %-8v %s", info.Display(), info.Vars.State, description)
	}
}

// app is the configuration of one program with its defaults.
func app(name string, edit ...func(*config.Process)) *config.Process {
	p := &config.Process{
		Name: name, Group: name, Section: "program:" + name, Program: name, Command: "/bin/" + name,
		Priority: 999, Autostart: true, Autorestart: config.IfUnexpected, StartSecs: time.Second,
		StartRetries: 3, ExitCodes: []int{0}, StopSignal: syscall.SIGTERM, StopWait: 10 * time.Second,
	}
	for _, f := range edit {
		f(p)
	}
	return p
}

// alone is the homogeneous group of one process.
func alone(name string, edit ...func(*config.Process)) *config.Group {
	return &config.Group{Name: name, Priority: 999, Processes: []*config.Process{app(name, edit...)}}
}

// together is a group of processes.
func together(name string, priority int, processes ...*config.Process) *config.Group {
	for _, p := range processes {
		p.Group = name
	}
	return &config.Group{Name: name, Priority: priority, Processes: processes}
}

// audience is a pool of one listener.
func audience(size int, types ...event.Type) *config.Group {
	g := alone("ears", func(p *config.Process) { p.StartSecs = 0 })
	g.Priority, g.Kind = -1, config.Listeners
	g.Pool = &config.Pool{Events: types, BufferSize: size}
	return g
}
