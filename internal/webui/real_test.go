package webui

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// seat gives a real supervisor a child that lives until it is signalled.
type seat struct {
	log    string
	report func(supervisor.Report)
}

func (s *seat) Launch(n int, report func(supervisor.Report)) {
	s.report = report
	go report(supervisor.Spawned{Incarnation: n, PID: 42, At: time.Now()})
}

func (s *seat) Signal(syscall.Signal, bool) error {
	go s.report(supervisor.Ended{PID: 42, Exit: lifecycle.Exit{Status: -1, Text: "terminated by SIGTERM"}, At: time.Now()})
	return nil
}

func (s *seat) Send([]byte) error              { return nil }
func (s *seat) Check() error                   { return nil }
func (s *seat) Logs() (_, _ string)            { return s.log, "" }
func (s *seat) ClearLogs() error               { return os.Truncate(s.log, 0) }
func (s *seat) Resume(func(supervisor.Report)) {}
func (s *seat) ReopenLogs() error              { return nil }

// prepare makes groups of processes named "group:process", each up after a second.
func prepare(t *testing.T, names ...string) []supervisor.Prepared {
	var all []supervisor.Prepared
	for _, name := range names {
		group, process := supervisor.SplitName(name)
		log := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(log, []byte("hello\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := &config.Process{Name: process, Group: group, StartSecs: time.Second, StopSignal: syscall.SIGTERM, StopWait: time.Minute}
		i := slices.IndexFunc(all, func(ready supervisor.Prepared) bool { return ready.Group.Name == group })
		if i < 0 {
			i = len(all)
			all = append(all, supervisor.Prepared{Group: &config.Group{Name: group}})
		}
		all[i].Group.Processes = append(all[i].Group.Processes, p)
		all[i].Seats = append(all[i].Seats, &seat{log: log})
	}
	return all
}

// A visit to a real supervisor: HTT-003 the order of the rows, HTT-008 to
// HTT-011 the actions, HTT-013 those on all.
func TestRealSupervisor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		groups := prepare(t, "zoo", "b:y", "b:x", "a")
		s := supervisor.New(supervisor.Options{Config: &config.Config{}, Log: slog.New(slog.DiscardHandler)})
		ended := make(chan supervisor.Outcome)
		go func() { ended <- s.Run(groups) }()
		synctest.Wait()
		ui := newUI(s)

		shown := func() string {
			var rows []string
			for _, tr := range parse(t, body(t, get(ui, "/"))).one(t, "tbody", "").all("tr", "") {
				rows = append(rows, tr.one(t, "td", "name").text+" "+tr.one(t, "td", "status").text)
			}
			return strings.Join(rows, ", ")
		}
		for _, step := range []struct{ query, message, rows string }{
			{"", "", "a stopped, b:x stopped, b:y stopped, zoo stopped"},
			{"action=start&processname=b:y", "Process b:y started", "a stopped, b:x stopped, b:y running, zoo stopped"},
			{"action=start&processname=b:y", "ERROR: Process b:y: already started", "a stopped, b:x stopped, b:y running, zoo stopped"},
			{"action=stop&processname=a", "unexpected rpc fault [70] NOT_RUNNING: a", "a stopped, b:x stopped, b:y running, zoo stopped"},
			{"action=restart&processname=zoo", "Process zoo restarted", "a stopped, b:x stopped, b:y running, zoo running"},
			{"action=stop&processname=b:y", "Process b:y stopped", "a stopped, b:x stopped, b:y stopped, zoo running"},
			{"action=start&processname=b", "No such process named b", "a stopped, b:x stopped, b:y stopped, zoo running"},
			{"action=restartall", "All restarted at ", "a running, b:x running, b:y running, zoo running"},
			{"action=stopall", "All stopped at ", "a stopped, b:x stopped, b:y stopped, zoo stopped"},
			{"action=clearlog&processname=a", "Log for a cleared", "a stopped, b:x stopped, b:y stopped, zoo stopped"},
		} {
			if location := get(ui, "/?"+step.query).Header.Get("Location"); !strings.Contains(location, quote(step.message)) {
				t.Errorf("%s: sent to %s, want the message %q", step.query, location, step.message)
			}
			if got := shown(); got != step.rows {
				t.Errorf("%s: the page shows %s, want %s", step.query, got, step.rows)
			}
		}
		for name, want := range map[string]string{"a": "", "b:x": "hello\n"} {
			if got := parse(t, body(t, get(ui, "/tail.html?processname="+name))).one(t, "pre", "").text; got != want {
				t.Errorf("the log of %s is %q, want %q", name, got, want)
			}
		}
		if err := s.Shutdown(); err != nil {
			t.Error(err)
		}
		<-ended
	})
}
