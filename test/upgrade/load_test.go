//go:build linux

package upgrade

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"supervisor/test/stage"
)

// Programs that write as fast as they can, a busy listener, a FastCGI program, a
// program with a full stdin, clients that never stop asking: nobody notices that
// the daemon has become another one, again and again.
func TestUnderLoad(t *testing.T) {
	writers, upgrades := scale(20, 100), scale(5, 100)
	s := newStage(t, fmt.Sprintf(`
[program:writer]
command=$SELF
process_name=%%(program_name)s_%%(process_num)d
numprocs=%d
environment=UPGRADE_ROLE="writer"
stdout_logfile=$DIR/%%(program_name)s_%%(process_num)d.log
stdout_logfile_maxbytes=0
[program:reader]
command=/bin/cat
stdout_logfile=$DIR/reader.log
stdout_logfile_maxbytes=0
[eventlistener:ears]
command=$SELF
environment=UPGRADE_ROLE="listener"
events=REMOTE_COMMUNICATION
buffer_size=10000
stderr_logfile=$DIR/ears.log
[fcgi-program:acceptor]
command=$SELF
environment=UPGRADE_ROLE="acceptor"
socket=tcp://127.0.0.1:$PORT
`, writers))
	d := begin(t, s, variant("plain"))
	boss := newCaller(t, s)
	before := boss.facts()

	quit := make(chan struct{})
	var load sync.WaitGroup
	sent := make(map[string]int)
	var mu sync.Mutex
	busy := func(what string, step func(n int) error) {
		load.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-quit:
					mu.Lock()
					sent[what] = n
					mu.Unlock()
					return
				default:
				}
				if err := step(n); err != nil {
					t.Errorf("%s %d: %v", what, n, err)
					return
				}
				pause(time.Millisecond)
			}
		})
	}
	events, stdin, asking := newCaller(t, s), newCaller(t, s), newCaller(t, s)
	busy("event", func(n int) error {
		_, err := events.try("sendRemoteCommEvent", "n", fmt.Sprintf("event %d", n))
		return err
	})
	busy("stdin", func(n int) error {
		_, err := stdin.try("sendProcessStdin", "reader", fmt.Sprintf("line %d\n", n))
		return err
	})
	busy("question", func(int) error {
		_, err := asking.try("getAllProcessInfo")
		return err
	})
	busy("new connection", func(int) error {
		caller := newCaller(t, s)
		defer caller.c.Close()
		_, err := caller.try("getState")
		return err
	})
	server, err := net.Dial("tcp", "127.0.0.1:"+s.Ports[0])
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	echo := bufio.NewReader(server)
	busy("echo", func(n int) error {
		want := fmt.Sprintf("%d\n", n)
		if _, err := server.Write([]byte(want)); err != nil {
			return err
		}
		got, err := echo.ReadString('\n')
		if err == nil && got != want {
			err = fmt.Errorf("got %q", got)
		}
		return err
	})

	longest, all := time.Duration(0), time.Now()
	for n := range upgrades {
		began := time.Now()
		boss.call("upgrade")
		longest = max(longest, time.Since(began))
		if n%10 == 0 {
			if after := boss.facts(); !same(t, before, after) {
				break
			}
		}
	}
	took := time.Since(all)
	close(quit)
	load.Wait()
	same(t, before, boss.facts())
	if pid := boss.call("getPID"); pid != d.Cmd.Process.Pid {
		t.Errorf("the daemon has pid %v, began with %d", pid, d.Cmd.Process.Pid)
	}
	s.Await("the listener has heard all", func() bool {
		return strings.Count(s.Read("ears.log"), "\n") >= sent["event"]
	})
	s.Await("the reader has read all", func() bool {
		return strings.Count(s.Read("reader.log"), "\n") >= sent["stdin"]
	})
	boss.call("shutdown")
	if _, err := d.End(); err != nil {
		t.Errorf("the daemon ended: %v", err)
	}
	numbered(t, s, "ears.log", "event", sent["event"])
	numbered(t, s, "reader.log", "line", sent["stdin"])
	lines := 0
	for i := range writers {
		lines += numbered(t, s, fmt.Sprintf("writer_%d.log", i), "line", -1)
	}
	log := s.Read("supervisord.log")
	if n := strings.Count(log, "upgraded:"); n != upgrades {
		t.Errorf("the log tells of %d upgrades, want %d", n, upgrades)
	}
	for _, bad := range []string{"exited:", "reaped unknown", "cannot", "overflowed"} {
		if i := strings.Index(log, bad); i >= 0 {
			t.Errorf("the log says %q", log[i:min(len(log), i+200)])
		}
	}
	t.Logf("%d upgrades of %d programs in %v, the longest %v; %d lines, %d events, %d lines of stdin, %d questions, %d connections, %d echoes",
		upgrades, len(before), took.Round(time.Millisecond), longest.Round(time.Millisecond), lines,
		sent["event"], sent["stdin"], sent["question"], sent["new connection"], sent["echo"])
}

// same reports whether all processes are the ones that they were.
func same(t *testing.T, before, after map[string]facts) bool {
	t.Helper()
	ok := len(before) == len(after)
	for name, was := range before {
		if after[name] != was {
			t.Errorf("%s was %+v, is %+v", name, was, after[name])
			ok = false
		}
	}
	return ok
}

// numbered checks that a log holds numbered lines, from 0 on, each once; n of them,
// or any number if n is negative, and then the last one may be cut off.
func numbered(t *testing.T, s *stage.Stage, name, word string, n int) int {
	t.Helper()
	text := s.Read(name)
	count := 0
	for line := range strings.Lines(text) {
		want := fmt.Sprintf("%s %d\n", word, count)
		if line != want {
			if n < 0 && !strings.HasSuffix(line, "\n") && strings.HasPrefix(want, line) {
				break
			}
			t.Errorf("line %d of %s is %q, want %q", count, name, line, want)
			return count
		}
		count++
	}
	if n >= 0 && count != n || count == 0 {
		t.Errorf("%s has %d lines, want %d", name, count, n)
	}
	return count
}

// What is started after an upgrade has no signals blocked or ignored, and no
// descriptors but its own.
func TestChildrenOfAnUpgradedDaemon(t *testing.T) {
	s := newStage(t, `
[program:plain]
command=/bin/sleep 1000
[program:umask]
command=/bin/sleep 1000
umask=027
[program:staged]
command=/bin/sleep 1000
directory=$DIR
[program:cat]
command=/bin/cat
`)
	begin(t, s, variant("plain"))
	c := newCaller(t, s)
	look := func() (all string) {
		for _, name := range []string{"plain", "umask", "staged"} {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.facts()[name].pid))
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(status)) {
				for _, field := range []string{"SigBlk:", "SigIgn:", "SigCgt:", "Umask:"} {
					if strings.HasPrefix(line, field) {
						all += name + " " + line
					}
				}
			}
			fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", c.facts()[name].pid))
			all += fmt.Sprintf("%s has %d descriptors, %v\n", name, len(fds), err)
		}
		return all
	}
	before := look()
	if !strings.Contains(before, "plain SigBlk:\t0000000000000000") || !strings.Contains(before, "plain has 3 descriptors") {
		t.Fatalf("before:\n%s", before)
	}
	for range 2 {
		c.call("upgrade")
		for _, name := range []string{"plain", "umask", "staged"} {
			c.call("stopProcess", name)
			c.call("startProcess", name)
		}
		if after := look(); after != before {
			t.Errorf("after an upgrade\n%s\nbefore\n%s", after, before)
		}
	}
	comm, err := os.ReadFile(fmt.Sprintf("/proc/%v/comm", c.call("getPID")))
	if err != nil || string(comm) != "supervisord\n" {
		t.Errorf("the daemon is called %q, %v", comm, err)
	}
	// Nothing is left behind that an ordinary daemon has not.
	descriptors := func() int {
		fds, err := os.ReadDir(fmt.Sprintf("/proc/%v/fd", c.call("getPID")))
		if err != nil {
			t.Fatal(err)
		}
		return len(fds)
	}
	one := descriptors()
	for range 3 {
		c.call("upgrade")
	}
	s.Await(fmt.Sprintf("no more than %d descriptors", one), func() bool { return descriptors() <= one })
}
