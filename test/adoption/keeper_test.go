//go:build linux

package adoption

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/test/stage"
)

// ending is a program that ends while there is no daemon.
type ending struct{ section, name, part, more string }

func (e ending) config() string {
	return fmt.Sprintf("[%s:%s]\ncommand=%s\nenvironment=%s=%q,ACCOUNT=\"$DIR/%s.account\",MARK=%q,CUE=\"$DIR/%s.cue\"\n"+
		"startsecs=0\nstdout_logfile=$DIR/%s.log\nstderr_logfile=$DIR/%s.err\n%s",
		e.section, e.name, os.Args[0], partVariable, e.part, e.name, e.name, e.name, e.name, e.name, e.more)
}

var endings = []ending{
	{"program", "plain", "speaker", ""},
	{"program", "merged", "speaker", "redirect_stderr=true\n"},
	{"program", "captured", "speaker", "stdout_capture_maxbytes=1MB\n"},
	{"program", "told", "speaker", "stdout_events_enabled=true\nstderr_events_enabled=true\n"},
	{"program", "done", "speaker", "exitcodes=0,7\nautorestart=unexpected\n"},
	{"program", "never", "speaker", "autorestart=false\n"},
	{"fcgi-program", "fcgi", "speaker", "socket=unix://$DIR/fcgi\n"},
}

// What programs write last while there is no daemon is in their logs, every line
// once, and their ends are noticed, with the exit code where the system tells it.
func TestLastWords(t *testing.T) {
	t.Parallel()
	config := head
	for _, e := range endings {
		config += e.config()
	}
	config += ending{"eventlistener", "ears", "listener", "events=PROCESS_COMMUNICATION\n"}.config()
	s := stage.New(t, config)
	for _, e := range endings {
		makeCue(t, s, e.name)
	}
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	before := awaitBeginnings(s)
	kill9(t, d)
	for _, e := range endings {
		giveCue(t, s, e.name)
		awaitEnd(t, before[e.name])
	}
	d = s.Start(p, nil)
	awaitSeconds(s, stage.TellsEnds())
	checkWords(t, s)
	s.Await("the event", func() bool { return s.Read("ears.account") == "goodbye\n" })
	checkEnds(t, s, before)
	end(t, d)
	nothingIsLeft(t, s)
}

// The same with a keeper that has been replaced, because somebody has killed it, and
// with upgrades before and after the daemon was killed.
func TestLastWordsAfterAll(t *testing.T) {
	t.Parallel()
	config := head
	for _, e := range endings {
		config += e.config()
	}
	config += ending{"eventlistener", "ears", "listener", "events=PROCESS_COMMUNICATION\n"}.config()
	s := stage.New(t, config)
	for _, e := range endings {
		makeCue(t, s, e.name)
	}
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	before := awaitBeginnings(s)
	upgrade := func() {
		t.Helper()
		if out := ctl(t, s, "upgrade"); !strings.HasPrefix(out, "Upgraded") {
			t.Fatalf("upgrade: %s\n%s", out, s.Read("supervisord.log"))
		}
	}
	first := awaitKeeper(t, s)
	upgrade()
	if now := keeperOf(t, s); now != first {
		t.Errorf("the keeper was %d, and after an upgrade it is %d", first, now)
	}
	kill9(t, d)
	d = s.Start(p, nil)
	s.Await("it answers", func() bool { return len(children(s)) == len(endings)+1 })
	if now := keeperOf(t, s); now != first {
		t.Errorf("the keeper was %d, and after a kill it is %d", first, now)
	}
	upgrade()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.Await("another keeper", func() bool { return strings.Contains(s.Read("supervisord.log"), "another one takes its place") })
	s.Await("it has its place", func() bool { return awaitKeeper(t, s) != first && !exists(s.Path("supervisord.state/keeper.new")) })
	kill9(t, d)
	for _, e := range endings {
		giveCue(t, s, e.name)
		awaitEnd(t, before[e.name])
	}
	d = s.Start(p, nil)
	awaitSeconds(s, stage.TellsEnds())
	upgrade()
	checkWords(t, s)
	s.Await("the event", func() bool { return s.Read("ears.account") == "goodbye\n" })
	checkEnds(t, s, before)
	end(t, d)
	nothingIsLeft(t, s)
}

// An event that a listener has processed while there was no daemon is not given to
// the next one, although that listener has ended.
func TestLastResult(t *testing.T) {
	t.Parallel()
	s := stage.New(t, head+ending{"eventlistener", "ears", "last listener", "events=REMOTE_COMMUNICATION\n"}.config())
	makeCue(t, s, "ears")
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	var before map[string]int
	s.Await("the listener", func() bool {
		state, pid := states(s)
		before = pid
		return state["ears"] == "RUNNING"
	})
	for _, data := range []string{"first", "second"} {
		if _, err := call(s, "supervisor.sendRemoteCommEvent", "test", data); err != nil {
			t.Fatal(err)
		}
	}
	s.Await("the first event", func() bool { return s.Read("ears.account") != "" })
	kill9(t, d)
	giveCue(t, s, "ears")
	awaitEnd(t, before["ears"])
	d = s.Start(p, nil)
	s.Await("the second event", func() bool { return strings.Contains(s.Read("ears.account"), "second") })
	if got := s.Read("ears.account"); got != "first\nsecond\n" {
		t.Errorf("the events came as %q", got)
	}
	end(t, d)
}

// Programs that begin and end all the time lose nothing either, whatever moment the
// daemon is killed in.
func TestKilledWhileProgramsComeAndGo(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	config := head
	beats := []ending{
		{"program", "b0", "beat", "autorestart=true\n"},
		{"program", "b1", "beat", "autorestart=true\nstdout_capture_maxbytes=1MB\n"},
		{"program", "b2", "beat", "autorestart=true\nstdout_logfile_maxbytes=20KB\nstdout_logfile_backups=100000\n"},
	}
	for _, b := range beats {
		config += b.config()
	}
	s := stage.New(t, config)
	p := stage.Programs(os.Getenv(programsVariable))
	d := s.Start(p, nil)
	count := func(name string) int {
		n, err := strconv.Atoi(s.Read(name + ".account"))
		if err != nil {
			return 0
		}
		return n
	}
	rounds := pick(8, 300)
	for range rounds {
		was := make(map[string]int)
		for _, b := range beats {
			was[b.name] = count(b.name)
		}
		s.Await("all go on", func() bool {
			for _, b := range beats {
				if count(b.name) == was[b.name] {
					return false
				}
			}
			return true
		})
		<-time.After(time.Duration(random.IntN(50_000)) * time.Microsecond)
		kill9(t, d)
		d = s.Start(p, nil)
	}
	s.Await("it answers", func() bool {
		_, err := call(s, "supervisor.stopAllProcesses")
		return err == nil
	})
	end(t, d)
	total := 0
	for _, b := range beats {
		total += checkBeats(t, s, b.name)
	}
	log := s.Read("supervisord.log")
	t.Logf("%d kills: %d lines of %d lives; %d ended while there was no daemon, %d in an unknown way", rounds, total,
		strings.Count(log, "spawned: "), strings.Count(log, "ended while there was no supervisord"), strings.Count(log, "exit status unknown"))
	if stage.TellsEnds() && strings.Contains(log, "exit status unknown") {
		t.Error("an exit status is unknown")
	}
	nothingIsLeft(t, s)
}

// checkBeats finds the lines of a program in its log: all of them, in order, once.
// One that was stopped in its midst has written more than it has counted.
func checkBeats(t *testing.T, s *stage.Stage, name string) int {
	t.Helper()
	counted, err := strconv.Atoi(s.Read(name + ".account"))
	if err != nil {
		t.Error(err)
	}
	next := 0
	for line := range strings.Lines(wholeLog(t, s.Path(name+".log"))) {
		if line != fmt.Sprintf("%s %d\n", name, next) {
			t.Errorf("%s: line %d is %q", name, next, line)
			return next
		}
		next++
	}
	if next < counted || next > counted+20 {
		t.Errorf("%s: %d lines are logged, %d were written", name, next, counted)
	}
	return next
}

func makeCue(t *testing.T, s *stage.Stage, name string) {
	t.Helper()
	if err := unix.Mkfifo(s.Path(name+".cue"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func giveCue(t *testing.T, s *stage.Stage, name string) {
	t.Helper()
	cue, err := os.OpenFile(s.Path(name+".cue"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	cue.Close()
}

// awaitEnd waits until a process is gone, which is collected by somebody else.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for end := time.Now().Add(stage.Patience); time.Now().Before(end); {
		if n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 1000); err == nil && n > 0 {
			return
		}
	}
	t.Fatalf("process %d does not end", pid)
}

// awaitBeginnings waits until all have begun to speak, and returns their pids.
func awaitBeginnings(s *stage.Stage) (pids map[string]int) {
	s.Await("all have begun", func() bool {
		for _, e := range endings {
			if s.Read(e.name+".log") == "" {
				return false
			}
		}
		state, pid := states(s)
		pids = pid
		return state["ears"] == "RUNNING" && state["plain"] == "RUNNING"
	})
	return pids
}

// again reports whether a program is to be started again.
func (e ending) again(known bool) bool { return e.name != "never" && (e.name != "done" || !known) }

// awaitSeconds waits until all that are started again have said so.
func awaitSeconds(s *stage.Stage, known bool) {
	s.Await("they are started again", func() bool {
		state, _ := states(s)
		for _, e := range endings {
			want := "EXITED"
			if e.again(known) {
				want = "RUNNING"
			}
			if state[e.name] != want || e.again(known) && !strings.HasSuffix(s.Read(e.name+".log"), "again\n") {
				return false
			}
		}
		return true
	})
}

// checkWords checks that every line is in its log, once. What came by stderr may be
// there a little later than what came by stdout.
func checkWords(t *testing.T, s *stage.Stage) {
	t.Helper()
	s.Await("the last words", func() bool {
		for _, e := range endings {
			name := e.name + ".err"
			if e.name == "merged" {
				name = e.name + ".log"
			}
			if !strings.Contains(s.Read(name), fmt.Sprintf("%s complains %d\n", e.name, lastLines-1)) {
				return false
			}
		}
		return true
	})
	for _, e := range endings {
		out, errs := e.name+" begins\n", ""
		for n := range lastLines {
			out += fmt.Sprintf("%s says %d\n", e.name, n)
			line := fmt.Sprintf("%s complains %d\n", e.name, n)
			if e.name == "merged" {
				out += line
			} else {
				errs += line
			}
		}
		if e.again(stage.TellsEnds()) {
			out += "again\n"
		}
		if got := s.Read(e.name + ".log"); got != out {
			t.Errorf("%s: stdout has %d bytes, want %d:\n%s", e.name, len(got), len(out), got)
		}
		if got := s.Read(e.name + ".err"); got != errs {
			t.Errorf("%s: stderr has %d bytes, want %d:\n%s", e.name, len(got), len(errs), got)
		}
	}
}

// checkEnds checks what the log says of those that have ended.
func checkEnds(t *testing.T, s *stage.Stage, pid map[string]int) {
	t.Helper()
	s.Await("the log tells of all ends", func() bool { return strings.Count(s.Read("supervisord.log"), "exited: ") >= len(endings) })
	log := s.Read("supervisord.log")
	for _, e := range endings {
		how := fmt.Sprintf("exited: %s (exit status %d; not expected)", e.name, lastCode)
		switch {
		case !stage.TellsEnds():
			how = fmt.Sprintf("exited: %s (exit status unknown; not expected)", e.name)
		case e.name == "done":
			how = fmt.Sprintf("exited: %s (exit status %d; expected)", e.name, lastCode)
		}
		for _, want := range []string{how, fmt.Sprintf("ended while there was no supervisord: '%s' with pid %d", e.name, pid[e.name])} {
			if strings.Count(log, want) != 1 {
				t.Errorf("the log says %d times %q:\n%s", strings.Count(log, want), want, log)
			}
		}
	}
}

// keeperOf returns the pid of the keeper of a stage: whoever else than the daemon
// and its programs has a pipe of theirs open. It is 0 if there is none.
func keeperOf(t *testing.T, s *stage.Stage) int {
	t.Helper()
	names, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		pid, err := strconv.Atoi(n.Name())
		if err != nil {
			continue
		}
		comm, err := os.ReadFile("/proc/" + n.Name() + "/comm")
		if err != nil || string(comm) != "keeper\n" {
			continue
		}
		for _, target := range descriptors(pid) {
			if strings.HasPrefix(target, s.Path("supervisord.state")+"/") {
				return pid
			}
		}
	}
	return 0
}

// awaitKeeper waits until there is a keeper that has something.
func awaitKeeper(t *testing.T, s *stage.Stage) (pid int) {
	t.Helper()
	s.Await("the keeper", func() bool {
		pid = keeperOf(t, s)
		return pid != 0
	})
	return pid
}

// descriptors returns what a process has open.
func descriptors(pid int) (targets []string) {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	names, _ := os.ReadDir(dir) // it may end at any time
	for _, n := range names {
		if target, err := os.Readlink(filepath.Join(dir, n.Name())); err == nil {
			targets = append(targets, target)
		}
	}
	return targets
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// end ends a daemon in the regular way.
func end(t *testing.T, d *stage.Daemon) {
	t.Helper()
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// nothingIsLeft checks that a regular end leaves no state and no keeper.
func nothingIsLeft(t *testing.T, s *stage.Stage) {
	t.Helper()
	if exists(s.Path("supervisord.state")) {
		t.Error("the state is left behind")
	}
	s.Await("the keeper has ended, too", func() bool { return keeperOf(t, s) == 0 })
	if log := s.Read("supervisord.log"); strings.Contains(log, "reaped unknown pid") {
		t.Errorf("the log knows of an unknown process:\n%s", log)
	}
}
