//go:build linux

package upgrade

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/identity"
	"supervisor/test/stage"
)

// A signal that asks for the end ends everything, whenever it comes: before the
// upgrade, in any moment of it, after it.
func TestTermInTheVeryMoment(t *testing.T) {
	ended := 0
	tries := scale(12, 200)
	for n := range tries {
		s := newStage(t, "[program:sleep]\ncommand=/bin/sleep 1000\nstartsecs=0\n")
		d := begin(t, s, variant("plain"))
		pid := newCaller(t, s).facts()["sleep"].pid
		if err := d.Cmd.Process.Signal(syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		// Any moment; from the last message of the old program on; and from the first
		// moment of the new one, whose name is still that of a descriptor.
		swept := time.Duration(n*37%100) * time.Millisecond
		switch n % 3 {
		case 1:
			spin(func() bool { return strings.Contains(s.Read("supervisord.log"), "upgrading: ") })
			swept /= 5
		case 2:
			comm := fmt.Sprintf("/proc/%d/comm", d.Cmd.Process.Pid)
			spin(func() bool {
				name, err := os.ReadFile(comm)
				return err != nil || string(name) != "supervisord\n"
			})
			swept /= 25
		}
		pause(swept)
		sig := []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT}[n/3%3]
		if err := d.Cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		out, err := d.End()
		log := s.Read("supervisord.log")
		if strings.Contains(log, "its guardian stops everything") {
			ended++
		} else if err != nil {
			t.Errorf("try %d: %v\n%s", n, err, out)
		}
		if !strings.Contains(log, "stopped: sleep") {
			t.Errorf("try %d, %v: the log says\n%s", n, sig, log)
		}
		gone(t, s, pid)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d tries, of which the guardian has ended %d", tries, ended)
}

// spin waits for a moment that is soon over.
func spin(cond func() bool) {
	for deadline := time.Now().Add(stage.Patience); !cond() && time.Now().Before(deadline); {
	}
}

// gone checks that nothing is left of a daemon and of a program of it.
func gone(t *testing.T, s *stage.Stage, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		// Whoever has got it for a child may not have collected it yet.
		if p, err := identity.Look(pid); err == nil && !p.Ended() {
			t.Errorf("the program with pid %d lives on", pid)
		}
	}
	for _, name := range []string{"s.sock", "supervisord.pid", "supervisord.state"} {
		if _, err := os.Lstat(s.Path(name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	// What has closed its stdout may take another moment for its end.
	s.Await("nothing is left", func() bool { return len(onStage(t, s)) == 0 })
}

// onStage returns the command lines of what runs on a stage.
func onStage(t *testing.T, s *stage.Stage) (lines []string) {
	t.Helper()
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range environments {
		env, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(env), "STAGE="+s.Dir+"\x00") {
			continue // gone, or somebody else's
		}
		line, _ := os.ReadFile(filepath.Dir(path) + "/cmdline") // empty: it has just gone
		if words := strings.ReplaceAll(string(line), "\x00", " "); words != "" {
			lines = append(lines, words)
		}
	}
	return lines
}

const household = `
[program:polite]
command=/bin/sh -c "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.1; done"
stdout_logfile=$DIR/polite.log
priority=3
[program:stubborn]
command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.1; done"
stdout_logfile=$DIR/stubborn.log
stopwaitsecs=1
killasgroup=true
priority=2
[program:family]
command=/bin/sh -c "trap 'wait; exit' TERM; (trap 'echo child; exit' TERM; echo ready; while :; do sleep 0.1; done) & wait"
stdout_logfile=$DIR/family.log
stopasgroup=true
priority=1
[program:manual]
command=/bin/sleep 1000
autostart=false
`

// inBetween begins with a daemon that becomes a program which does not listen to
// signals yet, and returns when it is that program. options are the daemon's; outcome
// gets what the client that has asked for it is told.
func inBetween(t *testing.T, options string) (s *stage.Stage, d *stage.Daemon, pids []int, outcome chan error) {
	t.Helper()
	s = newStage(t, household)
	s.Write("supervisord.conf", strings.Replace(s.Read("supervisord.conf"), "[supervisord]\n", "[supervisord]\n"+options, 1))
	d = s.Start(variant("plain"), nil)
	t.Cleanup(func() { _ = d.Cmd.Process.Signal(syscall.SIGKILL) }) // unless it has ended
	for _, name := range []string{"polite", "stubborn", "family"} {
		s.Await(name+" is ready", func() bool { return strings.Contains(s.Read(name+".log"), "ready") })
	}
	for name, of := range newCaller(t, s).facts() {
		if name != "manual" {
			pids = append(pids, of.pid)
		}
	}
	outcome = make(chan error, 1)
	asker := newCaller(t, s)
	go func() {
		_, err := asker.try("upgrade", program("deaf"))
		outcome <- err
	}()
	s.Await("the new program has begun", func() bool {
		_, err := os.Stat(s.Path("deaf"))
		return err == nil
	})
	return s, d, pids, outcome
}

// A signal that ends the daemon before the next program listens is carried out by the
// guardian, to the last word of every program.
func TestGuardianStopsEverything(t *testing.T) {
	names := map[syscall.Signal]string{syscall.SIGTERM: "SIGTERM", syscall.SIGINT: "SIGINT", syscall.SIGQUIT: "SIGQUIT"}
	for _, c := range []struct {
		sig     syscall.Signal
		options string
	}{
		{syscall.SIGTERM, ""}, {syscall.SIGINT, ""}, {syscall.SIGQUIT, ""},
		{syscall.SIGTERM, "adopt=true\n"}, {syscall.SIGQUIT, "adopt=true\n"},
	} {
		sig := c.sig
		t.Run(names[sig]+" "+strings.TrimSpace(c.options), func(t *testing.T) {
			s, d, pids, outcome := inBetween(t, c.options)
			if err := d.Cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := <-outcome; err == nil || !strings.Contains(err.Error(), "everything is being stopped") {
				t.Errorf("upgrade: %v", err)
			}
			out, err := d.End() // when nobody writes to its stdout any more
			if err == nil {
				t.Errorf("the daemon ended with status 0\n%s", out)
			}
			log := s.Read("supervisord.log")
			after := log[strings.Index(log, "its guardian stops everything"):]
			at := -1
			for _, line := range []string{
				"INFO waiting for family, stubborn, polite to die", "stopped: polite (",
				"WARN killing 'stubborn' (", "stopped: stubborn (", "stopped: family (",
			} {
				next := strings.Index(after, line)
				if next <= at {
					t.Errorf("no %q in its place in\n%s", line, log)
				}
				at = next
			}
			if sig != syscall.SIGQUIT && !strings.Contains(log, "WARN received "+names[sig]+" indicating exit request") {
				t.Errorf("no word of the signal in\n%s", log)
			}
			if polite, family := s.Read("polite.log"), s.Read("family.log"); polite != "ready\nbye\n" || family != "ready\nchild\n" {
				t.Errorf("the last words are %q and %q", polite, family)
			}
			if strings.Contains(log, "spawned: 'manual'") {
				t.Errorf("something was started:\n%s", log)
			}
			gone(t, s, pids...)
		})
	}
}

// So is the end of a new program that can go neither on nor back.
func TestGuardianAfterACrash(t *testing.T) {
	s := newStage(t, "[program:sleep]\ncommand=/bin/sleep 1000\nstartsecs=0\n")
	d := begin(t, s, variant("plain"))
	pid := newCaller(t, s).facts()["sleep"].pid
	if _, err := newCaller(t, s).try("upgrade", program("crashing")); err == nil || !strings.Contains(err.Error(), "everything is being stopped") {
		t.Errorf("upgrade: %v", err)
	}
	if _, err := d.End(); err == nil || err.Error() != "exit status 3" {
		t.Errorf("the daemon ended: %v", err)
	}
	log := s.Read("supervisord.log")
	want := fmt.Sprintf("CRIT supervisord (pid %d) has ended while it became %s (", d.Cmd.Process.Pid, program("crashing"))
	if !strings.Contains(log, want) || !strings.Contains(log, "stopped: sleep") {
		t.Errorf("the log says\n%s", log)
	}
	gone(t, s, pid)
}

// A signal that asks for something else neither ends anything nor is it lost, but for
// HUP: that has to be sent again (docs/upgrade.md, Limits).
func TestOtherSignalsInBetween(t *testing.T) {
	s, d, _, outcome := inBetween(t, "")
	before := onStage(t, s)
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR2} {
		if err := d.Cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	if guardians := strings.Count(strings.Join(before, "\n"), "(guardian of an upgrade)"); guardians != 1 {
		t.Errorf("there are %d guardians in %q", guardians, before)
	}
	s.Write("hear", "")
	if err := <-outcome; err != nil {
		t.Errorf("upgrade: %v", err)
	}
	s.Await("USR2 is heard", func() bool {
		return strings.Contains(s.Read("supervisord.log"), "received SIGUSR2 indicating log reopen request")
	})
	s.Await("the guardian has ended", func() bool { return !strings.Contains(strings.Join(onStage(t, s), "\n"), "guardian") })
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, bad := range []string{"SIGHUP", "reaped unknown", "guardian"} {
		if log := s.Read("supervisord.log"); strings.Contains(log, bad) {
			t.Errorf("%q in the log:\n%s", bad, log)
		}
	}
}

// With adopt=true, a daemon that is killed leaves its programs to the next one, in
// this moment as in any other.
func TestGuardianLeavesWhatIsKept(t *testing.T) {
	s, d, pids, outcome := inBetween(t, "adopt=true\n")
	if err := d.Cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-outcome; err == nil {
		t.Error("the upgrade has succeeded")
	}
	if _, err := d.End(); err == nil {
		t.Error("the daemon ended with status 0")
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); err != nil {
			t.Errorf("the program with pid %d: %v", pid, err)
		}
	}
	if !stage.TellsEnds() && strings.Contains(s.Read("supervisord.log"), "exit status unknown") {
		t.Skip("this kernel does not tell how the daemon has ended")
	}
	d = s.Start(variant("plain"), nil)
	s.Await("the programs are taken back", func() bool {
		return strings.Count(s.Read("supervisord.log"), "adopted: ") == len(pids)
	})
	if log := s.Read("supervisord.log"); strings.Contains(log, "guardian") || strings.Contains(log, "left over") {
		t.Errorf("the log says\n%s", log)
	}
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// But if its state has been removed the next one would not know of them, so they are
// stopped.
func TestGuardianOfARemovedState(t *testing.T) {
	s, d, pids, outcome := inBetween(t, "adopt=true\n")
	if err := os.RemoveAll(s.Path("supervisord.state")); err != nil {
		t.Fatal(err)
	}
	if err := d.Cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-outcome; err == nil || !strings.Contains(err.Error(), "everything is being stopped") {
		t.Errorf("upgrade: %v", err)
	}
	if _, err := d.End(); err == nil {
		t.Error("the daemon ended with status 0")
	}
	gone(t, s, pids...)
}

// The first process of a container has no guardian, which would end with it, and is
// upgraded all the same.
func TestFirstProcess(t *testing.T) {
	words := []string{"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"}
	if out, err := exec.Command(words[0], append(words[1:], "true")...).CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody make a name space of processes: %v: %s", err, out)
	}
	s := newStage(t, "[program:sleep]\ncommand=/bin/sleep 1000\nstartsecs=0\n")
	s.Write("supervisord.conf", strings.Replace(s.Read("supervisord.conf"), "[supervisord]\n", "[supervisord]\nloglevel=debug\n", 1))
	d := s.Start(variant("plain"), nil, words...)
	t.Cleanup(func() { _ = d.Cmd.Process.Kill() }) // unless it has ended
	s.Await("it answers", func() bool {
		_, err := newCaller(t, s).try("getState")
		return err == nil && newCaller(t, s).facts()["sleep"].pid != 0
	})
	c := newCaller(t, s)
	before := c.facts()
	for range 2 {
		c.call("upgrade")
		same(t, before, c.facts())
	}
	if pid := c.call("getPID"); pid != 1 {
		t.Errorf("the daemon has pid %v, want 1", pid)
	}
	c.call("shutdown")
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	log := s.Read("supervisord.log")
	if strings.Count(log, "DEBG there is no guardian of the upgrade: ") != 2 || strings.Contains(log, "reaped unknown") {
		t.Errorf("the log says\n%s", log)
	}
}
