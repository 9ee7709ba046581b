package explain

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// runs returns what is to be typed, in order.
func runs(e Explanation) string {
	var list []string
	for _, s := range e.Steps {
		if s.Run != "" {
			list = append(list, s.Run)
		}
	}
	return strings.Join(list, "; ")
}

// The steps end with what makes them take effect: an update where the
// configuration is edited, first and alone where it starts the program.
func TestStepsTakeEffect(t *testing.T) {
	const update, start = "supervisorctl update", "supervisorctl start app"
	for _, tt := range []struct {
		name string
		set  func(*Facts)
		want string
	}{
		{"the quotes are closed in the file", func(f *Facts) { f.Trouble = `can't parse command "x": No closing quotation` }, update},
		{"an option is added in the file", func(f *Facts) { f.Exit.Code, f.Left = 0, []Process{{PID: 7}} }, "kill 7; " + update},
		{"an option, or the script", func(f *Facts) { f.Exit.Code, f.Left, f.Command.Kind = 0, []Process{{PID: 7}}, Interpreted }, "kill 7; " + update + "; " + start},
		{"what is missing, or the file", func(f *Facts) { f.Trouble, f.Command.Search = "can't find command 'app'", "/bin" }, update + "; " + start},
		{"what is missing while it tries again", func(f *Facts) {
			f.Trouble, f.Command.Search, f.State = "can't find command 'app'", "/bin", "BACKOFF"
		}, update},
		{"the configuration stays", func(f *Facts) { f.Trouble = "x is not executable" }, "chmod a+x ''; " + start},
		{"an update does not start it", func(f *Facts) { f.Trouble, f.Options.Autostart = "command is empty", false }, update + "; " + start},

		{"stopped", func(f *Facts) { f.State = "STOPPED"; f.Trouble = "" }, start},
		{"stopped and edited", func(f *Facts) { f.State, f.Trouble, f.Changed = "STOPPED", "", []string{"command"} }, update},
		{"stopped and edited, without autostart", func(f *Facts) {
			f.State, f.Trouble, f.Changed, f.Options.Autostart = "STOPPED", "", []string{"command"}, false
		}, update + "; " + start},
		{"autostart is what was edited", func(f *Facts) { f.State, f.Trouble, f.Changed = "STOPPED", "", []string{"autostart"} }, update + "; " + start},
		{"stopped and removed", func(f *Facts) { f.State, f.Trouble, f.Removed = "STOPPED", "", true }, update},
		{"killed, which is no wish to start it", func(f *Facts) {
			f.State, f.Trouble, f.Exit.Killed, f.Options.Autostart = "STOPPED", "", true, false
		}, update},
		{"it runs and was edited", func(f *Facts) { f.State, f.PID, f.Changed = "RUNNING", 5, []string{"command"} }, update},
		{"it runs, was edited, and is not started by an update", func(f *Facts) {
			f.State, f.PID, f.Changed, f.Options.Autostart = "RUNNING", 5, []string{"command"}, false
		}, update + "; " + start},
		{"failed and edited", func(f *Facts) {
			f.Changed, f.Exit = []string{"command"}, &Exit{Code: -1, Signal: "SIGTERM", Text: "terminated by SIGTERM"}
		}, update},
	} {
		f := failing("app", "-x")
		f.Options.Autostart, f.Started = true, f.Now.Add(time.Hour)
		tt.set(&f)
		if e := Explain(f); runs(e) != tt.want {
			t.Errorf("%s: %q, want %q; %+v", tt.name, runs(e), tt.want, e)
		}
	}
}

// A child that was asked to stop is not why the next one was started.
func TestRequestedStopIsNoReason(t *testing.T) {
	f := failing("app")
	f.State, f.PID, f.Restarts = "RUNNING", 5, 1
	const reason = "It was started anew once without being asked for; the last child before this one ended with exit status 1."
	if e := Explain(f); !slices.Contains(e.Evidence, reason) {
		t.Errorf("by itself: %q", e.Evidence)
	}
	f.Exit.StopTook = time.Second
	if e := Explain(f); !slices.Contains(e.Evidence, "It was started anew once without being asked for.") {
		t.Errorf("by request: %q", e.Evidence)
	}
}

// Whatever the state, a signal is told in a sentence that is one.
func TestEndBySignalReads(t *testing.T) {
	for _, state := range []string{"RUNNING", "BACKOFF", "FATAL", "EXITED", "STOPPED"} {
		for _, autorestart := range []string{"true", "false"} {
			f := failing("app")
			f.State, f.Trouble, f.Options.Autorestart, f.Restarts = state, "", autorestart, 1
			f.Started = f.Now.Add(-time.Hour)
			f.Exit = &Exit{Text: "terminated by SIGKILL", Code: -1, Signal: "SIGKILL", Lived: time.Hour, StopTook: time.Second}
			f.Output = Output{Channel: "stderr", Lines: []string{"Address already in use"}}
			for _, left := range [][]Process{nil, {{PID: 3}}} {
				f.Left = left
				e := Explain(f)
				for _, line := range append(e.Evidence, e.Answer) {
					if strings.Contains(line, "with terminated") || strings.Contains(line, "it terminated") {
						t.Errorf("%s: %s", state, line)
					}
				}
			}
		}
	}
}

func TestStartedOnce(t *testing.T) {
	e := Explain(failing("app"))
	if all := strings.Join(e.Evidence, "\n"); !strings.Contains(all, "It was started once and did not stay up") || strings.Contains(all, "in a row") {
		t.Errorf("%q", e.Evidence)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "less than 0.01 seconds", time.Second: "1 second", 1500 * time.Millisecond: "1.5 seconds", 23 * time.Second: "23 seconds",
		119 * time.Second: "119 seconds", 2 * time.Minute: "2 minutes", 141 * time.Second: "2 minutes 21 seconds", 181 * time.Second: "3 minutes 1 second",
		time.Hour + 59*time.Second: "1 hour", 2*time.Hour + time.Minute: "2 hours 1 minute", 49 * time.Hour: "2 days 1 hour",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
