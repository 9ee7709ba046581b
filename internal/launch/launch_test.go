package launch

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/keeper"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

func TestMain(m *testing.M) {
	spawn.StageMain()
	keeper.ProcessMain()
	// As a daemon does, by which its children do not ignore what nohup(1) has it ignore.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	os.Exit(m.Run())
}

// patience is how long a test waits for something that must happen.
const patience = 30 * time.Second

// bench is a launcher with real children, and what they reported.
type bench struct {
	t          *testing.T
	launcher   *Launcher
	reports    chan supervisor.Report
	aftermaths chan supervisor.Aftermath

	mu  sync.Mutex
	log bytes.Buffer // the activity log
}

func (b *bench) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

func (b *bench) logged() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.String()
}

func newBench(t *testing.T, edit ...func(*Options)) *bench {
	b := &bench{t: t, reports: make(chan supervisor.Report, 1000), aftermaths: make(chan supervisor.Aftermath, 1000)}
	spawner, err := spawn.New(func(spawn.Exit) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(spawner.Close)
	o := Options{
		Spawner:   spawner,
		Log:       slog.New(slog.NewTextHandler(b, nil)),
		Env:       []string{"PATH=/bin:/usr/bin", "PERCENT=100%"},
		ServerURL: "unix:///run/test.sock",
		Daemon:    config.Daemon{ChildLogDir: t.TempDir(), Identifier: "supervisor"},
	}
	for _, f := range edit {
		f(&o)
	}
	b.launcher = newLauncher(o)
	// A start that takes a second does not hang: the machine is busy.
	b.launcher.queue.start(patience)
	t.Cleanup(b.launcher.Close)
	return b
}

// seat prepares the seat of a shell script.
func (b *bench) seat(script string, edit ...func(*config.Process)) supervisor.Seat {
	b.t.Helper()
	return b.seats(&config.Group{Name: "g", Processes: []*config.Process{shell("x", script, edit...)}})[0]
}

func shell(name, script string, edit ...func(*config.Process)) *config.Process {
	p := &config.Process{Name: name, Group: "g", Program: name, Command: "/bin/sh -c '" + script + "'", StopSignal: syscall.SIGTERM}
	for _, f := range edit {
		f(p)
	}
	return p
}

func (b *bench) seats(g *config.Group) []supervisor.Seat {
	b.t.Helper()
	seats, err := b.launcher.Prepare(g)
	if err != nil {
		b.t.Fatal(err)
	}
	return seats
}

func (b *bench) launch(s supervisor.Seat) {
	s.Launch(1, func(r supervisor.Report) {
		switch r := r.(type) { // data is valid only until report returns
		case supervisor.Output:
			r.Data = bytes.Clone(r.Data)
			b.reports <- r
		case supervisor.Captured:
			r.Data = bytes.Clone(r.Data)
			b.reports <- r
		case supervisor.Spoke:
			r.Data = bytes.Clone(r.Data)
			b.reports <- r
		case supervisor.Aftermath:
			b.aftermaths <- r // it comes when it comes
		default:
			b.reports <- r
		}
	})
}

// next waits for the next report, which must be a T.
func next[T supervisor.Report](b *bench) T {
	b.t.Helper()
	select {
	case r := <-b.reports:
		if want, ok := r.(T); ok {
			return want
		}
		b.t.Fatalf("report %#v, want a %T", r, *new(T))
	case <-time.After(patience):
		b.t.Fatalf("no report, want a %T", *new(T))
	}
	panic("unreachable")
}

// run launches a process and waits for its end.
func (b *bench) run(s supervisor.Seat) supervisor.Ended {
	b.t.Helper()
	b.launch(s)
	next[supervisor.Spawned](b)
	return next[supervisor.Ended](b)
}

func (b *bench) file(path string) string {
	b.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

func logTo(path string) func(*config.Process) {
	return func(p *config.Process) { p.Stdout.Log.Path = path }
}

func TestOutputIsLoggedBeforeTheEndIsReported_PRO_060_LOG_017(t *testing.T) {
	b := newBench(t)
	out, errs := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "err")
	s := b.seat("echo to stdout; echo to stderr >&2; exit 3", logTo(out), func(p *config.Process) { p.Stderr.Log.Path = errs })
	for i := range 20 {
		ended := b.run(s)
		if ended.Exit.Status != 3 || ended.Exit.Text != "exit status 3" || ended.PID == 0 {
			t.Fatalf("ended %+v", ended)
		}
		if got, want := b.file(out), strings.Repeat("to stdout\n", i+1); got != want {
			t.Fatalf("run %d: stdout log %q, want %q", i, got, want) // LOG-014: appended
		}
		if got, want := b.file(errs), strings.Repeat("to stderr\n", i+1); got != want {
			t.Fatalf("run %d: stderr log %q, want %q", i, got, want)
		}
	}
}

// A grandchild that keeps the pipe open does not hold the end back.
func TestGrandchildKeepsThePipe(t *testing.T) {
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "out")
	s := b.seat(`sleep 1000 & echo $!; exit 0`, logTo(out))
	b.run(s)
	pid := 0
	for _, digit := range strings.TrimSpace(b.file(out)) {
		pid = pid*10 + int(digit-'0')
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("the grandchild is gone: %v", err)
	}
}

func TestRedirectStderr_LOG_016(t *testing.T) {
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "out")
	s := b.seat("echo 1; echo 2 >&2; echo 3", logTo(out), func(p *config.Process) {
		p.RedirectStderr = true
		p.Stderr.Log.Auto = true
	})
	if _, stderr := s.Logs(); stderr != "" {
		t.Errorf("stderr log %q, want none", stderr)
	}
	b.run(s)
	if got := b.file(out); got != "1\n2\n3\n" {
		t.Errorf("log %q", got)
	}
}

func TestAutomaticLogs_LOG_009_LOG_010_LOG_011(t *testing.T) {
	b := newBench(t)
	s := b.seat("echo again", func(p *config.Process) { p.Stdout.Log.Auto, p.Stderr.Log.Auto = true, true })
	stdout, stderr := s.Logs()
	for _, path := range []string{stdout, stderr} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 || info.Size() != 0 {
			t.Errorf("%s: mode %v, %d bytes, before any start", path, info.Mode(), info.Size())
		}
	}
	b.run(s)
	b.run(s)
	if got := b.file(stdout); got != "again\nagain\n" {
		t.Errorf("log %q", got)
	}
}

func TestEnvironment_PRO_049_PRO_050_PRO_051_PRO_056(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Env = append(o.Env, "A=inherited", "SUPERVISOR_GROUP_NAME=stale") })
	out := filepath.Join(t.TempDir(), "out")
	s := b.seat(`echo $A $B $PERCENT $SUPERVISOR_ENABLED $SUPERVISOR_SERVER_URL $SUPERVISOR_PROCESS_NAME $SUPERVISOR_GROUP_NAME`,
		logTo(out), func(p *config.Process) { p.Environment = []string{"A=own", "B=b", "SUPERVISOR_PROCESS_NAME=mine"} })
	b.run(s)
	if got, want := b.file(out), "own b 100% 1 unix:///run/test.sock mine g\n"; got != want {
		t.Errorf("environment %q, want %q", got, want)
	}
	s = b.seat(`echo $SUPERVISOR_SERVER_URL`, logTo(out+"2"), func(p *config.Process) { p.ServerURL = "http://elsewhere:1" })
	b.run(s)
	if got := b.file(out + "2"); got != "http://elsewhere:1\n" {
		t.Errorf("serverurl %q", got)
	}
}

func TestFailuresToStart_PRO_032_PRO_036_PRO_041_RPC_024_RPC_025(t *testing.T) {
	b := newBench(t)
	blocked := filepath.Join(t.TempDir(), "gone", "log")
	for _, tt := range []struct {
		command, log, reason string
		check                error
	}{
		{"/no/such", "", "can't find command '/no/such'", supervisor.ErrNoFile},
		{"nosuchprogram", "", "can't find command 'nosuchprogram'", supervisor.ErrNoFile},
		{"/tmp", "", "command at '/tmp' is a directory", supervisor.ErrNotExecutable},
		{"/etc/passwd", "", "command at '/etc/passwd' is not executable", supervisor.ErrNotExecutable},
		{"'", "", `can't parse command "'": No closing quotation`, supervisor.ErrNotExecutable},
		{"", "", "command is empty", supervisor.ErrNotExecutable},
		{"/bin/true", blocked, "unknown error making dispatchers for 'x': ENOENT", nil},
	} {
		s := b.seat("", logTo(tt.log), func(p *config.Process) { p.Command = tt.command })
		b.launch(s)
		if got := next[supervisor.SpawnFailed](b); got.Reason != tt.reason || got.Incarnation != 1 {
			t.Errorf("start of %q failed with %q, want %q", tt.command, got.Reason, tt.reason)
		}
		err := s.Check()
		if !errors.Is(err, tt.check) {
			t.Errorf("check of %q: %v, want %v", tt.command, err, tt.check)
		}
		if known := new(supervisor.Error); errors.As(err, &known) && known.Detail != tt.reason {
			t.Errorf("check of %q says %q, want %q", tt.command, known.Detail, tt.reason)
		}
	}
}

func TestSignalAndStdin_PRO_048_RPC_043_RPC_045(t *testing.T) {
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "out")
	s := b.seat(`trap "exit 7" HUP; while read line; do echo "got $line"; [ "$line" = last ] && kill -HUP $$; done`, logTo(out))
	if err := s.Send([]byte("early\n")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("send without a child: %v", err)
	}
	if err := s.Signal(syscall.SIGHUP, false); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("signal without a child: %v", err)
	}
	b.launch(s)
	next[supervisor.Spawned](b)
	for _, line := range []string{"first\n", "grün\n", "last\n"} {
		if err := s.Send([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	if ended := next[supervisor.Ended](b); ended.Exit.Status != 7 {
		t.Errorf("ended %+v", ended)
	}
	if got := b.file(out); got != "got first\ngot grün\ngot last\n" {
		t.Errorf("log %q", got)
	}

	s = b.seat("exec sleep 1000")
	b.launch(s)
	next[supervisor.Spawned](b)
	if err := s.Signal(syscall.SIGTERM, true); err != nil {
		t.Fatal(err)
	}
	if ended := next[supervisor.Ended](b); ended.Exit.Status != -1 || ended.Exit.Text != "terminated by SIGTERM" {
		t.Errorf("ended %+v", ended)
	}
}

func TestCaptureAndEvents_LOG_027_LOG_029_EVT_012_EVT_013(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Daemon.StripANSI = true })
	out := filepath.Join(t.TempDir(), "out")
	s := b.seat(`printf "a\033[1mb<!--XSUPERVISOR:BEGIN-->one<!--XSUPERVISOR:END-->c<!--XSUPERVISOR:BEGIN-->two<!--XSUPERVISOR:END-->d"`,
		logTo(out), func(p *config.Process) { p.Stdout.CaptureMax, p.Stdout.Events = 1000, true })
	b.launch(s)
	pid := next[supervisor.Spawned](b).PID
	var captured, logged []string
	for {
		switch r := (<-b.reports).(type) {
		case supervisor.Captured:
			captured = append(captured, string(r.Data))
		case supervisor.Output:
			if r.PID != pid || r.Channel != "stdout" {
				t.Errorf("output %+v", r)
			}
			logged = append(logged, string(r.Data))
		case supervisor.Ended:
			if got := strings.Join(captured, "|"); got != "one|two" {
				t.Errorf("captured %q", got)
			}
			if got := strings.Join(logged, ""); got != "abcd" { // LOG-025: without colours
				t.Errorf("events %q", got)
			}
			if got := b.file(out); got != "abcd" { // LOG-032: to the last byte
				t.Errorf("log %q", got)
			}
			return
		}
	}
}

func TestListenerSpeaks_EVT_045(t *testing.T) {
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "out")
	p := shell("ear", "echo READY", logTo(out), func(p *config.Process) { p.Stdout.CaptureMax, p.Stdout.Events = 100, true })
	s := b.seats(&config.Group{Name: "g", Kind: config.Listeners, Processes: []*config.Process{p}})[0]
	b.launch(s)
	next[supervisor.Spawned](b)
	if got := next[supervisor.Spoke](b); string(got.Data) != "READY\n" {
		t.Errorf("spoke %q", got.Data)
	}
	next[supervisor.Ended](b)
	if got := b.file(out); got != "READY\n" {
		t.Errorf("log %q", got)
	}
}

func TestClearAndReopenLogs_LOG_033_LOG_034_LOG_036(t *testing.T) {
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "out")
	s := b.seat(`while read line; do echo $line; done`, logTo(out))
	say := func(text string) {
		t.Helper()
		if err := s.Send([]byte(text + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	await := func(path, want string) {
		t.Helper()
		for deadline := time.Now().Add(patience); ; {
			got, err := os.ReadFile(path)
			if err == nil && string(got) == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s holds %q (%v), want %q", path, got, err, want)
			}
		}
	}
	b.launch(s)
	next[supervisor.Spawned](b)
	say("before")
	await(out, "before\n")
	if err := s.ClearLogs(); err != nil {
		t.Fatal(err)
	}
	await(out, "")
	say("after")
	await(out, "after\n")
	if err := os.Rename(out, out+".old"); err != nil {
		t.Fatal(err)
	}
	if err := s.ReopenLogs(); err != nil {
		t.Fatal(err)
	}
	say("new")
	await(out, "new\n")
	await(out+".old", "after\n")
	if err := s.Signal(syscall.SIGKILL, false); err != nil {
		t.Fatal(err)
	}
	next[supervisor.Ended](b)
	if err := s.ClearLogs(); err != nil { // of a process that is down
		t.Fatal(err)
	}
	await(out, "")
}

func TestFastCGISocketIsShared_PRO_070_PRO_071_PRO_073(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "fcgi.sock")
	socket := &config.Socket{URL: "unix://" + path, Path: path, Mode: 0o700, Owner: config.KeepOwner}
	onSocket := func(p *config.Process) { p.Socket = socket }
	seats := b.seats(&config.Group{Name: "g", Kind: config.FastCGI, Processes: []*config.Process{
		shell("a", "exec sleep 1000", onSocket), shell("b", "exec sleep 1000", onSocket),
	}})
	pids := make(map[supervisor.Seat]int)
	for _, s := range seats {
		b.launch(s)
		pids[s] = next[supervisor.Spawned](b).PID
	}
	inode := func(pid int) string {
		link, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "fd", "0"))
		if err != nil {
			t.Fatal(err)
		}
		return link
	}
	if a, b := inode(pids[seats[0]]), inode(pids[seats[1]]); a != b || !strings.HasPrefix(a, "socket:") {
		t.Errorf("stdin of the two is %s and %s, want the same socket", a, b)
	}
	if err := seats[0].Send([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("send to a socket: %v", err)
	}
	end := func(s supervisor.Seat) {
		if err := s.Signal(syscall.SIGKILL, false); err != nil {
			t.Fatal(err)
		}
		next[supervisor.Ended](b)
	}
	end(seats[0])
	if c, err := net.Dial("unix", path); err != nil {
		t.Errorf("with one left: %v", err)
	} else {
		c.Close()
	}
	end(seats[1])
	if _, err := net.Dial("unix", path); err == nil {
		t.Error("the socket is open although nobody is left")
	}
	if log := b.logged(); strings.Count(log, "Creating socket unix://"+path) != 2 || strings.Count(log, "Closing socket unix://"+path) != 2 {
		t.Errorf("log:\n%s", log) // once for the trial, once for the children
	}
}

func TestUnusableSocketIsFoundBeforeAnyStart(t *testing.T) {
	b := newBench(t)
	socket := &config.Socket{URL: "unix:///no/such/dir/s", Path: "/no/such/dir/s"}
	g := &config.Group{Name: "g", Processes: []*config.Process{shell("a", "true", func(p *config.Process) { p.Socket = socket })}}
	if _, err := b.launcher.Prepare(g); err == nil || !strings.Contains(err.Error(), "Could not create FastCGI socket unix:///no/such/dir/s") {
		t.Errorf("prepare: %v", err)
	}
}

// A disk that is full costs the log, not the child.
func TestUnwritableLogIsSaidOnce(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	b := newBench(t)
	s := b.seat("echo 1; sleep 0.1; echo 2; sleep 0.1; exit 5", logTo("/dev/full"))
	if ended := b.run(s); ended.Exit.Status != 5 {
		t.Errorf("ended %+v", ended)
	}
	if got := strings.Count(b.logged(), "cannot write the stdout log of x"); got != 1 {
		t.Errorf("said %d times:\n%s", got, b.logged())
	}
}

func TestStartsAreInOrder(t *testing.T) {
	b := newBench(t)
	order := make(chan int, 100)
	for i := range 100 {
		s := b.seat("exit 0")
		s.Launch(i, func(r supervisor.Report) {
			if _, ok := r.(supervisor.Spawned); ok {
				order <- i
			}
		})
	}
	for want := range 100 {
		if got := <-order; got != want {
			t.Fatalf("start %d came as number %d", got, want)
		}
	}
}
