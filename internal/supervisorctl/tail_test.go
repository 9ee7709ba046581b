package supervisorctl

import (
	"context"
	"io"
	"strings"
	"testing"

	"supervisor/internal/config"
)

const pressCtrlC = "==> Press Ctrl-C to exit <==\n"

func TestTail(t *testing.T) {
	a := answers{
		"readProcessStdoutLog x -1600 0": "out\n", "readProcessStderrLog x -1600 0": "err",
		"readProcessStdoutLog x -5 0": "12345", "readProcessStdoutLog x 0 0": "whole",
		"readProcessStderrLog g:p -7 0":      "1234567",
		"readProcessStdoutLog none -1600 0":  fault(20),
		"readProcessStdoutLog nope -1600 0":  fault(10),
		"readProcessStdoutLog bad -1600 0":   fault(30),
		"readProcessStdoutLog worse -1600 0": fault(3),
		"getAllProcessInfo":                  []any{},
		"/logtail/x/stdout":                  "a\x1b[1mb", "/logtail/g:p/stderr": "e\n", "/logtail/a%3Fb/stdout": "q",
	}
	few, many := "Error: too few arguments\n"+usageOf("tail"), "Error: too many arguments\n"+usageOf("tail")
	runTranscripts(t, []transcript{
		{"CTL-100", "tail x", a, "out\n\n", 0},
		{"CTL-101 bytes", "tail -5 x", a, "12345\n", 0},
		{"CTL-101 whole", "tail -0 x", a, "whole\n", 0},
		{"CTL-101 stderr", "tail x StdErr", a, "err\n", 0},
		{"CTL-101 both", "tail -7 g:p stderr", a, "1234567\n", 0},
		{"CTL-102 too few", "tail", a, few, 1},
		{"CTL-102 too many", "tail x stdout a b", a, many, 1},
		{"CTL-102 too many with -f", "tail -f x stdout a", a, many, 1},
		{"CTL-102 channel", "tail x foo", a, "Error: bad channel 'foo'\n", 1},
		{"CTL-102 last word is the channel", "tail x stdout foo", a, "Error: bad channel 'foo'\n", 1},
		{"CTL-102 channel of three words", "tail x foo stderr", a, "err\n", 0},
		{"CTL-102 argument", "tail -x x", a, "Error: bad argument -x\n", 1},
		{"CTL-102 digits", "tail -5x x", a, "Error: bad argument -5x\n", 1},
		{"CTL-102 dash", "tail - x", a, "Error: bad argument -\n", 1},
		{"CTL-102 no name", "tail -f", a, "Error: tail requires process name\n", 1},
		{"CTL-103 no log", "tail none", a, "none: ERROR (no log file)\n", 1},
		{"CTL-103 unknown", "tail nope", a, "nope: ERROR (no such process name)\n", 1},
		{"CTL-103 unreadable", "tail bad", a, "bad: ERROR (unknown error reading log)\n", 1},
		{"other fault", "tail worse", a, "error: <class 'xmlrpc.client.Fault'>, <Fault 3: 'TEXT'>: file: supervisorctl line: 0\n", 1},
		{"CTL-005 CTL-108", "tail -f x", a, pressCtrlC + "a\x1b[1mb", 0},
		{"stderr", "tail -f g:p STDERR", a, pressCtrlC + "e\n", 0},
		{"a name that a URL must escape", "tail -f a?b", a, pressCtrlC + "q", 0},
		{"server breaks off", "tail -f x", answers{"/logtail/x/stdout": io.ErrUnexpectedEOF},
			pressCtrlC + "error: <class 'http.client.RemoteDisconnected'>, Remote end closed connection without response: file: supervisorctl line: 0\n", 1},
	})
	t.Run("CTL-006", func(t *testing.T) {
		if out, status := new(ctl).run(t, a, "tail -5 x"); out != "12345\n" || status != 0 {
			t.Errorf("%q, %d", out, status)
		}
	})
	t.Run("CTL-106", func(t *testing.T) {
		var c ctl
		// Supervisor exits with 0 here, which tells a script nothing.
		if out, status := c.run(t, a, "tail", "-f", "nope"); out != pressCtrlC || status != 1 {
			t.Errorf("%q, %d", out, status)
		}
		if want := fakeURL + "/logtail/nope/stdout Cannot read, status code 404\n"; c.stderr != want {
			t.Errorf("stderr %q, want %q", c.stderr, want)
		}
	})
}

func TestMainTail(t *testing.T) {
	a := answers{"readLog -1600 0": "log", "readLog -9 0": "123456789", "/mainlogtail": "line\n"}
	bad := func(code int) answers { return answers{"readLog -1600 0": fault(code)} }
	runTranscripts(t, []transcript{
		{"CTL-110", "maintail", a, "log\n", 0},
		{"CTL-110 bytes", "maintail -9", a, "123456789\n", 0},
		{"CTL-110 follow", "maintail -f", a, pressCtrlC + "line\n", 0},
		{"CTL-110 bad argument", "maintail x", a, "Error: bad argument x\n", 1},
		{"CTL-110 number without dash", "maintail 5", a, "Error: bad argument 5\n", 1},
		{"CTL-110 too many", "maintail -f -5", a, "Error: too many arguments\n" + usageOf("maintail"), 1},
		{"CTL-111", "maintail", bad(20), "supervisord: ERROR (no log file)\n", 1},
		{"unreadable", "maintail", bad(30), "supervisord: ERROR (unknown error reading log)\n", 1},
	})
}

// streaming is a server whose logs go on until the reader has had enough.
type streaming struct {
	answers
	began chan string // the path of each stream that has begun
}

func (s streaming) Stream(ctx context.Context, path string, w io.Writer) error {
	if _, err := io.WriteString(w, "text of "+path+"\n"); err != nil {
		return err
	}
	s.began <- path
	<-ctx.Done()
	return context.Cause(ctx)
}

// interrupted runs a line and interrupts it when n streams have begun.
func interrupted(t *testing.T, a answers, n int, stdin io.Reader, line string) (stdout string, status int) {
	t.Helper()
	s := streaming{a, make(chan string)}
	var out strings.Builder
	status = run(Invocation{
		Args: append([]string{"-s", fakeURL}, strings.Fields(line)...), Exe: "/nonexistent/bin/supervisorctl", Cwd: t.TempDir(),
		Stdin: stdin, Stdout: &out, Stderr: &out,
		Interruptible: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			go func() {
				for range n {
					<-s.began
				}
				cancel()
			}()
			return ctx, cancel
		},
	}, func(config.Ctl) (server, error) { return s, nil })
	return out.String(), status
}

func TestInterrupt(t *testing.T) {
	silent, user := io.Pipe()
	defer user.Close()
	t.Run("CTL-104", func(t *testing.T) {
		out, status := interrupted(t, nil, 1, strings.NewReader(""), "tail -f x")
		if want := pressCtrlC + "text of /logtail/x/stdout\n\n"; out != want || status != 0 {
			t.Errorf("%q, %d, want %q", out, status, want)
		}
	})
	t.Run("CTL-121", func(t *testing.T) {
		a := answers{"getProcessInfo x": info("x", 20, "RUNNING", 5, "")}
		out, status := interrupted(t, a, 2, silent, "fg x")
		if !strings.HasPrefix(out, pressCtrlC) || !strings.HasSuffix(out, "\nExiting foreground\n") || status != 0 {
			t.Errorf("%q, %d", out, status)
		}
		for _, log := range []string{"stdout", "stderr"} {
			if !strings.Contains(out, "text of /logtail/x/"+log+"\n") {
				t.Errorf("%s is not shown: %q", log, out)
			}
		}
	})
}

func TestForeground(t *testing.T) {
	runs := info("x", 20, "RUNNING", 5, "")
	runTranscripts(t, []transcript{
		{"CTL-120 none", "fg", nil, "ERROR: no process name supplied\n" + usageOf("fg"), 1},
		{"CTL-120 several", "fg a b", nil, "ERROR: too many process names supplied\n", 1},
		{"CTL-120 unknown", "fg x", answers{"getProcessInfo x": fault(10)}, "ERROR: bad process name supplied\n", 1},
		{"CTL-120 not running", "fg x", answers{"getProcessInfo x": info("x", 10, "STARTING", 5, "")}, "ERROR: process not running\n", 1},
		{"other fault", "fg x", answers{"getProcessInfo x": fault(6)}, "ERROR: <Fault 6: 'TEXT'>\n", 0},
		{"refused", "fg x", answers{"getProcessInfo x": errRefused},
			"error: <class 'ConnectionRefusedError'>, [Errno 111] Connection refused: file: supervisorctl line: 0\n", 1},
	})
	for _, test := range []struct {
		id, stdin string
		server    answers
		want      string
		status    int
	}{
		{"CTL-121 lines and the end of the input", "one\ntwo", answers{"getProcessInfo x": runs,
			"sendProcessStdin x one\n": true, "sendProcessStdin x two\n": true}, "Exiting foreground\n", 0},
		{"CTL-122 not running any more", "one\ntwo\n", answers{"getProcessInfo x": runs, "sendProcessStdin x one\n": fault(70)},
			"Process got killed\nExiting foreground\n", 0},
		{"other fault", "one\n", answers{"getProcessInfo x": runs, "sendProcessStdin x one\n": fault(20)},
			"ERROR: <Fault 20: 'TEXT'>\nExiting foreground\n", 0},
		{"server gone", "one\n", answers{"getProcessInfo x": runs, "sendProcessStdin x one\n": errRefused},
			"error: <class 'ConnectionRefusedError'>, [Errno 111] Connection refused: file: supervisorctl line: 0\n", 1},
	} {
		t.Run(test.id, func(t *testing.T) {
			c := ctl{stdin: test.stdin}
			out, status := c.run(t, test.server, "fg", "x")
			if out != pressCtrlC+test.want || status != test.status {
				t.Errorf("%q, %d, want %q, %d", out, status, pressCtrlC+test.want, test.status)
			}
		})
	}
	t.Run("CTL-122 dies of a line", func(t *testing.T) {
		dying := &mortal{answers: answers{"sendProcessStdin x one\n": true}}
		c := ctl{stdin: "one\ntwo\n"}
		out, status := c.runWith(t, func(config.Ctl) (server, error) { return dying, nil }, "fg", "x")
		if want := pressCtrlC + "Process got killed\nExiting foreground\n"; out != want || status != 0 {
			t.Errorf("%q, %d, want %q", out, status, want)
		}
	})
}

// mortal is a server whose only process is found dead the second time somebody
// looks.
type mortal struct {
	answers
	looked bool
}

func (m *mortal) Call(ctx context.Context, method string, params ...any) (any, error) {
	if method != "supervisor.getProcessInfo" {
		return m.answers.Call(ctx, method, params...)
	}
	if m.looked {
		return info("x", 100, "EXITED", 0, ""), nil
	}
	m.looked = true
	return info("x", 20, "RUNNING", 5, ""), nil
}
