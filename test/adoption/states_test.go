//go:build linux

package adoption

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"supervisor/test/stage"
	"supervisor/xmlrpc"
)

// states returns the state and pid of every process.
func states(s *stage.Stage) (state map[string]string, pid map[string]int) {
	state, pid = make(map[string]string), make(map[string]int)
	answer, err := call(s, "supervisor.getAllProcessInfo")
	list, ok := answer.([]any)
	if err != nil || !ok {
		return state, pid
	}
	for _, v := range list {
		info, _ := v.(xmlrpc.Struct)
		get := func(name string) any { value, _ := info.Get(name); return value }
		name, _ := get("name").(string)
		state[name], _ = get("statename").(string)
		pid[name], _ = get("pid").(int)
	}
	return state, pid
}

func ctl(t *testing.T, s *stage.Stage, args ...string) string {
	t.Helper()
	words := append([]string{"-c", s.Path("supervisord.conf")}, args...)
	out, _ := exec.Command(filepath.Join(os.Getenv(programsVariable), "supervisorctl"), words...).CombinedOutput() // what it says tells
	return string(out)
}

func kill9(t *testing.T, d *stage.Daemon) {
	t.Helper()
	if err := d.Cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = d.End() // it has been killed
}

const statesConfig = head + `
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'
stdout_logfile=$DIR/stubborn.log
stopwaitsecs=5
killasgroup=true
startsecs=0
[program:gone]
command=/bin/sleep 1000
startsecs=0
[program:kept]
command=/bin/sleep 2000
startsecs=0
[program:manual]
command=/bin/sleep 3000
autostart=false
[program:hopeless]
command=/bin/false
startretries=0
startsecs=60
[program:slow]
command=/bin/sleep 4000
startsecs=5
`

// Whatever state a process is in when the daemon is killed, it goes on from there.
func TestStates(t *testing.T) {
	t.Parallel()
	s := stage.New(t, statesConfig)
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	s.Await("all are up", func() bool {
		state, _ := states(s)
		return strings.Count(s.Read("supervisord.log"), "spawned: ") == 5 && state["gone"] == "RUNNING" && state["kept"] == "RUNNING" && state["hopeless"] == "FATAL" &&
			strings.Contains(s.Read("stubborn.log"), "ready")
	})
	if _, err := call(s, "supervisor.stopProcess", "stubborn", false); err != nil {
		t.Fatal(err)
	}
	_, before := states(s)
	kill9(t, d)
	if err := syscall.Kill(before["gone"], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	config := s.Read("supervisord.conf")
	s.Write("supervisord.conf", strings.Replace(config, "sleep 2000", "sleep 2001", 1))

	d = s.Start(p, nil)
	s.Await("they are back", func() bool {
		state, pid := states(s)
		return state["stubborn"] == "STOPPED" && state["slow"] == "RUNNING" && state["gone"] == "RUNNING" && pid["gone"] != before["gone"]
	})
	state, pid := states(s)
	for name, want := range map[string]string{"kept": "RUNNING", "manual": "STOPPED", "hopeless": "FATAL", "gone": "RUNNING"} {
		if state[name] != want {
			t.Errorf("%s is %s, want %s", name, state[name], want)
		}
	}
	for _, name := range []string{"kept", "slow"} {
		if pid[name] != before[name] {
			t.Errorf("%s was started again", name)
		}
	}
	for _, want := range []string{
		"INFO adopted: 'kept' with pid ", "INFO adopted: 'stubborn' with pid ", "WARN killing 'stubborn' (",
		"not expected)", "WARN the configuration has changed since",
	} {
		s.Await("the log says "+want, func() bool { return strings.Contains(s.Read("supervisord.log"), want) })
	}
	log := s.Read("supervisord.log")
	if strings.Contains(log, "left over") || strings.Count(log, "spawned: 'kept'") != 1 || strings.Count(log, "spawned: 'hopeless'") != 1 {
		t.Errorf("the log:\n%s", log)
	}

	// update decides about what has changed.
	ctl(t, s, "update")
	s.Await("update has replaced the changed program", func() bool {
		_, now := states(s)
		return now["kept"] != before["kept"] && now["kept"] != 0
	})

	// Once all have ended, the keeper with them, there is nothing to take back.
	_, last := states(s)
	last["the keeper"] = awaitKeeper(t, s)
	kill9(t, d)
	for _, pid := range last {
		if pid != 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
			awaitEnd(t, pid)
		}
	}
	d = s.Start(p, nil)
	s.Await("it starts as usual", func() bool {
		state, _ := states(s)
		return state["gone"] == "RUNNING" && state["stubborn"] == "RUNNING"
	})
	s.Await("the log says that all have ended", func() bool {
		return strings.Contains(s.Read("supervisord.log"), "the programs of an earlier supervisord have all ended")
	})

	// A second daemon with the same state does without, and says so.
	other := strings.NewReplacer("file=$DIR/s", "file=$DIR/s2", s.Path("s")+"\n", s.Path("s2")+"\n", "supervisord.log", "second.log").Replace(s.Read("supervisord.conf"))
	s.Write("second.conf", other)
	second := exec.Command(filepath.Join(string(p), "supervisord"), "-n", "-c", s.Path("second.conf"))
	second.Dir, second.Env = s.Dir, s.Env()
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	s.Await("the second one's word", func() bool {
		return strings.Contains(s.Read("second.log"), "adopt=true has no effect: cannot lock") &&
			strings.Contains(s.Read("second.log"), "success: kept")
	})
	if err := second.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err != nil {
		t.Error(err)
	}
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
