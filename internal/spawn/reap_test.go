package spawn

import (
	"errors"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Children that end before Start has returned, and some that cannot even be
// executed: each end is reported once, to whom it belongs, and nobody else's.
func TestStorm(t *testing.T) {
	s := spawner(t)
	bad := filepath.Join(t.TempDir(), "bad")
	writeFile(t, bad, "#!/nonexistent\n", 0o755)
	const starters, each = 8, 250
	var all sync.WaitGroup
	for n := range starters {
		all.Go(func() {
			for i := range each {
				spec := Spec{Path: "/bin/true", Args: []string{"true"}}
				want := 0
				switch {
				case i%50 == n:
					spec.Path, want = bad, 127
				case i%10 == n:
					spec, want = sh("exit 9"), 9
				}
				c, err := s.Start(spec)
				if err != nil {
					t.Error(err)
					return
				}
				exited := make(chan Exit, 2)
				c.OnExit(func(e Exit) { exited <- e })
				if e := receive(t, exited); e.PID != c.PID || e.Code() != want {
					t.Errorf("child %d ended as %d with %s; want exit status %d", c.PID, e.PID, Describe(e.Status), want)
				}
				if err := c.Signal(syscall.SIGKILL, false); !errors.Is(err, syscall.ESRCH) {
					t.Errorf("signalling a reaped child: %v", err)
				}
				if len(exited) > 0 {
					t.Error("an end was reported twice")
				}
				c.Stdin.Close()
				c.Stdout.Close()
				c.Stderr.Close()
			}
		})
	}
	all.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.children) > 0 || s.forking > 0 || s.held {
		t.Errorf("left over: %d children, %d forks, held %v", len(s.children), s.forking, s.held)
	}
}

// An end that nobody has asked for yet waits for OnExit.
func TestOnExitAfterTheEnd(t *testing.T) {
	s := spawner(t)
	first, second := start(t, s, sh("exit 5")), start(t, s, sh("read x"))
	p := s.Pump(first.Stdout, Eager, func([]byte) {})
	receive(t, p.done) // the child is dying
	second.Stdin.Close()
	ended(t, second)
	if e := ended(t, first); e.Code() != 5 {
		t.Errorf("ended with %s", Describe(e.Status))
	}
	if e := ended(t, first); e.Code() != 5 {
		t.Errorf("asked again, it ended with %s", Describe(e.Status))
	}
}

// PRO-065: a signal goes to the child alone, or to its whole group.
func TestSignal(t *testing.T) {
	s := spawner(t)
	for _, group := range []bool{false, true} {
		// The inner shell ignores being orphaned and tells us about SIGTERM.
		c := start(t, s, sh(`sh -c 'trap "echo inner; exit" TERM; echo ready; while :; do sleep 0.05; done' & wait`))
		lines := make(chan string, 100)
		p := s.Pump(c.Stdout, Eager, func(chunk []byte) { lines <- string(chunk) })
		if got := receive(t, lines); got != "ready\n" {
			t.Fatalf("the child says %q", got)
		}
		if err := c.Signal(syscall.SIGTERM, group); err != nil {
			t.Fatal(err)
		}
		if e := ended(t, c); Describe(e.Status) != "terminated by SIGTERM" || e.Code() != -1 {
			t.Errorf("ended with %s", Describe(e.Status))
		}
		if group {
			if got := receive(t, lines); got != "inner\n" {
				t.Errorf("the group says %q", got)
			}
		} else if err := syscall.Kill(-c.PID, syscall.SIGKILL); err != nil {
			t.Errorf("the rest of the group did not survive: %v", err)
		}
		p.Finish()
		c.Stdin.Close()
		c.Stderr.Close()
	}
}

func TestSignalFails(t *testing.T) {
	s := spawner(t)
	c := start(t, s, sh("cat"))
	if err := c.Signal(syscall.Signal(1000), false); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("signal 1000: %v", err)
	}
	collectAll(t, s, c)
	c.PID = syscall.Getpgrp() // as if the pid were in use again
	for _, group := range []bool{false, true} {
		if err := c.Signal(0, group); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("signalling a reaped child: %v", err)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		status syscall.WaitStatus
		want   string
		code   int
	}{
		{0x0000, "exit status 0", 0},
		{0x7f00, "exit status 127", 127},
		{0x0009, "terminated by SIGKILL", -1},
		{0x008b, "terminated by SIGSEGV (core dumped)", -1}, // PRO-018
		{0xffff, "unknown termination cause 0xffff", -1},
	} {
		if got, code := Describe(tt.status), (Exit{Status: tt.status}).Code(); got != tt.want || code != tt.code {
			t.Errorf("status %#x is %q, %d; want %q, %d", uint32(tt.status), got, code, tt.want, tt.code)
		}
	}
}
