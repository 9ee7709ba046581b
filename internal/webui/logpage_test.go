package webui

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/httpd"
	"supervisor/internal/lifecycle"
	"supervisor/internal/wire"
)

// A log that there is not is no empty page: it says why. A channel that does not
// exist is not taken for another.
func TestMissingLog(t *testing.T) {
	one, two, three := info("one", lifecycle.Running), info("two", lifecycle.Running), info("three", lifecycle.Running)
	one.Stdout = filepath.Join(t.TempDir(), "one.log")
	if err := os.WriteFile(one.Stdout, []byte("\x1b[1;32mhel\x1b[0mlo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one.Config.RedirectStderr = true
	three.Config.Stdout = config.Stream{Syslog: true}
	ui := newUI(running(one, two, three))
	for query, want := range map[string]struct {
		status int
		text   string
		log    int // status of the log itself
	}{
		"processname=one":                       {200, "hello", 200},
		"processname=one&channel=":              {200, "hello", 200},
		"processname=one&channel=stdout":        {200, "hello", 200},
		"processname=one&channel=stderr":        {200, "What it writes to stderr is in the log of stdout: redirect_stderr is true.", 404},
		"processname=one&channel=foo":           {404, "error page 404", 404},
		"processname=two":                       {200, "What it writes to stdout is not kept: stdout_logfile is NONE.", 404},
		"processname=two&channel=stderr":        {200, "stderr_logfile is NONE.", 404},
		"processname=three":                     {200, "What it writes to stdout goes to syslog, and to no file.", 404},
		"processname=four":                      {404, "There is no program four.", 404},
		"":                                      {200, "The daemon has no log file.", 404},
		"channel=foo":                           {404, "error page 404", 404},
		"processname=one&channel=stderr&from=0": {200, "Show stdout", 404},
	} {
		r := get(ui, "/log.html?"+query)
		if text := body(t, r); r.StatusCode != want.status || !strings.Contains(text, want.text) {
			t.Errorf("log.html?%s: status %d, want %d, with %q:\n%s", query, r.StatusCode, want.status, want.text, text)
		}
		if r := get(ui, "/console/log?"+query); r.StatusCode != want.log {
			t.Errorf("console/log?%s: status %d, want %d", query, r.StatusCode, want.log)
		}
		if want.log == http.StatusNotFound {
			if r := get(ui, "/console/follow?from=0&"+query); r.StatusCode != http.StatusNotFound {
				t.Errorf("console/follow?%s: status %d, want 404", query, r.StatusCode)
			}
		}
	}
}

// In containers logs go to standard output, which can be a pipe.
func TestLogInPipe(t *testing.T) {
	one := info("one", lifecycle.Running)
	one.Stdout = filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(one.Stdout, 0o600); err != nil {
		t.Fatal(err)
	}
	want := "What is written goes to " + one.Stdout + ", a pipe or a terminal, and is not kept."
	if text := body(t, get(newUI(running(one)), "/log.html?processname=one")); !strings.Contains(text, want) {
		t.Errorf("the page does not say %q:\n%s", want, text)
	}
}

// The daemon is up since it was started, not since its pages were made: these are
// made anew by an upgrade.
func TestUpSince(t *testing.T) {
	started := time.Date(2025, 3, 4, 5, 6, 7, 0, time.Local)
	ui := New(Options{Supervisor: running(), Version: "4.3.0", Started: started, Log: slog.New(slog.DiscardHandler), OtherSite: httpd.OtherSiteActs, Error: errorPage,
		Leftovers: func() []wire.Orphan { return nil }})
	if text := body(t, get(ui, "/daemon.html")); !strings.Contains(text, "Mar 04 05:06:07") {
		t.Errorf("it is not up since Mar 04 05:06:07:\n%s", text)
	}
}

// Without scripts the end of a log has whole lines, if it has any.
func TestReadable(t *testing.T) {
	long := strings.Repeat("x", withoutScript)
	for text, want := range map[string]string{
		"":                           "",
		"one\ntwo":                   "one\ntwo",
		"\x1b[31mred\x1b[0m\x1b[K\n": "red\n",
		long:                         long,
		long[3:] + "\nab":            "ab",
		long[1:] + "\n":              long[1:] + "\n",
	} {
		if got := readable(text); got != want {
			t.Errorf("%.20q of %d bytes is shown as %.20q, want %.20q", text, len(text), got, want)
		}
	}
}
