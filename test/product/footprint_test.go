//go:build linux

package product

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/test/stage"
)

// running is a daemon in the foreground whose log the test reads.
type running struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  *bufio.Scanner
	proc string // its directory in /proc
}

// startPlain starts a daemon as users get it, with a configuration of programs.
func startPlain(t *testing.T, programConfig string) *running {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "supervisord.conf")
	text := "[supervisord]\nlogfile=/dev/null\npidfile=" + dir + "/pid\nchildlogdir=" + dir + "\n" + programConfig
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(programs("plain"), "supervisord"), "-n", "-c", config)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WORK="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := endAll(dir); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // it was killed
	})
	return &running{t, cmd, bufio.NewScanner(out), fmt.Sprintf("/proc/%d", cmd.Process.Pid)}
}

// read reads the log until n more lines contain the text.
func (d *running) read(n int, text string) {
	d.t.Helper()
	for n > 0 && d.log.Scan() {
		if strings.Contains(d.log.Text(), text) {
			n--
		}
	}
	if n > 0 {
		d.t.Fatalf("the log ended while %d more times %q were awaited: %v", n, text, d.log.Err())
	}
}

// stop shuts the daemon down.
func (d *running) stop() {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	for d.log.Scan() {
	}
	if err := d.cmd.Wait(); err != nil {
		d.t.Error(err)
	}
}

// field returns a number of /proc/PID/status, or of that of a thread.
func field(t *testing.T, dir, name string) int {
	t.Helper()
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := bytes.Cut(status, []byte("\n"+name+":"))
	words := bytes.Fields(rest)
	if !ok || len(words) == 0 {
		t.Fatalf("no %s in\n%s", name, status)
	}
	n, err := strconv.Atoi(string(words[0]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// count returns the number of entries of a directory.
func count(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// zombies returns how many children of the daemon are dead and not reaped.
func (d *running) zombies() (n int) {
	d.t.Helper()
	children, err := filepath.Glob(d.proc + "/task/*/children")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, file := range children {
		pids, _ := os.ReadFile(file)
		for _, pid := range strings.Fields(string(pids)) {
			status, _ := os.ReadFile("/proc/" + pid + "/status")
			if strings.Contains(string(status), "\nState:\tZ") {
				n++
			}
		}
	}
	return n
}

// A program that was restarted ten thousand times has cost nothing that stays.
func TestRestartsCostNothing(t *testing.T) {
	t.Parallel()
	d := startPlain(t, `
[program:mayfly]
command=true
autorestart=true
startsecs=0
numprocs=4
process_name=%(program_name)s_%(process_num)d
stdout_logfile=NONE
stderr_logfile=NONE
`)
	measure := func() (memory, threads, descriptors int) {
		return field(t, d.proc, "RssAnon"), field(t, d.proc, "Threads"), count(t, d.proc+"/fd")
	}
	d.read(2_000, "spawned: 'mayfly_")
	memory, threads, descriptors := measure()
	d.read(8_000, "spawned: 'mayfly_")
	memoryAfter, threadsAfter, descriptorsAfter := measure()
	t.Logf("after 2,000 restarts and after 10,000: %d and %d kB, %d and %d threads, %d and %d descriptors",
		memory, memoryAfter, threads, threadsAfter, descriptors, descriptorsAfter)

	// The collector lets the heap double before it looks: a heap of 2 MB is
	// 4 MB for a moment. One KB a restart would be twice the slack.
	if memoryAfter > memory+4096 {
		t.Errorf("memory grew from %d to %d kB", memory, memoryAfter)
	}
	// Each of four processes has four pipes or fewer open, or none.
	if descriptorsAfter > descriptors+16 {
		t.Errorf("descriptors grew from %d to %d", descriptors, descriptorsAfter)
	}
	if threadsAfter > maxThreads {
		t.Errorf("%d threads", threadsAfter)
	}
	// A child may be dead for the moment that it takes to notice: not more than
	// there are processes.
	if n := d.zombies(); n > 4 {
		t.Errorf("%d zombies", n)
	}
	d.stop()
}

// maxThreads is how many threads the daemon may have, however many children.
const maxThreads = 16

func TestThreadsDoNotGrowWithChildren(t *testing.T) {
	t.Parallel()
	for _, children := range []int{10, 200, 1000} {
		t.Run(strconv.Itoa(children), func(t *testing.T) {
			stage.RequireDescriptors(t, uint64(4*children))
			d := startPlain(t, fmt.Sprintf(`
[program:sleeper]
command=sleep 1000000
startsecs=0
numprocs=%d
process_name=%%(program_name)s_%%(process_num)d
stdout_logfile=NONE
stderr_logfile=NONE
`, children))
			d.read(children, "entered RUNNING state")
			threads := field(t, d.proc, "Threads")
			t.Logf("%d threads, %d kB", threads, field(t, d.proc, "VmRSS"))
			if threads > maxThreads {
				t.Errorf("%d threads for %d children", threads, children)
			}
			d.stop()
		})
	}
}

// Whoever has nothing to do sleeps. The switches of all threads are what the
// kernel counts when one goes to sleep, so it has woken up before.
func TestIdleDaemonSleeps(t *testing.T) {
	t.Parallel()
	const (
		children = 100
		window   = 10 * time.Second
		// The runtime looks after itself for a while after the start, and then
		// every two minutes. Once a second would be ten, once a second and child
		// a thousand.
		handful = 8
	)
	d := startPlain(t, fmt.Sprintf(`
[program:sleeper]
command=sleep 1000000
startsecs=0
numprocs=%d
process_name=%%(program_name)s_%%(process_num)d
`, children))
	d.read(children, "entered RUNNING state")
	fewest := -1
	// What still settles disturbs the first window only; a daemon that polls is
	// awake in each.
	for range 3 {
		before := d.sleeps()
		<-time.After(window)
		n := d.sleeps() - before
		t.Logf("%d wake-ups in %v", n, window)
		if fewest < 0 || n < fewest {
			fewest = n
		}
		if fewest <= handful {
			break
		}
	}
	if fewest > handful {
		t.Errorf("%d wake-ups in %v while nothing happened", fewest, window)
	}
	d.stop()
}

// sleeps returns how often any thread of the daemon went to sleep.
func (d *running) sleeps() (n int) {
	d.t.Helper()
	threads, err := os.ReadDir(d.proc + "/task")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, thread := range threads {
		n += field(d.t, filepath.Join(d.proc, "task", thread.Name()), "voluntary_ctxt_switches")
	}
	return n
}
