//go:build linux

package adoption

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"supervisor/test/stage"
)

// A daemon that was killed while it stopped everything, as by a service manager that
// has lost its patience, leaves programs that are stopped, or about to be. Whoever
// starts the next one wants them to run.
func TestKilledOnTheWayOut(t *testing.T) {
	t.Parallel()
	s := stage.New(t, strings.Replace(statesConfig, "stopwaitsecs=5", "stopwaitsecs=15\npriority=1", 1))
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	s.Await("all are up", func() bool {
		state, _ := states(s)
		return state["gone"] == "RUNNING" && state["kept"] == "RUNNING" && strings.Contains(s.Read("stubborn.log"), "ready")
	})
	_, before := states(s)
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.Await("only one has not ended", func() bool {
		log := s.Read("supervisord.log")
		return strings.Contains(log, "stopped: gone") && strings.Contains(log, "stopped: kept")
	})
	kill9(t, d)

	d = s.Start(p, nil)
	s.Await("all are up again", func() bool {
		state, now := states(s)
		return state["stubborn"] == "RUNNING" && state["gone"] == "RUNNING" && state["kept"] == "RUNNING" && now["stubborn"] != before["stubborn"]
	})
	awaitEnd(t, before["stubborn"])
	for _, want := range []string{"an earlier supervisord was killed while it stopped everything", "INFO adopted: 'stubborn'", "stopped: stubborn"} {
		s.Await("the log says "+want, func() bool { return strings.Contains(s.Read("supervisord.log"), want) })
	}
	end(t, d)
	nothingIsLeft(t, s)
}

// If nothing runs when the daemon is killed, it is known how everything has ended: what
// was done once is not done again, and what somebody has stopped stays so. But what
// has changed since is a new start.
func TestNothingRuns(t *testing.T) {
	t.Parallel()
	s := stage.New(t, head+`
[program:once]
command=/bin/sh -c 'echo done >>$DIR/once'
autorestart=false
startsecs=0
[program:stopped]
command=/bin/sleep 1000
startsecs=0
`)
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	s.Await("both have begun", func() bool {
		state, _ := states(s)
		return state["once"] == "EXITED" && state["stopped"] == "RUNNING"
	})
	ctl(t, s, "stop", "stopped")
	kill9(t, d)
	d = s.Start(p, nil)
	s.Await("they are as they were", func() bool {
		state, _ := states(s)
		return state["once"] == "EXITED" && state["stopped"] == "STOPPED"
	})
	ctl(t, s, "start", "stopped")
	ctl(t, s, "stop", "stopped")
	if did := s.Read("once"); did != "done\n" {
		t.Errorf("once has done: %q", did)
	}
	kill9(t, d)
	s.Write("supervisord.conf", strings.Replace(s.Read("supervisord.conf"), "sleep 1000", "sleep 2000", 1))
	d = s.Start(p, nil)
	s.Await("everything is started", func() bool {
		state, _ := states(s)
		return state["stopped"] == "RUNNING" && s.Read("once") == "done\ndone\n"
	})
	end(t, d)
	nothingIsLeft(t, s)
}

// Two daemons whose pid files have the same name, with one statedir: the second does
// without adoption, and takes nothing of the first, not even while that is dead.
func TestStateOfAnother(t *testing.T) {
	t.Parallel()
	const program = "statedir=STATE\n[program:NAME]\ncommand=/bin/sleep 1000\nstartsecs=0\n"
	of := func(name, state string) string {
		return strings.Replace(head, "[unix_http_server]", strings.NewReplacer("NAME", name, "STATE", state).Replace(program)+"[unix_http_server]", 1)
	}
	first := stage.New(t, of("first", "$DIR"))
	second := stage.New(t, of("second", first.Dir))
	p := stage.Programs(os.Getenv(programsVariable))
	runs := func(s *stage.Stage, name string) func() bool {
		return func() bool { state, _ := states(s); return state[name] == "RUNNING" }
	}
	a := first.Start(p, nil)
	first.Await("the first one works", runs(first, "first"))
	_, before := states(first)
	kill9(t, a)
	for n := range 2 {
		b := second.Start(p, nil)
		second.Await("the second one works", runs(second, "second"))
		const why = "adopt=true has no effect: it is that of supervisor, with the configuration file "
		second.Await("the second one says why", func() bool {
			return strings.Count(second.Read("supervisord.log"), why+first.Path("supervisord.conf")+", whose programs live") == n+1
		})
		end(t, b)
	}
	a = first.Start(p, nil)
	first.Await("the first one is back", runs(first, "first"))
	if _, now := states(first); now["first"] != before["first"] {
		t.Errorf("its program was %d, and is %d", before["first"], now["first"])
	}
	end(t, a)
	nothingIsLeft(t, first)
}
