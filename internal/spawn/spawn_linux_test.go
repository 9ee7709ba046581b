package spawn

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"supervisor/internal/privilege"
)

// PRO-047: the descriptors that the supervisor was started with are not the
// children's.
func TestOnlyThreeDescriptors(t *testing.T) {
	leaky, err := unix.Open("/dev/null", unix.O_RDONLY, 0) // without O_CLOEXEC
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(leaky)
	s := spawner(t)
	spec := sh(`for f in /proc/$$/fd/*; do test -e $f && echo ${f##*/}; done`)
	for name, run := range ways {
		if out, _, _ := run(t, s, spec); out != "0\n1\n2\n" {
			t.Errorf("%s: open descriptors %q", name, out)
		}
	}
}

// Many starts at once do not leave each other's pipes to each other's children.
func TestOnlyThreeDescriptorsInACrowd(t *testing.T) {
	s := spawner(t)
	spec := sh(`for f in /proc/$$/fd/*; do test -e $f && echo ${f##*/}; done`)
	const crowd = 40
	outputs := make(chan string, crowd)
	var running sync.WaitGroup
	for i := range crowd {
		run := run
		if i%4 == 0 {
			run = runStaged
		}
		running.Go(func() {
			out, _, _ := run(t, s, spec)
			outputs <- out
		})
	}
	running.Wait()
	close(outputs)
	for out := range outputs {
		if out != "0\n1\n2\n" {
			t.Errorf("open descriptors %q", out)
		}
	}
}

// An older kernel has no close_range(2).
func TestCloseOnExecOneByOne(t *testing.T) {
	leaky, err := unix.Open("/dev/null", unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(leaky)
	closeOnExecIn("/proc/self/fd")
	if flags, err := unix.FcntlInt(uintptr(leaky), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("the descriptor's flags are %#x, %v", flags, err)
	}
}

// PRO-068: no signal is ignored or blocked, SIGPIPE least of all.
func TestDefaultSignals(t *testing.T) {
	s := spawner(t)
	spec := Spec{Path: "/bin/cat", Args: []string{"cat", "/proc/self/status"}}
	for name, run := range ways {
		out, _, _ := run(t, s, spec)
		for _, key := range []string{"SigIgn", "SigBlk"} {
			mask, err := strconv.ParseUint(line(t, out, key), 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			// 32 and 33 belong to the C library; GNU make leaves them ignored
			// in all that it runs.
			if mask&^(1<<(32-1)|1<<(33-1)) != 0 {
				t.Errorf("%s: %s is %x", name, key, mask)
			}
		}
	}
}

func TestStageLeavesNoTrace(t *testing.T) {
	s := spawner(t)
	out, _, _ := runStaged(t, s, Spec{Path: "/bin/cat", Args: []string{"dog", "/proc/self/cmdline", "/proc/self/environ"}, Env: []string{"A=B"}})
	if want := "dog\x00/proc/self/cmdline\x00/proc/self/environ\x00A=B\x00"; out != want {
		t.Errorf("arguments and environment are %q, want %q", out, want)
	}
}

// The program gets the limit of open files that we have, stage or not.
func TestLimitOfFiles(t *testing.T) {
	s := spawner(t)
	limits := map[string]bool{}
	for _, run := range ways {
		out, _, _ := run(t, s, sh("ulimit -Sn"))
		limits[out] = true
	}
	if len(limits) != 1 {
		t.Errorf("limits differ: %v", limits)
	}
}

// The identity of a child for whoever finds it again.
func TestStartTime(t *testing.T) {
	s := spawner(t)
	c := start(t, s, sh("cat"))
	if got := c.StartTime(); got < startTime(os.Getpid()) || got != c.StartTime() || got == 0 {
		t.Errorf("the child began at %d, we at %d", got, startTime(os.Getpid()))
	}
	collectAll(t, s, c)
	if got := c.StartTime(); got != 0 {
		t.Errorf("a reaped child began at %d", got)
	}
}

// The umask of a child is set on a thread of its own, which goes away.
func TestUmaskThreadsEnd(t *testing.T) {
	fewProcessors(t)
	s := spawner(t)
	ours := umask()
	mask := uint32(ours ^ 0o077)
	spec := sh("")
	spec.Umask = &mask
	run(t, s, spec)
	before := threads(t)
	for range 50 {
		run(t, s, spec)
	}
	if after := threads(t); after > before+10 {
		t.Errorf("%d threads before 50 children with an umask, %d after", before, after)
	}
	if now := umask(); now != ours {
		t.Errorf("the umask of the supervisor is %#o, it was %#o; that of the children is %#o", now, ours, mask)
	}
}

func umask() int {
	old := syscall.Umask(0)
	syscall.Umask(old)
	return old
}

// PRO-053: the account's uid, primary group and supplementary groups.
func TestUser(t *testing.T) {
	needRoot(t)
	s := spawner(t)
	uid := nobody
	spec := sh("id -u; id -g; id -G; grep -E '^[UG]id' /proc/self/status")
	spec.UID = &uid
	to, err := privilege.Lookup(uid)
	if err != nil {
		t.Fatal(err)
	}
	ids := func(id uint32) string { return strings.TrimSuffix(strings.Repeat(fmt.Sprint(id, "\t"), 4), "\t") }
	want := fmt.Sprintf("%d\n%d\n%s\nUid:\t%s\nGid:\t%s\n", uid, to.Gid,
		strings.Trim(fmt.Sprint(to.Groups), "[]"), ids(to.Uid), ids(to.Gid))
	for name, run := range ways {
		if out, errs, _ := run(t, s, spec); out != want {
			t.Errorf("%s: the child is %q, %q; want %q", name, out, errs, want)
		}
	}
}

// A dead child that may be that of a fork under way is left alone until the
// fork is done, and does not keep the known ones from being reaped.
func TestForkUnderWay(t *testing.T) {
	s := spawner(t)
	s.beginFork()
	pid, err := syscall.ForkExec("/bin/true", []string{"true"}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Setpgid: true}})
	if err != nil {
		t.Fatal(err)
	}
	late := &Child{PID: pid, spawner: s}
	exited := make(chan Exit, 2)
	late.OnExit(func(e Exit) { exited <- e })
	waitDead(t, pid)
	// The kernel shows the oldest dead child first, so this one is behind.
	known := start(t, s, sh("read x"))
	known.Stdin.Close()
	ended(t, known)
	if len(exited) > 0 {
		t.Error("the end has overtaken the fork")
	}
	s.endFork(late)
	if e := receive(t, exited); e.PID != pid {
		t.Errorf("reaped %d, want %d", e.PID, pid)
	}
}

// PRO-059: PID 1 inherits the children of its dead children, and so does a
// subreaper.
func TestOrphans(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	orphans := make(chan Exit, 10)
	s, err := New(func(e Exit) { orphans <- e })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := start(t, s, sh(`exec 3<&0; { read x <&3; exit 7; } & echo $!`))
	lines := make(chan string, 10)
	p := s.Pump(c.Stdout, Eager, func(chunk []byte) { lines <- string(chunk) })
	pid := receive(t, lines)
	ended(t, c)
	p.Finish()
	if len(orphans) > 0 {
		t.Errorf("orphan %+v before its end", <-orphans)
	}
	c.Stdin.Close()
	c.Stderr.Close()
	if e := receive(t, orphans); fmt.Sprintln(e.PID) != pid || Describe(e.Status) != "exit status 7" {
		t.Errorf("orphan %d ended with %s; want %s with exit status 7", e.PID, Describe(e.Status), pid)
	}
}

// The number of threads does not grow with that of children, idle or not.
func TestThreads(t *testing.T) {
	fewProcessors(t)
	s := spawner(t)
	before, fds := threads(t), countFDs(t)
	children := make([]*Child, 200)
	pumps := make([]*Pump, len(children))
	for i := range children {
		children[i] = start(t, s, Spec{Path: "/bin/cat", Args: []string{"cat"}, MergeStderr: true})
		pumps[i] = s.Pump(children[i].Stdout, Eager, func([]byte) {})
	}
	if now := threads(t); now > before+16 {
		t.Errorf("%d threads without children, %d with %d", before, now, len(children))
	}
	for i, c := range children {
		c.Stdin.Close()
		ended(t, c)
		pumps[i].Finish()
	}
	if now := countFDs(t); now > fds {
		t.Errorf("%d descriptors before, %d after", fds, now)
	}
}

// fewProcessors has the runtime need no more threads than on a small machine: it has
// one for each processor as soon as there is something to do for all of them.
func fewProcessors(t *testing.T) {
	t.Helper()
	all := runtime.GOMAXPROCS(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(all) })
}

func threads(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(line(t, string(status), "Threads"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// line returns the value of a line "key: value" in a text.
func line(t *testing.T, text, key string) string {
	t.Helper()
	for _, l := range strings.Split(text, "\n") {
		if value, ok := strings.CutPrefix(l, key+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatalf("no %s in %q", key, text)
	return ""
}

// waitDead waits until a child is a zombie, without reaping it.
func waitDead(t *testing.T, pid int) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) }()
	if err := receive(t, done); err != nil {
		t.Fatalf("waiting for %d: %v", pid, err)
	}
}

// Starts leave descriptors for clients and for logs that are rotated: when there
// are no more of them to have, nobody could be told why nothing starts.
func TestStartsLeaveDescriptors(t *testing.T) {
	for _, test := range []struct {
		limit, dir string // of pipes that have names
		least      int
	}{
		{"200", "", spareDescriptors},
		{"200", t.TempDir(), spareDescriptors},
		{"60", "", 60 / 4},
	} {
		t.Run(test.limit, func(t *testing.T) {
			spec := self(t, "crowd", test.limit, test.dir)
			cmd := exec.Command(spec.Path)
			cmd.Args, cmd.Env = spec.Args, spec.Env
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			text, found := strings.CutPrefix(string(out), "cannot make what a child needs: "+unix.EMFILE.Error()+" true ")
			free, err := strconv.Atoi(strings.TrimSpace(text))
			const ofOneStart = 6 // that could not have all it wanted
			if !found || err != nil || free < test.least || free > test.least+ofOneStart {
				t.Errorf("%q; want %d descriptors, or a few more", out, test.least)
			}
		})
	}
}
