//go:build linux

package adoption

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"supervisor/test/stage"
)

const offConfig = `
[program:sleeper]
command=/bin/sleep 1000
startsecs=0
[fcgi-program:f]
command=/bin/sleep 2000
socket=unix://$DIR/fcgi
startsecs=0
[eventlistener:l]
command=/bin/sleep 3000
events=TICK_5
startsecs=0
`

// Without adopt=true there is nothing of it: no file, no process, no descriptor, no
// mapping, no byte of another kind of pipe.
func TestOff(t *testing.T) {
	t.Parallel()
	s := stage.New(t, strings.Replace(head, "adopt=true\n", "", 1)+offConfig)
	d := s.Start(stage.Programs(os.Getenv(programsVariable)), nil)
	s.Await("all are running", func() bool { return len(children(s)) == 3 })
	if exists(s.Path("supervisord.state")) {
		t.Error("there is a state")
	}
	daemon := d.Cmd.Process.Pid
	s.Await("only what it needs is open", func() bool { // at first it looks around in /proc
		for _, what := range descriptors(daemon) {
			switch kind, _, _ := strings.Cut(what, ":["); {
			case kind == "pipe", kind == "socket", kind == "anon_inode" && !strings.Contains(what, "pidfd"), strings.HasPrefix(what, "/dev/"):
			case strings.HasPrefix(what, s.Dir+"/") && strings.Contains(what, ".log"): // of the daemon or a program
			case strings.HasPrefix(what, "/sys/fs/cgroup/"): // the runtime's
			default:
				t.Logf("the daemon has %s open", what)
				return false
			}
		}
		return true
	})
	maps, err := os.ReadFile("/proc/" + strconv.Itoa(daemon) + "/maps")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(maps), s.Dir) {
		t.Errorf("a file of the stage is mapped:\n%s", maps)
	}
	tasks, err := os.ReadFile("/proc/" + strconv.Itoa(daemon) + "/task/" + strconv.Itoa(daemon) + "/children")
	if err != nil {
		t.Logf("the kernel does not list children: %v", err)
	}
	if n := len(strings.Fields(string(tasks))); n > 3 {
		t.Errorf("the daemon has %d children, want 3", n)
	}
	end(t, d)
}

// Who turns adopt off after a kill is told what becomes of the programs that live,
// and is rid of the rest once they have ended.
func TestTurnedOff(t *testing.T) {
	t.Parallel()
	s := stage.New(t, head+offConfig)
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	var first map[string]int
	s.Await("all are running", func() bool {
		if len(children(s)) != 3 {
			return false
		}
		_, first = states(s)
		return true
	})
	keeper := awaitKeeper(t, s)
	config := s.Read("supervisord.conf")
	off := strings.Replace(config, "adopt=true\n", "", 1)
	kill9(t, d)

	s.Write("supervisord.conf", off)
	d = s.Start(p, nil)
	s.Await("it works", func() bool { return len(children(s)) == 3 })
	for _, want := range []string{"adopt=true is not set any more", "left over: 'sleeper' with pid " + strconv.Itoa(first["sleeper"])} {
		s.Await("the log says: "+want, func() bool { return strings.Contains(s.Read("supervisord.log"), want) })
	}
	end(t, d)

	// By mistake: they are taken back after all.
	s.Write("supervisord.conf", config)
	d = s.Start(p, nil)
	s.Await("they are back", func() bool {
		_, pid := states(s)
		return pid["sleeper"] == first["sleeper"] && pid["f"] == first["f"] && pid["l"] == first["l"]
	})
	kill9(t, d)

	// On purpose: once they have ended, what was kept for them goes.
	for _, pid := range first {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		awaitEnd(t, pid)
	}
	s.Write("supervisord.conf", off)
	d = s.Start(p, nil)
	s.Await("it works", func() bool { return len(children(s)) == 3 })
	s.Await("the log says so", func() bool {
		return strings.Contains(s.Read("supervisord.log"), "removed the state that an earlier supervisord has left in "+s.Path("supervisord.state"))
	})
	if exists(s.Path("supervisord.state")) {
		t.Error("the state is still there")
	}
	awaitEnd(t, keeper)
	end(t, d)
}
