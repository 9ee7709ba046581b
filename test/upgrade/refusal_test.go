//go:build linux

package upgrade

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/test/stage"
)

// Whatever is wrong with the program that the daemon is to become, or with the
// moment: the daemon goes on as if nothing had happened, and says why.
func TestRefusals(t *testing.T) {
	s := newStage(t, `
[program:cat]
command=/bin/cat
stdout_logfile=$DIR/cat.log
[program:slow]
command=/bin/sleep 1000
startsecs=1000
autostart=false
`)
	d := begin2(t, s)
	c := newCaller(t, s)
	before := c.facts()
	s.Write("text", "this is no program\n")
	s.Write("wrapper", "#!/bin/sh\nexec "+program("plain")+" \"$@\"\n")
	s.Write("broken", "\x7fELF and nothing more\n")
	for _, name := range []string{"wrapper", "text", "broken"} {
		if err := os.Chmod(s.Path(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := exec.Command("cp", program("vanishing"), s.Path("vanishing")).Run(); err != nil {
		t.Fatal(err)
	}
	config := s.Read("supervisord.conf")
	for _, r := range []struct {
		name, path, want string
		during           func() (undo func())
	}{
		{"no such file", s.Path("none"), "no such file", nil},
		{"a directory", s.Dir, "it is not an executable file", nil},
		{"a file", s.Path("supervisord.conf"), "it is not an executable file", nil},
		{"a text", s.Path("text"), "ENOEXEC", nil},
		{"a broken binary", s.Path("broken"), "ENOEXEC", nil},
		{"a script that would answer", s.Path("wrapper"), "name the supervisord that it runs", nil},
		{"another program", "/bin/cat", "", nil},
		{"another program that is content", "/bin/true", "it is no supervisord", nil},
		{"a relative path", "supervisord", "not absolute", nil},
		{"one that does not answer", program("hanging"), "has not answered", nil},
		{"one that reads other images", program("future"), "it has version 1, and this program reads version 2", nil},
		{"one that cannot be executed", s.Path("vanishing"), "permission denied", nil},
		{"one that fails to go on", program("failing"), "broken on purpose", nil},
		{"a broken configuration", "", "cannot use the configuration", func() func() {
			s.Write("supervisord.conf", config+"[program:x]\ncommand=%(nothing)s\n")
			return func() { s.Write("supervisord.conf", config) }
		}},
		{"a request that takes its time", "", "a request is still waiting for supervisor.startProcess", func() func() {
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = newCaller(t, s).try("startProcess", "slow") // stopped below
			}()
			s.Await("slow is being started", func() bool { return c.facts()["slow"].pid != 0 })
			return func() {
				c.call("stopProcess", "slow")
				<-done
			}
		}},
		{"no memory for the image", "", "image", func() func() {
			return limitFileSize(t, d.Cmd.Process.Pid)
		}},
	} {
		undo := func() {}
		if r.during != nil {
			undo = r.during()
		}
		params := []any{}
		if r.path != "" {
			params = append(params, r.path)
		}
		_, err := c.try("upgrade", params...)
		if err == nil || !strings.Contains(err.Error(), "cannot upgrade to") || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s: %v, want %q", r.name, err, r.want)
		}
		undo()
		if now := c.facts(); now["cat"] != before["cat"] {
			t.Errorf("%s: cat was %+v, is %+v", r.name, before["cat"], now["cat"])
		}
		c.call("sendProcessStdin", "cat", r.name+"\n")
		s.Await("cat goes on after "+r.name, func() bool { return strings.Contains(s.Read("cat.log"), r.name+"\n") })
		s.Await("the log tells of "+r.name, func() bool { return strings.Contains(s.Read("supervisord.log"), "ERRO cannot upgrade to ") })
	}
	c.call("upgrade") // and now it goes well
	if now := c.facts(); now["cat"] != before["cat"] {
		t.Errorf("cat was %+v, is %+v", before["cat"], now["cat"])
	}
	out, err := exec.Command(string(variant("plain"))+"/supervisorctl", "-c", s.Path("supervisord.conf"), "upgrade").CombinedOutput()
	if want := fmt.Sprintf("Upgraded supervisord (pid %d)\n", d.Cmd.Process.Pid); err != nil || string(out) != want {
		t.Errorf("supervisorctl upgrade: %q, %v, want %q", out, err, want)
	}
	out, err = exec.Command(string(variant("plain"))+"/supervisorctl", "-c", s.Path("supervisord.conf"), "upgrade", "/bin/cat").CombinedOutput()
	if err == nil || !strings.HasPrefix(string(out), "ERROR: FAILED: cannot upgrade to /bin/cat: ") {
		t.Errorf("supervisorctl upgrade /bin/cat: %q, %v", out, err)
	}
}

// limitFileSize lets a process write no file of more than a few bytes, which is
// what a system without memory left does to a memfd.
func limitFileSize(t *testing.T, pid int) (undo func()) {
	t.Helper()
	set := func(limit string) {
		if out, err := exec.Command("prlimit", "--pid", fmt.Sprint(pid), "--fsize="+limit).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	set("100:unlimited")
	return func() { set("unlimited:unlimited") }
}

// begin2 begins with what runs at once.
func begin2(t *testing.T, s *stage.Stage) *stage.Daemon {
	t.Helper()
	d := s.Start(variant("plain"), nil)
	t.Cleanup(func() { _ = d.Cmd.Process.Signal(syscall.SIGTERM) })
	s.Await("cat runs", func() bool {
		c := newCaller(t, s)
		info, err := c.try("getState")
		return err == nil && info != nil && c.facts()["cat"].pid != 0
	})
	return d
}

// While everything is being stopped there is nothing to upgrade.
func TestUpgradeWhileGoingDown(t *testing.T) {
	s := newStage(t, `
[program:stubborn]
command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 1; done"
stopwaitsecs=15
stdout_logfile=$DIR/stubborn.log
`)
	d := begin(t, s, variant("plain"))
	s.Await("it is stubborn", func() bool { return strings.Contains(s.Read("stubborn.log"), "ready") })
	c := newCaller(t, s)
	c.call("shutdown")
	if _, err := c.try("upgrade"); err == nil || !strings.Contains(err.Error(), "SHUTDOWN_STATE") {
		t.Errorf("upgrade: %v", err)
	}
	if err := d.Cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	s.Await("the log says why not", func() bool { return strings.Contains(s.Read("supervisord.log"), "supervisord is going down") })
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A child that ends in the very moment of the upgrade is collected with the status
// that it ended with, and its successor is started.
func TestEndInTheVeryMoment(t *testing.T) {
	s := newStage(t, `
[program:mortal]
command=$SELF
process_name=%(program_name)s_%(process_num)d
numprocs=10
environment=UPGRADE_ROLE="mortal"
startsecs=0
autorestart=true
[program:cat]
command=/bin/cat
`)
	d := begin2(t, s)
	c := newCaller(t, s)
	type gap struct{ from, to int64 }
	var gaps []gap
	inGap := func() (n int) {
		g := 0
		for line := range strings.Lines(s.Read("deaths")) {
			var pid, status int
			var at int64
			if _, err := fmt.Sscan(line, &pid, &status, &at); err != nil {
				continue
			}
			for g < len(gaps) && gaps[g].to < at {
				g++
			}
			if g < len(gaps) && gaps[g].from <= at {
				n++
			}
		}
		return n
	}
	want, upgrades := scale(20, 1000), 0
	for ; inGap() < want && upgrades < 50*want; upgrades++ {
		from := time.Now().UnixNano()
		c.call("upgrade")
		gaps = append(gaps, gap{from, time.Now().UnixNano()})
		if t.Failed() {
			return
		}
	}
	moments := inGap()
	c.call("shutdown")
	if _, err := d.End(); err != nil {
		t.Error(err)
	}
	statuses := make(map[string]string)
	for line := range strings.Lines(s.Read("deaths")) {
		var pid, status, at string
		if _, err := fmt.Sscan(line, &pid, &status, &at); err == nil {
			statuses[pid] = status
		}
	}
	pids := make(map[string]string) // by process
	checked := 0
	lines := bufio.NewScanner(strings.NewReader(s.Read("supervisord.log")))
	for lines.Scan() {
		line := lines.Text()
		if _, rest, ok := strings.Cut(line, "spawned: '"); ok {
			name, pid, _ := strings.Cut(rest, "' with pid ")
			if pids[name] != "" && name != "cat" {
				t.Errorf("%s with pid %s has never ended: %s", name, pids[name], line)
			}
			pids[name] = pid
		}
		if _, rest, ok := strings.Cut(line, "exited: "); ok {
			name, rest, _ := strings.Cut(rest, " (exit status ")
			status, _, _ := strings.Cut(rest, ";")
			if status != statuses[pids[name]] {
				t.Errorf("%s with pid %s ended with %s, collected was: %s", name, pids[name], statuses[pids[name]], line)
			}
			pids[name] = ""
			checked++
		}
		if strings.Contains(line, "reaped unknown") {
			t.Error(line)
		}
	}
	t.Logf("%d upgrades, %d ends in their moments, %d ends checked", upgrades, moments, checked)
}
