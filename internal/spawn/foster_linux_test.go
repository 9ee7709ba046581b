package spawn

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/internal/identity"
)

// estranged starts a shell script that is somebody else's child, and returns its pid
// and when it was born. It is not that of the first process, which in some containers
// collects nobody, but of a shell that waits for it. There must be no Spawner yet,
// which might reap the shell between.
func estranged(t *testing.T, script string) (int, uint64) {
	t.Helper()
	parent := `setsid /bin/sh -c "` + script + `" >/dev/null 2>&1 </dev/null & echo $!; exec >/dev/null 2>&1; wait`
	out, err := exec.Command("/bin/sh", "-c", "/bin/sh -c '"+parent+"' &").Output()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	p, err := identity.Look(pid)
	for err == nil && p.Group != pid { // setsid(1) is about to make it a leader
		p, err = identity.Look(pid)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-pid, syscall.SIGKILL) })
	return pid, p.Born
}

// foster makes a process a child, and returns it and what will be told of its end.
func foster(t *testing.T, s *Spawner, pid int, born uint64) (*Child, <-chan Exit) {
	t.Helper()
	c, err := s.Foster(pid, born, nil)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan Exit, 1)
	c.OnExit(func(e Exit) { ended <- e })
	return c, ended
}

// The end of somebody else's child is noticed, with its status where the system
// tells it.
func TestFoster(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	pid, born := estranged(t, "read x <"+fifo+"; exit 7")
	s := spawner(t)
	c, ended := foster(t, s, pid, born)
	if err := c.Signal(0, false); err != nil {
		t.Errorf("a signal to a living one: %v", err)
	}
	if c.StartTime() != born {
		t.Errorf("start time %d, want %d", c.StartTime(), born)
	}
	if err := os.WriteFile(fifo, []byte("go\n"), 0); err != nil {
		t.Fatal(err)
	}
	e := <-ended
	if e.PID != pid || !e.Lost && e.Status.ExitStatus() != 7 {
		t.Errorf("ended: %+v", e)
	}
	t.Logf("the status is lost: %v", e.Lost)
	if err := c.Signal(syscall.SIGTERM, true); err != syscall.ESRCH {
		t.Errorf("a signal to a dead one: %v", err)
	}
}

// While everything stands still a fostered child does not end, as far as anybody
// knows: the program that goes on would wait for it for ever.
func TestFosterWhileFrozen(t *testing.T) {
	pid, born := estranged(t, "sleep 600")
	s := spawner(t)
	c, ended := foster(t, s, pid, born)
	if err := s.FreezeReaper(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-ended:
		t.Fatalf("it has ended: %+v", e)
	case <-time.After(100 * time.Millisecond): // which it would take at most if it did not wait
	}
	if err := c.Signal(0, false); err != nil && err != syscall.ESRCH {
		t.Errorf("a signal: %v", err)
	}
	s.Thaw()
	if e := <-ended; e.PID != pid {
		t.Errorf("ended: %+v", e)
	}
}

// Whoever has the pid now is another process: it is not touched.
func TestFosterRecycledPID(t *testing.T) {
	pid, born := estranged(t, "sleep 600")
	s := spawner(t)
	c, ended := foster(t, s, pid, born+1)
	if e := <-ended; !e.Lost || e.Code() != -1 || e.Text() != "exit status unknown" {
		t.Errorf("ended: %+v", e)
	}
	for _, group := range []bool{false, true} {
		if err := c.Signal(syscall.SIGKILL, group); err != syscall.ESRCH {
			t.Errorf("a signal: %v", err)
		}
	}
	if p, err := identity.Look(pid); err != nil || p.Ended() {
		t.Errorf("it was hit: %+v, %v", p, err)
	}
}

func TestFosterGroupSignal(t *testing.T) {
	pid, born := estranged(t, "sleep 600 & wait")
	s := spawner(t)
	c, ended := foster(t, s, pid, born)
	if err := c.Signal(syscall.SIGKILL, true); err != nil {
		t.Fatal(err)
	}
	if e := <-ended; !e.Lost && e.Status.Signal() != syscall.SIGKILL {
		t.Errorf("ended: %+v", e)
	}
}

// Whatever moment a writer is killed in, the next one goes on with the byte that
// follows the last one in the pipe.
func TestProgress(t *testing.T) {
	for _, size := range []int{1, 100, wholePiece, 3*wholePiece + 5, 200 << 10} {
		message := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		path := filepath.Join(t.TempDir(), "in")
		if err := unix.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		child, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer child.Close()

		// The first writer is killed at each of its steps: a copy of what was
		// kept is all that is left of it, and what the pipe holds.
		var kept []Progress
		first, err := OpenFIFO(path, true)
		if err != nil {
			t.Fatal(err)
		}
		in := NewKeptInput(first, func(p Progress) { kept = append(kept, p) })
		room, err := unix.FcntlInt(child.Fd(), unix.F_GETPIPE_SZ, 0) // less, if this user has many pipes
		if err != nil {
			t.Fatal(err)
		}
		pipeful := min(size, room)
		in.sent()
		if n, err := in.write(message[:pipeful]); err != nil || n != pipeful {
			t.Fatalf("wrote %d, %v", n, err)
		}
		last := kept[len(kept)-1]
		if last.Written != int64(pipeful) || last.Next != 0 || last.Sends != 1 {
			t.Errorf("kept last: %+v", last)
		}
		// Killed after the last piece was written, before that was kept: the
		// moment of the pipe tells.
		p := kept[len(kept)-2]
		if err := p.settle(first); err != nil || p.Written != int64(pipeful) {
			t.Errorf("a written piece counts as %+v, %v", p, err)
		}
		// Killed before it was written.
		p = kept[len(kept)-2]
		if err := mark(first, p.Written); err != nil {
			t.Fatal(err)
		}
		before := p.Written
		if err := p.settle(first); err != nil || p.Written != before {
			t.Errorf("a piece that was not written counts as %+v, %v", p, err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		second, err := OpenFIFO(path, true)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := GoOnKept(second, func(Progress) {}, last, 1, message)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, size)
		for n := 0; n < size; {
			m, err := child.Read(got[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += m
		}
		if !bytes.Equal(got, message) {
			t.Errorf("size %d: the child read something else", size)
		}
		if err := rest.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
