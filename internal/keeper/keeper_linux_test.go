package keeper

import (
	"errors"
	"io"
	"log/slog"
	"maps"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The test binary is also the keeper.
func TestMain(m *testing.M) {
	ProcessMain()
	if unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC) != nil { // as the daemon does
		entries, _ := os.ReadDir("/proc/self/fd") // before Linux 5.11
		for _, e := range entries {
			if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
				unix.CloseOnExec(fd)
			}
		}
	}
	os.Exit(m.Run())
}

// limit is how long a test waits for what must happen.
const limit = 30 * time.Second

// house is where keepers live, one after the other.
type house struct {
	testing.TB
	dir string
	age string // how long they wait

	mu      sync.Mutex
	started []*exec.Cmd
	log     strings.Builder
}

func newHouse(t testing.TB) *house { return &house{TB: t, dir: t.TempDir(), age: Patience.String()} }

func (h *house) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

// daemon returns the keeper of another daemon.
func (h *house) daemon() *Keeper {
	k := New(Options{
		Dir: h.dir,
		Log: slog.New(slog.NewTextHandler(h, nil)),
		Start: func(socket *os.File) (Process, error) {
			cmd := exec.Command("/proc/self/exe")
			cmd.Args, cmd.Env, cmd.ExtraFiles = []string{processName, h.age}, append(Env(), "GORACE=atexit_sleep_ms=0"), []*os.File{socket}
			if err := cmd.Start(); err != nil {
				return Process{}, err
			}
			h.mu.Lock()
			h.started = append(h.started, cmd)
			h.mu.Unlock()
			return waitFor(cmd), nil
		},
		Found: func(pid int) Process {
			ended := make(chan struct{})
			close(ended)
			return Process{Ended: ended, Kill: func() { _ = syscall.Kill(pid, syscall.SIGKILL) }}
		},
	})
	h.Cleanup(k.End)
	return k
}

func waitFor(cmd *exec.Cmd) Process {
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it may be killed
		close(ended)
	}()
	return Process{Ended: ended, Kill: func() { _ = cmd.Process.Kill() }}
}

// last returns the process that was started last.
func (h *house) last() *exec.Cmd {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.started[len(h.started)-1]
}

// gone waits for the end of a process.
func (h *house) gone(pid int) {
	h.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	for end := time.Now().Add(limit); time.Now().Before(end); {
		if n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 1000); err == nil && n > 0 {
			return
		}
	}
	h.Fatalf("process %d does not end", pid)
}

// readable waits until a keeper has said something.
func (h *house) readable(line *Line) {
	h.Helper()
	raw, err := line.conn.SyscallConn()
	if err != nil {
		h.Fatal(err)
	}
	err = raw.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return err == nil && n > 0
	})
	if err != nil {
		h.Fatal(err)
	}
}

// find returns the keeper of the next daemon, which has found the one that is there.
// That may have begun only now, and on a busy machine be longer at it than a daemon
// is patient.
func (h *house) find() *Keeper {
	h.Helper()
	for end := time.Now().Add(limit); ; {
		k := h.daemon()
		if k.Find() {
			return k
		}
		if late := strings.Contains(h.log.String(), os.ErrDeadlineExceeded.Error()); !late || time.Now().After(end) {
			h.Fatalf("there is no keeper:\n%s", h.log.String())
		}
	}
}

// A pipe that a dead program has written to waits for the next daemon, which sees
// its end: the keeper does not hide that.
func TestPipe(t *testing.T) {
	h := newHouse(t)
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	first := h.daemon()
	first.Do(func(l *Line) { l.Hold("1.pipes", pipe[0]) })
	if _, err := unix.Write(pipe[1], []byte("last words")); err != nil {
		t.Fatal(err)
	}
	first.Leave()
	closeAll(pipe[:])

	second := h.find()
	held, found := second.Ask("1.pipes")
	if !found || len(held.FDs) != 1 || !held.Ended.IsZero() {
		t.Fatalf("held: %+v, %v", held, found)
	}
	file := os.NewFile(uintptr(held.FDs[0]), "pipe")
	defer file.Close()
	if text, err := io.ReadAll(file); err != nil || string(text) != "last words" {
		t.Errorf("the pipe holds %q, %v", text, err)
	}
	if _, found := second.Ask("2.pipes"); found {
		t.Error("it has what nobody gave it")
	}
	second.Thaw()
	second.Forget("1.pipes", "x")
	second.Leave()
	third := h.find()
	if _, found := third.Ask("1.pipes"); found {
		t.Error("it has what it was to forget")
	}
	third.End()
	h.gone(h.last().Process.Pid)
	if len(h.started) != 1 {
		t.Errorf("%d keepers were started", len(h.started))
	}
}

// What a daemon has said is heard even if it was killed before the keeper had begun,
// and without having heard a word itself.
func TestKilledAtOnce(t *testing.T) {
	for n := range 20 {
		greeted := n%2 == 1
		h := newHouse(t)
		null, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		k := h.daemon()
		k.mu.Lock()
		line, err := k.start()
		k.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		pid := h.last().Process.Pid
		if greeted { // and the keeper hears nothing before the daemon is gone
			h.readable(line)
			if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 100 {
			line.Hold(strconv.Itoa(n), int(null.Fd()))
		}
		if err := os.Rename(filepath.Join(h.dir, newName), filepath.Join(h.dir, socketName)); err != nil {
			t.Fatal(err)
		}
		line.conn.Close()
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		second := h.find()
		for n := range 100 {
			held, found := second.Ask(strconv.Itoa(n))
			if !found {
				t.Fatalf("message %d was not heard", n)
			}
			held.Close()
		}
		second.End()
	}
}

// The keeper sees when a process ends, and tells what was noted of it.
func TestProcess(t *testing.T) {
	h := newHouse(t)
	k := h.daemon()
	cmd := exec.Command("/bin/cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pidfd, err := unix.PidfdOpen(cmd.Process.Pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	k.Do(func(l *Line) { l.Watch("1", []byte("a\x00note"), pidfd) })
	unix.Close(pidfd)
	k.Leave()
	k = h.find()
	if held, found := k.Ask("1"); !found || string(held.Note) != "a\x00note" || !held.Ended.IsZero() {
		t.Errorf("held: %+v, %v", held, found)
	}
	before := time.Now()
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	for {
		held, found := k.Ask("1")
		if !found {
			t.Fatal("it has forgotten")
		}
		held.Close()
		if !held.Ended.IsZero() {
			if held.Ended.Before(before) || held.Ended.After(time.Now()) {
				t.Errorf("it ended at %v", held.Ended)
			}
			break
		}
	}
}

// A keeper that is killed, or hangs, is replaced by one that gets everything.
func TestReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		signal syscall.Signal
		then   func(k *Keeper)
	}{
		"killed": {syscall.SIGKILL, func(*Keeper) {}},
		"hangs": {syscall.SIGSTOP, func(k *Keeper) {
			null, err := os.Open(os.DevNull)
			if err != nil {
				t.Error(err)
				return
			}
			defer null.Close()
			k.Do(func(l *Line) { // until there is no more room for messages
				for l.err == nil {
					l.Hold("x", int(null.Fd()))
				}
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			k := h.daemon()
			null, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			defer null.Close()
			given := make(chan struct{}, 10)
			k.Supply(func(l *Line) {
				l.Hold("null", int(null.Fd()))
				given <- struct{}{}
			})
			k.Do(func(*Line) {})
			<-given
			first := h.last()
			k.mu.Lock()
			k.since = time.Time{} // it has lived for a while
			k.mu.Unlock()
			if err := first.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			c.then(k)
			select {
			case <-given:
			case <-time.After(limit):
				t.Fatalf("there is no other one:\n%s", h.log.String())
			}
			k.Do(func(*Line) {}) // when it has its place
			k.Leave()
			h.gone(first.Process.Pid)
			if held, found := h.find().Ask("null"); !found || len(held.FDs) != 1 {
				t.Errorf("held: %+v, %v", held, found)
			} else {
				held.Close()
			}
		})
	}
}

// One that cannot be started is tried again, but not all the time, and the log says
// what that means.
func TestCannotStart(t *testing.T) {
	h := newHouse(t)
	k := h.daemon()
	tries := 0
	k.Start = func(*os.File) (Process, error) {
		tries++
		return Process{}, errors.New("no room")
	}
	for range 5 {
		k.Do(func(*Line) { t.Error("there is a keeper") })
	}
	if tries != 1 || strings.Count(h.log.String(), "would be lost") != 1 {
		t.Errorf("%d tries, and the log is\n%s", tries, h.log.String())
	}
}

// The keeper waits for a daemon as long as it makes sense.
func TestWait(t *testing.T) {
	some := map[string]*item{"x": {}}
	for name, c := range map[string]struct {
		p       process
		forever bool
		atMost  time.Duration
	}{
		"with a daemon":       {process{daemon: 5}, true, 0},
		"a process lives":     {process{daemon: -1, items: some, watched: map[int]*item{7: {}}}, true, 0},
		"nothing to keep":     {process{daemon: -1, since: time.Now()}, false, idle},
		"all have ended":      {process{daemon: -1, items: some, since: time.Now(), patience: time.Hour}, false, time.Hour},
		"all ended long ago":  {process{daemon: -1, items: some, since: time.Now().Add(-2 * time.Hour), patience: time.Hour}, false, -time.Hour},
		"nothing for a while": {process{daemon: -1, since: time.Now().Add(-time.Hour)}, false, 0},
	} {
		d, forever := c.p.wait()
		if forever != c.forever || !forever && (d > c.atMost || d < c.atMost-time.Minute && c.atMost > 0) {
			t.Errorf("%s: %v, %v", name, d, forever)
		}
	}
}

// It ends by itself when nobody comes.
func TestEndsByItself(t *testing.T) {
	for name, hold := range map[string]bool{"with something": true, "with nothing": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.age = "1ms"
			k := h.daemon()
			k.Do(func(l *Line) {
				if hold {
					l.Hold("x", 0)
				}
			})
			k.Leave()
			h.gone(h.last().Process.Pid)
			if h.daemon().Find() {
				t.Error("it is still there")
			}
		})
	}
}

// It has nothing open that it was not given.
func TestHoldsNothingElse(t *testing.T) {
	h := newHouse(t)
	k := h.daemon()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	k.Do(func(l *Line) { l.Hold("x", int(null.Fd())) })
	k.Leave()
	h.find()
	dir := "/proc/" + strconv.Itoa(h.last().Process.Pid) + "/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int)
	for _, e := range entries {
		to, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(to, ":[")
		got[kind]++
	}
	// What it was given is of the same kind as its standard files.
	want := map[string]int{"/dev/null": 3 + 1, "socket": 2, "anon_inode": 1}
	if !maps.Equal(got, want) {
		t.Errorf("it has open %v, want %v", got, want)
	}
}

// One of another version is told to end, and is not used.
func TestOtherVersion(t *testing.T) {
	h := newHouse(t)
	socket, err := listen(h.dir, socketName)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	l, err := net.FileListener(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	told := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			told <- err.Error()
			return
		}
		defer c.Close()
		if _, err := c.Write([]byte("v2 1")); err != nil {
			told <- err.Error()
			return
		}
		text := make([]byte, 10)
		n, err := c.Read(text)
		if err != nil {
			told <- err.Error()
			return
		}
		told <- string(text[:n])
	}()
	if h.daemon().Find() {
		t.Error("it is used")
	}
	if got := <-told; got != string(rune(verbEnd)) {
		t.Errorf("it was told %q", got)
	}
}
