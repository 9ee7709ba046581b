//go:build linux

package adoption

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"supervisor/test/stage"
)

// What becomes of the state, be it cleaned away or cut, is no reason for a program
// not to be started, nor for the daemon to end. The log says what it means, on a stdout
// as well that nobody reads any more.
func TestStateIsLost(t *testing.T) {
	t.Parallel()
	const program = "[program:p%]\ncommand=/bin/sh -c \"echo here; exec sleep 1000\"\nstdout_logfile=$DIR/p%.log\nstartsecs=0\n"
	for name, lose := range map[string]func(*stage.Stage) error{
		"removed":                         func(s *stage.Stage) error { return os.RemoveAll(s.Path("supervisord.state")) },
		"removed, and nothing is started": func(s *stage.Stage) error { return os.RemoveAll(s.Path("supervisord.state")) },
		"cut":                             func(s *stage.Stage) error { return os.Truncate(s.Path("supervisord.state/journal"), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, head+strings.ReplaceAll(program, "%", "1")+strings.ReplaceAll(program, "%", "2"))
			p := stage.Programs(os.Getenv(programsVariable))
			d := s.Start(p, unread(t))
			s.Await("both run", func() bool { return len(children(s)) == 2 })
			_, first := states(s)
			keeper := awaitKeeper(t, s)
			if err := lose(s); err != nil {
				t.Fatal(err)
			}
			starts := 3
			if strings.Contains(name, "nothing is started") {
				starts--
			} else {
				ctl(t, s, "restart", "p1")
			}
			checkLog := func(want string) {
				t.Helper()
				s.Await("the log says "+want, func() bool { return strings.Contains(s.Read("supervisord.log"), want) })
			}
			ctl(t, s, "upgrade")
			checkLog("should this daemon be killed, the next one cannot take back its programs")
			checkLog("adopt=true has no effect until the next restart")
			awaitEnd(t, keeper)
			ctl(t, s, "restart", "p1")
			state, now := states(s)
			if state["p1"] != "RUNNING" || now["p2"] != first["p2"] || now["p1"] == first["p1"] {
				t.Errorf("they were %v, and are %v and %v", first, now, state)
			}
			s.Await("all has been said", func() bool { return s.Read("p1.log") == strings.Repeat("here\n", starts) })

			ctl(t, s, "reload") // and all is well
			s.Await("both run", func() bool { return len(children(s)) == 2 && exists(s.Path("supervisord.state/1.out")) })
			_, first = states(s)
			kill9(t, d)
			d = s.Start(p, nil)
			s.Await("they are back", func() bool { _, now := states(s); return now["p1"] == first["p1"] && now["p2"] == first["p2"] })
			end(t, d)
			nothingIsLeft(t, s)
		})
	}
}

// unread gives a command a stdout whose reader is gone.
func unread(t *testing.T) func(*exec.Cmd) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() }) // nothing was written
	return func(cmd *exec.Cmd) { cmd.Stdout = w }
}
