package launch

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/identity"
	"supervisor/internal/journal"
	"supervisor/internal/lifecycle"
	"supervisor/internal/logfile"
	"supervisor/internal/supervisor"
)

// wreck is what a daemon that was killed has left of one process.
type wreck struct {
	*bench
	group *config.Group
	kept  map[string][]byte
	log   string
}

func newWreck(t *testing.T, edit ...func(*config.Process)) *wreck {
	dir := t.TempDir()
	j, _, err := journal.Open(filepath.Join(dir, "state"), func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	w := &wreck{bench: newBench(t, func(o *Options) { o.Journal = j }), kept: make(map[string][]byte), log: filepath.Join(dir, "log")}
	w.group = &config.Group{Name: "g", Processes: []*config.Process{shell("x", "exit 9", edit...)}}
	w.keep(seatKey+"g\x00x", seatRecord{Stdout: w.log})
	return w
}

func (w *wreck) keep(key string, value any) {
	w.t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		w.t.Fatal(err)
	}
	w.kept[key] = text
}

// recover takes back what is there, as the loop had it.
func (w *wreck) recover(v lifecycle.Vars) supervisor.Seat {
	w.t.Helper()
	image := &supervisor.Image{Groups: []supervisor.GroupImage{{Config: w.group, Processes: []supervisor.ProcessImage{{Vars: v}}}}}
	found, err := w.launcher.Recover(image, w.kept)
	if err != nil {
		w.t.Fatal(err)
	}
	return found.Ready[0].Seats[0]
}

// orphan starts a program with the pipe as its stdout, whose parent is gone.
func (w *wreck) orphan(id int, script string) int {
	w.t.Helper()
	pipe := w.launcher.keptPath(id, stdoutPipe)
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		w.t.Fatal(err)
	}
	out, err := exec.Command("/bin/sh", "-c", "/bin/sh -c '"+script+"' 1<>"+pipe+" 2>/dev/null </dev/null & echo $!").Output()
	if err != nil && !errors.Is(err, syscall.ECHILD) { // the Spawner has reaped the shell

		w.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	return pid
}

// A daemon that is killed between the fork and the record of it has made a child
// that nobody knows; its pipe gives it away.
func TestChildThatWasNotRecorded(t *testing.T) {
	w := newWreck(t)
	pid := w.orphan(7, "echo hello; exec sleep 600")
	w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7})
	// It may not have the pipe yet.
	for found := false; !found; {
		_, found = w.launcher.holder(7)
	}
	s := w.recover(lifecycle.Vars{State: lifecycle.Starting, Incarnation: 3})
	s.Resume(func(r supervisor.Report) { w.reports <- r })
	s.Launch(3, func(r supervisor.Report) { t.Errorf("it was started again: %+v", r) })
	if r := (<-w.reports).(supervisor.Spawned); r.PID != pid || r.Incarnation != 3 {
		t.Errorf("spawned: %+v, want pid %d", r, pid)
	}
	// It may have the pipe and not have written yet.
	for deadline := time.Now().Add(patience); ; {
		text, err := os.ReadFile(w.log)
		if string(text) == "hello\n" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log holds %q, %v", text, err)
		}
	}
	if err := s.Signal(syscall.SIGKILL, false); err != nil {
		t.Error(err)
	}
	if r := (<-w.reports).(supervisor.Ended); r.PID != pid {
		t.Errorf("ended: %+v", r)
	}
}

// One that was killed before the fork has made nothing: the loop asks again.
func TestChildThatWasNotMade(t *testing.T) {
	w := newWreck(t)
	w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7})
	s := w.recover(lifecycle.Vars{State: lifecycle.Starting, Incarnation: 3})
	s.Resume(func(r supervisor.Report) { w.reports <- r })
	s.Launch(3, func(r supervisor.Report) { w.reports <- r })
	if _, ok := (<-w.reports).(supervisor.Spawned); !ok {
		t.Error("it was not started")
	}
	if r := (<-w.reports).(supervisor.Ended); r.Exit.Status != 9 {
		t.Errorf("ended: %+v", r)
	}
}

// The pid of a child that is gone is somebody else's: that one is left alone.
func TestPIDOfSomebodyElse(t *testing.T) {
	w := newWreck(t)
	pid := w.orphan(8, "exec sleep 600")
	p, err := identity.Look(pid)
	if err != nil {
		t.Fatal(err)
	}
	w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7, PID: pid, Born: p.Born - 1})
	if AnyAlive(w.kept) {
		t.Error("it counts as alive")
	}
	s := w.recover(lifecycle.Vars{State: lifecycle.Running, Incarnation: 3, PID: pid})
	s.Resume(func(r supervisor.Report) { w.reports <- r })
	if r := (<-w.reports).(supervisor.Ended); r.PID != pid || r.Exit.Status != -1 || r.Exit.Text != "exit status unknown" {
		t.Errorf("ended: %+v", r)
	}
	if err := s.Signal(syscall.SIGKILL, true); err != syscall.ESRCH {
		t.Errorf("a signal: %v", err)
	}
	if now, err := identity.Look(pid); err != nil || now.Born != p.Born || now.Ended() {
		t.Errorf("it was hit: %+v, %v", now, err)
	}
}

// How a child has ended is known if the daemon was killed just after it saw that.
func TestEndThatWasSeen(t *testing.T) {
	w := newWreck(t)
	w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7, PID: 1 << 30, Born: 5, Ended: true, Status: 4 << 8})
	s := w.recover(lifecycle.Vars{State: lifecycle.Running, Incarnation: 3, PID: 1 << 30})
	s.Resume(func(r supervisor.Report) { w.reports <- r })
	if r := (<-w.reports).(supervisor.Ended); r.Exit.Status != 4 || r.Exit.Text != "exit status 4" {
		t.Errorf("ended: %+v", r)
	}
}

// What is in the spool was dealt with up to some place, and some of what follows is
// in the log already: it is not there twice. That holds, too, if the stream needs no
// spool any more.
func TestSpoolIsFinished(t *testing.T) {
	for n := range 10 {
		logged := 2 + n%5
		w := newWreck(t, func(p *config.Process) {
			if n >= 5 {
				p.Stdout.CaptureMax = 100
			}
		})
		pid := w.orphan(7, "exec sleep 600")
		p, err := identity.Look(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(w.log, []byte("abcdef"[:logged]), 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := logfile.Open(w.log, logfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mark := file.Mark()
		mark.Size = 2
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(w.launcher.keptPath(7, stdoutPipe+spoolFile), []byte("abcdef"), 0o600); err != nil {
			t.Fatal(err)
		}
		w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7, PID: pid, Born: p.Born})
		w.keep(spoolKey+"7"+stdoutPipe, spoolRecord{Done: 2, Log: mark})
		s := w.recover(lifecycle.Vars{State: lifecycle.Running, Incarnation: 3, PID: pid})
		s.Resume(func(r supervisor.Report) { w.reports <- r })
		if err := s.Signal(syscall.SIGKILL, false); err != nil {
			t.Error(err)
		}
		if r := (<-w.reports).(supervisor.Ended); r.PID != pid {
			t.Errorf("ended: %+v", r)
		}
		if text, err := os.ReadFile(w.log); err != nil || string(text) != "abcdef" {
			t.Errorf("with %d bytes logged the log holds %q, %v", logged, text, err)
		}
	}
}

// The names of the pipes have been cleaned away, and the child goes on all the same.
func TestPipesWithoutNames(t *testing.T) {
	w := newWreck(t)
	in := w.launcher.keptPath(7, stdinPipe)
	if err := syscall.Mkfifo(in, 0o600); err != nil {
		t.Fatal(err)
	}
	pid := w.orphan(7, "exec cat <>"+in)
	p, err := identity.Look(pid)
	if err != nil {
		t.Fatal(err)
	}
	for is := ""; is != in; { // it may not have it yet
		is, _ = os.Readlink("/proc/" + strconv.Itoa(pid) + "/fd/0")
	}
	for _, suffix := range []string{stdinPipe, stdoutPipe} {
		if err := os.Remove(w.launcher.keptPath(7, suffix)); err != nil {
			t.Fatal(err)
		}
	}
	w.keep(childKey+"g\x00x", childRecord{Incarnation: 3, ID: 7, PID: pid, Born: p.Born})
	s := w.recover(lifecycle.Vars{State: lifecycle.Running, Incarnation: 3, PID: pid})
	s.Resume(func(r supervisor.Report) { w.reports <- r })
	if err := s.Send([]byte("hello\n")); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(patience); ; {
		text, err := os.ReadFile(w.log)
		if string(text) == "hello\n" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log holds %q, %v\n%s", text, err, w.logged())
		}
	}
	if err := s.Signal(syscall.SIGKILL, false); err != nil {
		t.Error(err)
	}
	if r := (<-w.reports).(supervisor.Ended); r.PID != pid {
		t.Errorf("ended: %+v", r)
	}
}

// A daemon that was killed while it dealt with the very first output had logged
// some of it, and the next one logged that again: nothing said where the log had
// ended before.
func TestFirstOutputIsNotLoggedTwice(t *testing.T) {
	w := newWreck(t, func(p *config.Process) {
		p.Command = "/bin/cat"
		p.Stdout.Events = true
		p.Stdout.Log.Path = logOf(t)
	})
	if err := os.WriteFile(w.group.Processes[0].Stdout.Log.Path, []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := w.seats(w.group)[0]
	w.launch(s)
	if _, ok := (<-w.reports).(supervisor.Spawned); !ok {
		t.Fatal("not spawned")
	}
	id := strconv.FormatInt(w.launcher.lastID.Load(), 10)
	for kept := false; !kept; { // the pump begins a moment later
		w.launcher.Journal.Each(func(key string, value []byte) {
			var r spoolRecord
			if key == spoolKey+id+stdoutPipe && json.Unmarshal(value, &r) == nil {
				kept = true
				if r.Done != 0 || r.Log.Size != 4 {
					t.Errorf("before the first output %+v is kept", r)
				}
			}
		})
	}
	if err := s.Signal(syscall.SIGKILL, false); err != nil {
		t.Error(err)
	}
	if _, ok := (<-w.reports).(supervisor.Ended); !ok {
		t.Error("not ended")
	}
}

func logOf(t *testing.T) string { return filepath.Join(t.TempDir(), "log") }
