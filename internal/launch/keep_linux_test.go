package launch

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/internal/clock"
	"supervisor/internal/config"
	"supervisor/internal/identity"
	"supervisor/internal/keeper"
	"supervisor/internal/lifecycle"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// withKeeper gives the launcher of a wreck a keeper, to which an earlier daemon has
// given something.
func (w *wreck) withKeeper(give func(*keeper.Line)) {
	w.t.Helper()
	spawner := w.launcher.Spawner
	process := func(c *spawn.Child) keeper.Process {
		ended := make(chan struct{})
		c.OnExit(func(spawn.Exit) { close(ended) })
		return keeper.Process{Ended: ended, Kill: func() { _ = c.Signal(syscall.SIGKILL, false) }}
	}
	var its keeper.Process
	options := keeper.Options{
		Dir: w.launcher.Journal.Dir(),
		Log: w.launcher.Log,
		Start: func(socket *os.File) (keeper.Process, error) {
			c, err := spawner.StartOwn(keeper.Args(), append(keeper.Env(), "GORACE=atexit_sleep_ms=0"), socket)
			if err != nil {
				return keeper.Process{}, err
			}
			its = process(c)
			return its, nil
		},
		Found: func(int) keeper.Process { return its },
	}
	first := keeper.New(options)
	first.Do(give)
	first.Leave()
	second := keeper.New(options)
	for end := time.Now().Add(patience); !second.Find(); second = keeper.New(options) {
		// It has just begun, and on a busy machine may be longer at it than a daemon is patient.
		if late := strings.Contains(w.logged(), os.ErrDeadlineExceeded.Error()); !late || time.Now().After(end) {
			w.t.Fatalf("the keeper is not found:\n%s", w.logged())
		}
	}
	w.t.Cleanup(second.End)
	w.launcher.Keeper = second
	second.Supply(w.launcher.supply)
}

// dead returns the record of a program that ends when it is let (see letEnd), with a pidfd of it.
func (w *wreck) dead(id int, script string) (childRecord, int) {
	w.t.Helper()
	pid := w.orphan(id, "read go <"+w.log+".go; "+script)
	p, err := identity.Look(pid)
	if err != nil {
		w.t.Fatal(err)
	}
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return childRecord{Incarnation: 3, ID: id, PID: pid, Born: p.Born}, pidfd
}

// letEnd lets such a program end, and waits until it has.
func (w *wreck) letEnd(pidfd int) {
	w.t.Helper()
	if err := os.WriteFile(w.log+".go", []byte("go\n"), 0); err != nil {
		w.t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 1000)
		if err == nil && n > 0 {
			return
		}
		if time.Now().After(end) {
			w.t.Fatal("it does not end")
		}
	}
}

// A program that has ended while there was no daemon has its last words logged, and
// one that was not up long enough by then has failed to start, however long it has
// been dead.
func TestEndedBeforeItsTime(t *testing.T) {
	for name, fails := range map[string]bool{"too early": true, "late enough": false} {
		t.Run(name, func(t *testing.T) {
			w := newWreck(t)
			if err := syscall.Mkfifo(w.log+".go", 0o600); err != nil {
				t.Fatal(err)
			}
			r, pidfd := w.dead(7, "echo last words; exit 5")
			defer unix.Close(pidfd)
			pipe, err := spawn.OpenFIFO(w.launcher.keptPath(7, stdoutPipe), false)
			if err != nil {
				t.Fatal(err)
			}
			w.withKeeper(func(l *keeper.Line) {
				l.Hold(pipesName(7), pipe.Descriptor())
				l.Watch(processName(7), processNote(r.PID), pidfd)
			})
			pipe.Close()
			deadline := time.Now().Add(-time.Hour) // when it would have been RUNNING
			w.letEnd(pidfd)
			if fails {
				deadline = time.Now().Add(time.Hour)
			}
			for { // the keeper sees it a moment later
				h, found := w.launcher.Keeper.Ask(processName(7))
				if !found {
					t.Fatal("the keeper has forgotten")
				}
				h.Close()
				if !h.Ended.IsZero() {
					break
				}
			}
			w.keep(childKey+"g\x00x", r)
			image := &supervisor.Image{Groups: []supervisor.GroupImage{{Config: w.group, Processes: []supervisor.ProcessImage{{
				Vars:     lifecycle.Vars{State: lifecycle.Starting, Incarnation: 3, PID: r.PID},
				Deadline: clock.Stamp{Wall: deadline, Monotonic: 1},
			}}}}}
			if !AnyHeld(w.kept, w.launcher.Keeper) {
				t.Error("the keeper has nothing")
			}
			found, err := w.launcher.Recover(image, w.kept)
			if err != nil {
				t.Fatal(err)
			}
			if none := image.Groups[0].Processes[0].Deadline == (clock.Stamp{}); none != fails {
				t.Errorf("the deadline is %+v", image.Groups[0].Processes[0].Deadline)
			}
			found.Ready[0].Seats[0].Resume(func(r supervisor.Report) { w.reports <- r })
			e := next[supervisor.Ended](w.bench)
			if e.PID != r.PID || e.Exit.Status != 5 && e.Exit.Text != "exit status unknown" || time.Since(e.At) < 0 {
				t.Errorf("ended: %+v", e)
			}
			if got := w.file(w.log); got != "last words\n" {
				t.Errorf("the log holds %q", got)
			}
		})
	}
}

// A daemon that is killed between the fork and the word of it to anybody has made a
// child that nobody knows. If that has ended, its words are all there is.
func TestWordsOfNobody(t *testing.T) {
	for name, edit := range map[string]func(*config.Process){
		"plain":   func(*config.Process) {},
		"spooled": func(p *config.Process) { p.Stdout.CaptureMax = 100 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWreck(t, edit, func(p *config.Process) { p.Command = "/bin/echo second" })
			path := w.launcher.keptPath(7, stdoutPipe)
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Fatal(err)
			}
			pipe, err := spawn.OpenFIFO(path, false)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("first\n"), 0); err != nil {
				t.Fatal(err)
			}
			w.withKeeper(func(l *keeper.Line) { l.Hold(pipesName(7), pipe.Descriptor()) })
			pipe.Close()
			w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7})
			s := w.recover(lifecycle.Vars{State: lifecycle.Starting, Incarnation: 3})
			s.Resume(func(r supervisor.Report) { w.reports <- r })
			s.Launch(3, func(r supervisor.Report) { w.reports <- r })
			next[supervisor.Spawned](w.bench)
			next[supervisor.Ended](w.bench)
			if got := w.file(w.log); got != "first\nsecond\n" {
				t.Errorf("the log holds %q", got)
			}
			if _, err := os.Lstat(path); !os.IsNotExist(err) {
				t.Errorf("the pipe is left behind: %v", err)
			}
		})
	}
}

// The keeper has the socket of a FastCGI program, whoever may look into that.
func TestSocketThatWasKept(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", address)
	if err != nil {
		t.Fatal(err)
	}
	file, err := l.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	w := newWreck(t, func(p *config.Process) { p.Socket = &config.Socket{URL: "unix://" + address} })
	w.withKeeper(func(l *keeper.Line) { l.Hold(socketName(7), int(file.Fd())) })
	l.Close()
	file.Close()
	w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7, PID: 1 << 30, Born: 5})
	s := w.recover(lifecycle.Vars{State: lifecycle.Running, Incarnation: 3, PID: 1 << 30}).(*seat)
	if s.socket.file == nil {
		t.Fatalf("there is none:\n%s", w.logged())
	}
	defer s.socket.file.Close()
	c, err := net.Dial("unix", address)
	if err != nil {
		t.Fatalf("nobody listens: %v", err)
	}
	c.Close()
}

// A new keeper gets everything that there is, as it is.
func TestSupply(t *testing.T) {
	w := newWreck(t, func(p *config.Process) { p.Command = "/bin/cat" })
	w.withKeeper(func(*keeper.Line) {})
	w.launcher.Keeper.Thaw()
	s := w.seats(w.group)[0]
	w.launch(s)
	spawned := next[supervisor.Spawned](w.bench)
	id := int(w.launcher.lastID.Load())
	w.launcher.Keeper.Do(func(l *keeper.Line) {
		l.Forget(processName(id), pipesName(id))
		w.launcher.supply(l)
	})
	w.launcher.Keeper.Leave()
	ended := make(chan struct{})
	close(ended)
	found := keeper.New(keeper.Options{Dir: w.launcher.Journal.Dir(), Log: w.launcher.Log, Found: func(int) keeper.Process { return keeper.Process{Ended: ended} }})
	if !found.Find() {
		t.Fatal("there is no keeper")
	}
	h, ok := found.Ask(processName(id))
	if !ok || string(h.Note) != string(processNote(spawned.PID)) || !h.Ended.IsZero() {
		t.Errorf("held: %+v, %v", h, ok)
	}
	h.Close()
	if h, ok := found.Ask(pipesName(id)); !ok || len(h.FDs) != 2 {
		t.Errorf("pipes: %+v, %v", h, ok)
	} else {
		h.Close()
	}
	found.End()
	if err := s.Signal(syscall.SIGKILL, false); err != nil {
		t.Error(err)
	}
	next[supervisor.Ended](w.bench)
}
