package procstat

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParseStat(t *testing.T) {
	const line = "42 (a) b (c)) S 7 42 42 0 -1 4194560 103 0 0 0 12 30 5 6 20 0 1 0 987 5722112 250 18446744073709551615 1 1\n"
	p, ok := parseStat([]byte(line), 4096)
	want := process{parent: 7, born: 987, used: 420 * time.Millisecond, memory: 250 * 4096}
	if !ok || p != want {
		t.Errorf("%+v, %v; want %+v", p, ok, want)
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("42 (cat) S 7 42 42 0 -1 4194560 103 0 0 0 12 30 5 6 20 0 1 0 987 5722112 250 1\n"))
	f.Add([]byte("42 (cat"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, line []byte) {
		if p, ok := parseStat(line, 1); !ok && p != (process{}) {
			t.Errorf("what could not be read is %+v", p)
		}
	})
}

// The test itself, and a child of it, as the system shows them.
func TestMeasure(t *testing.T) {
	child := exec.Command("/bin/cat")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Skip("no program to run:", err)
	}
	awaitMemory(t, child.Process.Pid)
	var m Meter
	first, err := m.Measure([]int{os.Getpid(), child.Process.Pid, 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	for end := used(t) + 50*time.Millisecond; used(t) < end; { // something to measure, which takes longer if others compute
	}
	second, err := m.Measure([]int{os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 2 || first[os.Getpid()].Own.CPU != 0 || first[child.Process.Pid].Own.Memory == 0 {
		t.Errorf("at first there is %+v", first)
	}
	if own := second[os.Getpid()]; own.Own.Memory < 1<<20 || own.Processes < 2 || own.Tree.Memory <= own.Own.Memory {
		t.Errorf("the test is %+v, with a child", own)
	}
	if own := second[os.Getpid()]; own.Own.CPU <= 0 {
		t.Errorf("a loop used %v processors", own.Own.CPU)
	}
	if err := stdin.Close(); err != nil {
		t.Error(err)
	}
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}

// awaitMemory waits until a process that has just been started has memory: in the
// moment of an execve it has next to none, and many processors count what it gets
// for themselves before they tell.
func awaitMemory(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; {
		var m Meter
		usage, err := m.Measure([]int{pid})
		if err != nil {
			t.Fatal(err)
		}
		if usage[pid].Own.Memory > 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("process %d has no memory", pid)
		}
	}
}

// used returns the processor time of this process.
func used(t *testing.T) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A process that has ended is gone at the next look, its file closed, and one that
// has its pid since is another.
func TestOften(t *testing.T) {
	var m Meter
	m.Often()
	defer m.Close()
	if m.eye.most == 0 {
		t.Skip("this system allows too few open files")
	}
	child := exec.Command("/bin/cat")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Skip("no program to run:", err)
	}
	pids := []int{os.Getpid(), child.Process.Pid}
	for range 2 {
		if usage, err := m.Measure(pids); err != nil || len(usage) != 2 {
			t.Fatalf("the usage is %+v, %v", usage, err)
		}
	}
	if err := stdin.Close(); err != nil {
		t.Error(err)
	}
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
	// As if this process now had a pid that belonged to the child before.
	m.eye.kept[pids[0]], m.eye.kept[pids[1]] = m.eye.kept[pids[1]], m.eye.kept[pids[0]]
	usage, err := m.Measure(pids)
	if _, kept := m.eye.kept[pids[1]]; err != nil || len(usage) != 1 || kept {
		t.Errorf("after the end of the child the usage is %+v, %v; its file is open: %v", usage, err, kept)
	}
	m.Close()
	if len(m.eye.kept) != 0 {
		t.Errorf("%d files are open after the end", len(m.eye.kept))
	}
	if _, err := m.Measure(pids); err != nil || len(m.eye.kept) != 0 {
		t.Errorf("used again, it keeps %d files: %v", len(m.eye.kept), err)
	}
}

// What is kept has bounds.
func TestOftenIsBounded(t *testing.T) {
	e := eye{most: 1, kept: make(map[int]int)}
	defer e.close()
	if all, err := e.look(0); err != nil || len(all) < 2 || len(e.kept) != 1 {
		t.Errorf("%d processes seen, %d files kept: %v", len(all), len(e.kept), err)
	}
}

func BenchmarkLook(b *testing.B) {
	var e eye
	for b.Loop() {
		if _, err := e.look(1000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStare(b *testing.B) {
	var e eye
	e.stare()
	defer e.close()
	for b.Loop() {
		if _, err := e.look(1000); err != nil {
			b.Fatal(err)
		}
	}
}
