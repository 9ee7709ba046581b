package supervisorctl

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
	"supervisor/xmlrpc/client"
)

// library is a server with logs that grow.
type library struct {
	mu        sync.Mutex
	processes []any
	logs      map[string]string // by /logtail/NAME/CHANNEL
	grown     chan struct{}     // closed when something has changed
	version   int
	away      bool // the server is not there
	foreign   bool // it is Supervisor: it cannot wait, and begins streams where it likes
}

func newLibrary(names ...string) *library {
	l := &library{logs: make(map[string]string), grown: make(chan struct{})}
	for _, name := range names {
		l.addProcess(name)
	}
	return l
}

func (l *library) addProcess(name string) {
	p := info(name, 20, "RUNNING", 1, "")
	l.change(func() {
		l.processes = append(l.processes, append(p, xmlrpc.Member{Name: "stdout_logfile", Value: "/" + name}, xmlrpc.Member{Name: "stderr_logfile", Value: "/" + name + ".err"}))
	})
}

// change changes something, and everybody who waits for that looks again.
func (l *library) change(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	l.version++
	close(l.grown)
	l.grown = make(chan struct{})
}

func (l *library) write(log, text string) { l.change(func() { l.logs["/logtail/"+log] += text }) }

// look returns what there is now, and what is closed when that has changed.
func (l *library) look(path string) (text string, exists, away bool, version string, grown <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, exists = l.logs[path]
	return text, exists, l.away, strconv.Itoa(l.version), l.grown
}

func (l *library) present() []any {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.processes
}

func (l *library) Call(ctx context.Context, method string, params ...any) (any, error) {
	method = strings.TrimPrefix(method, "supervisor.")
	for {
		_, _, away, version, grown := l.look("")
		switch {
		case away:
			return nil, errRefused
		case method == wire.GetVersion:
			return "3.0", nil
		case method == wire.GetAllProcessInfo:
			return l.present(), nil
		case method == wire.TailProcessStdoutLog, method == wire.TailProcessStderrLog:
			channel := map[string]string{wire.TailProcessStdoutLog: "stdout", wire.TailProcessStderrLog: "stderr"}[method]
			text, _, _, _, _ := l.look(fmt.Sprintf("/logtail/%s/%s", params[0], channel))
			return []any{"", len(text), true}, nil
		case method != wire.WaitForChange || l.foreign:
			return nil, wire.Fault(wire.UnknownMethod, "")
		case version != params[1] || params[2] == 0:
			return xmlrpc.Struct{{Name: "token", Value: version}, {Name: "processes", Value: l.present()}}, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *library) Stream(ctx context.Context, path string, w io.Writer) error {
	u, err := url.Parse(path)
	if err != nil {
		return err
	}
	from, _ := strconv.Atoi(u.Query().Get("from"))
	for begun := false; ; {
		text, exists, away, _, grown := l.look(u.Path)
		switch {
		case away:
			return io.EOF
		case !exists:
			return &client.StatusError{Code: 404}
		case l.foreign && !begun:
			from = max(0, len(text)-foreignHistory)
		case from > len(text):
			if _, err := io.WriteString(w, truncated+"\n"); err != nil {
				return err
			}
			from = 0
		}
		begun = true
		for ; from < len(text); from += min(7, len(text)-from) { // in pieces that respect nothing
			if _, err := io.WriteString(w, text[from:min(from+7, len(text))]); err != nil {
				return fmt.Errorf("cannot read %s: %w", path, err)
			}
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func numbered(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}

func TestLogs(t *testing.T) {
	l := newLibrary("a", "pool:b")
	l.write("a/stdout", numbered(1, 40000)+"unfinished")
	l.write("a/stderr", "oh\x1b[31m dear\n")
	l.write("pool:b/stdout", "only\n")
	for _, test := range []struct {
		line, want string
		status     int
	}{
		{"logs -n 2 a", "a | line 39999\na | line 40000\na | unfinished\na ! oh\x1b[31m dear\n", 0},
		{"logs -n0 a", "", 0},
		{"logs pool:b", "pool:b | only\n", 0},
		{"logs -n1 all", "a      | line 40000\na      | unfinished\na      ! oh\x1b[31m dear\npool:b | only\n", 0},
		{"logs pool:* ?", "a      | line 39991\n", 0},
		{"logs nope pool:b", "nope: ERROR (no such process)\npool:b | only\n", 1},
		{"logs x*", "x*: ERROR (no such process)\n", 1},
		{"logs", "Error: logs requires a process name\n" + usageOf("logs"), 2},
		{"logs -n some a", "Error: bad number of lines some\n", 2},
		{"--json logs -n2 pool:b a", `{"command":"logs","exit_status":0,"result":[{"process":"pool:b","stream":"stdout","text":"only"},` +
			`{"process":"a","stream":"stdout","text":"line 39999"},{"process":"a","stream":"stdout","text":"line 40000"},` +
			`{"process":"a","stream":"stdout","text":"unfinished"},{"process":"a","stream":"stderr","text":"oh\u001b[31m dear"}],"errors":[]}` + "\n", 0},
		{"logs -x a", "Error: bad argument -x\n" + usageOf("logs"), 2},
	} {
		got, status := new(ctl).runWith(t, always(l), strings.Fields(test.line)...)
		if test.line == "logs pool:* ?" {
			if !strings.Contains(got, test.want) || !strings.HasPrefix(got, "pool:b | only\n") {
				t.Errorf("%s prints %q", test.line, got)
			}
			continue
		}
		if got != test.want || status != test.status {
			t.Errorf("%s prints %q with status %d, want %q with status %d", test.line, got, status, test.want, test.status)
		}
	}
	l.foreign = true
	if got, _ := new(ctl).runWith(t, always(l), "logs", "-n3", "a"); got != "a | line 39998\na | line 39999\na | line 40000\na | unfinished\na ! oh\x1b[31m dear\n" {
		t.Errorf("of Supervisor: %q", got)
	}
}

// Regression: who asked for the log of a program that has none saw nothing, and no error.
func TestLogsOfNone(t *testing.T) {
	l := newLibrary("a")
	l.write("a/stdout", "x\n")
	l.change(func() { l.processes = append(l.processes, info("quiet", 20, "RUNNING", 1, "")) })
	for line, want := range map[string]string{
		"logs quiet":    "quiet: ERROR (no log file)\n",
		"logs -f quiet": "quiet: ERROR (no log file)\n",
		"logs qui* a":   "qui*: ERROR (no log file)\na | x\n",
		"logs *":        "a | x\n",
	} {
		got, status := new(ctl).runWith(t, always(l), strings.Fields(line)...)
		if got != want || (status == 1) != strings.Contains(want, "ERROR") {
			t.Errorf("%s prints %q with status %d", line, got, status)
		}
	}
}

// Regression: of many logs that were followed, those that the server had no room for
// were missing, and nothing said so.
func TestLogsOfTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := fullHouse{newLibrary("a", "b", "c")}
		l.write("a/stdout", "x\n")
		l.write("b/stdout", "x\n")
		var out, errOut lockedText
		ctx, interrupt := context.WithCancel(t.Context())
		done := make(chan int)
		go func() {
			done <- run(Invocation{Args: []string{"-s", fakeURL, "logs", "-f", "*"}, Exe: "/nonexistent/bin/ctl", Cwd: t.TempDir(),
				Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut,
				Interruptible: func(context.Context) (context.Context, context.CancelFunc) { return ctx, interrupt },
			}, always(l))
		}()
		synctest.Wait()
		pause(t.Context(), 3*logsPause, nil)
		interrupt()
		<-done
		if got := out.take(); !strings.Contains(got, "a | x\n") {
			t.Errorf("%q", got)
		}
		if got := errOut.take(); strings.Count(got, "follows no more logs at once") != 1 {
			t.Errorf("%q", got)
		}
	})
}

// fullHouse is a server that has no room for the logs of all programs.
type fullHouse struct{ *library }

func (c fullHouse) Stream(ctx context.Context, path string, w io.Writer) error {
	if !strings.HasPrefix(path, "/logtail/a/") {
		return &client.StatusError{Code: serviceUnavailable}
	}
	return c.library.Stream(ctx, path, w)
}

// Regression: columns were as wide as characters are many, and names in Chinese
// stood out of line.
func TestLogsOfWideNames(t *testing.T) {
	l := newLibrary("報告", "e\u0301te", "plain")
	for _, log := range []string{"報告/stdout", "e\u0301te/stdout", "plain/stdout"} {
		l.write(log, "x\n")
	}
	if got, _ := new(ctl).runWith(t, always(l), "logs", "all"); got != "報告  | x\ne\u0301te   | x\nplain | x\n" {
		t.Errorf("%q", got)
	}
}

// What is followed goes on, whatever happens, and comes once.
func TestLogsFollow(t *testing.T) {
	for _, foreign := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			l := newLibrary("a", "b")
			l.foreign = foreign
			l.write("a/stdout", numbered(1, 500))
			var out, errOut lockedText
			ctx, interrupt := context.WithCancel(t.Context())
			done := make(chan int)
			go func() {
				done <- run(Invocation{Args: []string{"-s", fakeURL, "logs", "-f", "-n", "1", "*"}, Exe: "/nonexistent/bin/ctl", Cwd: t.TempDir(),
					Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut,
					Interruptible: func(context.Context) (context.Context, context.CancelFunc) { return ctx, interrupt },
				}, always(l))
			}()
			expect := func(when, want string) {
				t.Helper()
				// Whoever polls or tries again needs a moment.
				for range 10 {
					synctest.Wait()
					pause(t.Context(), logsPause, nil)
				}
				if got := out.take(); got != want {
					t.Fatalf("%s: %q, want %q", when, got, want)
				}
			}
			expect("the beginning", "a | line 500\n")
			l.write("a/stdout", "new\nhalf ")
			expect("a new line", "a | new\n")
			l.write("b/stdout", "a log that was not there\n")
			expect("another log", "b | a log that was not there\n")
			l.write("a/stdout", "line\n")
			expect("the other half", "a | half line\n")
			l.addProcess("c")
			l.write("c/stderr", "hello\n")
			expect("a new program", "c ! hello\n")

			l.change(func() { l.away = true })
			expect("no server", "")
			l.write("a/stdout", "while you were away\n")
			l.change(func() { l.away = false })
			expect("the server is back", "a | while you were away\n")
			if got := errOut.take(); got != "==> supervisord does not answer; waiting for it <==\n" {
				t.Errorf("about the server: %q", got)
			}
			if !foreign {
				l.change(func() { l.logs["/logtail/a/stdout"] = "" })
				expect("an emptied log", "a | "+truncated+"\n")
				l.write("a/stdout", "again\n")
				expect("what follows", "a | again\n")
				l.change(func() { l.processes = l.processes[1:] })
				expect("one is removed", "")
				l.write("a/stdout", "nobody reads this\n")
				expect("and silent", "")
			}
			interrupt()
			if status := <-done; status != 0 {
				t.Errorf("status %d", status)
			}
			if got := out.take(); got != "\n" {
				t.Errorf("at the end: %q", got)
			}
		})
	}
}

// lockedText is what has been printed and not been looked at.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}
