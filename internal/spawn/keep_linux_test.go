package spawn

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Whoever has a pidfd that was opened while somebody's child lived learns how it has
// ended, although it has been collected since; and when, if that was seen.
func TestFosterOfDead(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	pid, born := estranged(t, "read x <"+fifo+"; exit 7")
	s := spawner(t)
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	held := &Held{PIDFD: fd}
	if now := held.Born(); now != born {
		t.Errorf("it was born at %d, want %d", now, born)
	}
	if err := os.WriteFile(fifo, []byte("go\n"), 0); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); unix.PidfdSendSignal(fd, 0, nil, 0) == nil; {
		if time.Now().After(end) {
			t.Fatal("it is not collected")
		}
		runtime.Gosched()
	}
	if now := held.Born(); now != 0 {
		t.Errorf("a dead one was born at %d", now)
	}
	seen := time.Now().Add(-time.Hour)
	held.Ended = seen
	c, err := s.Foster(pid, born, held)
	if err != nil {
		t.Fatal(err)
	}
	e := ended(t, c)
	if e.PID != pid || !e.At.Equal(seen) || !e.Lost && e.Status.ExitStatus() != 7 {
		t.Errorf("ended: %+v", e)
	}
	t.Logf("the status is lost: %v", e.Lost)
	for end := time.Now().Add(patience); ; runtime.Gosched() { // it is closed after the report
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == unix.EBADF {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the descriptor is left open")
		}
	}
}

// What is kept of a child is told in time: its pipes before there is somebody who
// writes, and who it is before it can be reaped.
func TestOpenedAndMade(t *testing.T) {
	for name, spec := range map[string]Spec{"direct": sh("exit 3"), "staged": {Path: "/does/not/exist", Args: []string{"x"}}} {
		t.Run(name, func(t *testing.T) {
			s := spawner(t)
			var told []string
			var fds []int
			spec.Opened = func(stdout, stderr int) {
				told = append(told, "opened")
				fds = []int{stdout, stderr}
			}
			spec.Made = func(pid, pidfd int) {
				told = append(told, "made")
				if err := unix.PidfdSendSignal(pidfd, 0, nil, 0); err != nil {
					t.Errorf("a signal: %v", err)
				}
				if startTime(pid) == 0 {
					t.Error("it has been reaped")
				}
			}
			before := countFDs(t)
			c := start(t, s, spec)
			if got := strings.Join(told, " "); got != "opened made" {
				t.Errorf("told: %s", got)
			}
			if fds[0] != c.Stdout.Descriptor() || fds[1] != c.Stderr.Descriptor() {
				t.Errorf("opened: %v", fds)
			}
			collectAll(t, s, c)
			if after := countFDs(t); after != before {
				t.Errorf("%d descriptors are open, before there were %d", after, before)
			}
		})
	}
}

// A process beside ours is not in our session or directory, and has nothing open.
func TestStartOwn(t *testing.T) {
	s := spawner(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c, err := s.StartOwn([]string{"child", "own"}, []string{"GORACE=atexit_sleep_ms=0", "GODEBUG=containermaxprocs=0,updatemaxprocs=0"}, w)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	text := make([]byte, 1000)
	n, err := r.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(text[:n]), strconv.Itoa(c.PID)+" / 0123"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if e := ended(t, c); e.Status.ExitStatus() != 0 {
		t.Errorf("ended: %+v", e)
	}
}
