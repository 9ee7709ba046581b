package explain

import (
	"strings"
	"testing"
	"time"
)

// What a program wrote is no cause where that is not so: it is compared with how
// the program ended and with what is there.
func TestNoFalseCauses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines string // that it wrote last
		set   func(*Facts)
		cause string
	}{
		{"a sentence that says not found", "ERROR: favicon.ico: not found", nil, "exit-status"},
		{"a command that a shell does not find", "/srv/run.sh: line 3: frob: command not found", nil, "shell-command-not-found"},
		{"exec in a shell", "/srv/run.sh: 3: exec: frob: not found", nil, "shell-command-not-found"},
		{"env", "nohup: failed to run command 'frob': No such file or directory", nil, "shell-command-not-found"},
		{"a file that is there", "can't open '/etc/app': No such file or directory, making one", func(f *Facts) { f.Files = map[string]Presence{"/etc/app": Present} }, "exit-status"},
		{"a file that is not there", "can't open '/etc/app': No such file or directory", func(f *Facts) { f.Files = map[string]Presence{"/etc/app": Absent} }, "missing-file"},
		{"a path that is none of the file system", "/admin/x: Permission denied for user bob", func(f *Facts) { f.Files = map[string]Presence{"/admin/x": Nowhere} }, "no-permission"},
		{"what a stranger wanted", "GET /shop/x.html does not exist", nil, "exit-status"},
		{"a line that is no error", "2026-11-26 INFO running out of memory is handled", nil, "exit-status"},
		{"a warning", "[warn] worker 3: Connection refused", nil, "exit-status"},
		{"JSON that is no error", `{"level":"info","msg":"connection refused, trying again"}`, nil, "exit-status"},
		{"an error", `{"level":"error","msg":"connection refused"}`, nil, "depends"},
		{"it crashed long after", "Address already in use\nGET / 200", func(f *Facts) {
			f.Exit = &Exit{Text: "terminated by SIGSEGV", Code: -1, Signal: "SIGSEGV"}
		}, "crash"},
		{"it gave up by itself", "out of memory", func(f *Facts) {
			f.Exit = &Exit{Text: "terminated by SIGABRT", Code: -1, Signal: "SIGABRT"}
		}, "no-memory"},
		{"somebody had it killed", "Connection refused", func(f *Facts) {
			f.State, f.Options.Autorestart = "EXITED", "false"
			f.Exit = &Exit{Text: "terminated by SIGKILL", Code: -1, Signal: "SIGKILL", Asked: "SIGKILL"}
		}, "signalled"},
		{"an error, and all is well", "Address already in use", func(f *Facts) { f.Exit.Code, f.Exit.Text = 0, "exit status 0" }, "ends-at-once"},
		{"helpers of a program that failed", "ModuleNotFoundError: No module named 'flask'", func(f *Facts) { f.Left = []Process{{PID: 7, Command: "sleep"}} }, "missing-module"},
		{"it is in the background since an earlier start", "Address already in use", func(f *Facts) { f.Left, f.EndedWell = []Process{{PID: 7}}, true }, "background"},
		{"what was left has its port", "Address already in use", func(f *Facts) {
			f.Left, f.Port = []Process{{PID: 7}}, Port{80, []Process{{PID: 7}}}
		}, "background"},
	} {
		f := failing("app")
		f.Output = Output{Channel: "stderr", Lines: strings.Split(tt.lines, "\n")}
		if tt.set != nil {
			tt.set(&f)
		}
		e := Explain(f)
		if e.Cause != tt.cause {
			t.Errorf("%s: the cause is %s, want %s; %s", tt.name, e.Cause, tt.cause, e.Answer)
		}
		if strings.Contains(e.Answer, "/admin/x") {
			t.Errorf("%s: %s", tt.name, e.Answer)
		}
	}
}

// A port that nobody listens on is not taken.
func TestPortIsFreeByNow(t *testing.T) {
	f := failing("app")
	f.Output = Output{Channel: "stderr", Lines: []string{"bind 0.0.0.0:8080: Address already in use"}}
	f.Port = Port{Number: 8080}
	if e := Explain(f); !strings.HasPrefix(e.Answer, "app says that port 8080") || !strings.HasSuffix(e.Answer, "nobody that supervisord can see listens there now.") {
		t.Error(e.Answer)
	}
}

// Whatever its size, an explanation can be read.
func TestExplanationIsShort(t *testing.T) {
	long := strings.Repeat("ü", 100_000)
	f := failing("app", long)
	f.Output = Output{Channel: "stderr", Lines: []string{long}}
	for pid := range 500 {
		f.Left = append(f.Left, Process{PID: pid + 1000, Command: long})
	}
	f.Exit.Code, f.Exit.Lived = 0, time.Millisecond
	const enough = 30_000
	size := func(e Explanation) (n int) {
		n = len(e.Answer) + len(strings.Join(e.Evidence, ""))
		for _, s := range e.Steps {
			n += len(s.Say) + len(s.Run)
		}
		return n
	}
	if e := Explain(f); size(e) > enough || !strings.Contains(e.Answer, "and 490 more") {
		t.Errorf("background: %d bytes", size(e))
	}
	f.Left, f.Output, f.Exit.Code = nil, Output{}, 1
	if e := Explain(f); size(e) > enough {
		t.Errorf("by hand: %d bytes", size(e))
	}
	f.Output.Unlogged = true
	if e := Explain(f); strings.Contains(e.Steps[0].Say, "wrote nothing") {
		t.Errorf("nobody knows what it wrote: %s", e.Steps[0].Say)
	}
}
