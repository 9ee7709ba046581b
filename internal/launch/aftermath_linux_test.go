package launch

import (
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/procs"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// What a child leaves behind is found as it ends, whether it stays in the
// child's process group or has gone to a session of its own.
func TestAftermath(t *testing.T) {
	// The child does not end before that is what it will be, with a command line and
	// an environment: in the midst of an execve(2) a process has neither.
	const runs = `until tr "\0" " " </proc/$!/cmdline | grep -qx "sleep 60 "; do :; done; until grep -q SUPERVISOR_ /proc/$!/environ; do :; done`
	for name, script := range map[string]string{
		"its group":            "exec </dev/null >/dev/null 2>&1; sleep 60 & " + runs,
		"a session of its own": "exec </dev/null >/dev/null 2>&1; setsid sleep 60 & " + runs,
	} {
		t.Run(name, func(t *testing.T) {
			// By an address of its own it is told from the same test that runs beside.
			b := newBench(t, func(o *Options) { o.ServerURL = "unix://" + t.TempDir() + "/s" })
			if end := b.run(b.seat(script)); !end.LooksBack {
				t.Fatal("nobody looks back")
			}
			select {
			case a := <-b.aftermaths:
				var left []procs.Process
				for _, p := range a.Left {
					left = append(left, procs.Process(p))
				}
				living := procs.Living(left)
				if len(living) != 1 || living[0].Command != "sleep 60" {
					t.Errorf("it left %+v, of which live %+v", a.Left, living)
				}
				for _, p := range living {
					terminate(t, p.PID)
				}
			case <-time.After(patience):
				t.Error("nothing was found")
			}
		})
	}
}

// Whom the kernel may have killed is looked into, also if it was sent a signal at some
// time before, as a server is that is to read its configuration anew; not if we have
// killed it ourselves.
func TestLookForTheKiller(t *testing.T) {
	for _, tt := range []struct {
		name  string
		ours  []syscall.Signal
		looks bool
	}{
		{"of one that was left alone", nil, true},
		{"of one that was sent another signal", []syscall.Signal{syscall.SIGHUP}, true},
		{"of one that we killed", []syscall.Signal{syscall.SIGKILL}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			s := b.seat(`trap "" HUP; echo; exec cat`, func(p *config.Process) { p.Stdout.Events = true })
			b.launch(s)
			pid := next[supervisor.Spawned](b).PID
			next[supervisor.Output](b) // from now on it ignores SIGHUP
			for _, sig := range tt.ours {
				if err := s.Signal(sig, false); err != nil {
					t.Fatal(err)
				}
			}
			if tt.looks {
				terminate(t, pid)
			}
			if end := next[supervisor.Ended](b); end.LooksBack != tt.looks {
				t.Errorf("after %v it is looked for the killer: %v", tt.ours, end.LooksBack)
			}
		})
	}
}

// However many die while somebody looks, the next look is for all of them, and each
// is told what is its own.
func TestOneLookForAll(t *testing.T) {
	b := newBench(t)
	s := b.seat("exit 0").(*seat)
	walks := make(chan int)
	l := looks{walk: func(children ...procs.Child) [][]procs.Process {
		walks <- len(children)
		left := make([][]procs.Process, len(children))
		for i, c := range children {
			left[i] = []procs.Process{{PID: c.PID + 1000}}
		}
		return left
	}}
	const deaths = 100
	reports := make(chan supervisor.Aftermath, deaths)
	add := func(pid int) {
		l.add(look{seat: s, child: &child{}, exit: spawn.Exit{PID: pid}, left: true, report: func(r supervisor.Report) { reports <- r.(supervisor.Aftermath) }})
	}
	add(1)
	if n := <-walks; n != 1 { // it looks, and waits for us to hear of the next
		t.Fatalf("the first look is for %d", n)
	}
	<-reports
	add(2)
	for pid := 3; pid <= deaths; pid++ {
		add(pid)
	}
	total := 1
	for looked := 0; total < deaths; looked++ {
		if looked == 3 {
			t.Fatalf("%d looks for %d deaths", looked, total)
		}
		total += <-walks
	}
	for range deaths - 1 {
		if a := <-reports; len(a.Left) != 1 || a.Left[0].PID != a.PID+1000 {
			t.Errorf("%d was told of %+v", a.PID, a.Left)
		}
	}
}

func terminate(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
