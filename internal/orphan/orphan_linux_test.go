package orphan

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/identity"
)

// The test's own process plays every part.
func TestMain(m *testing.M) {
	switch os.Getenv("ORPHAN_TEST_PART") {
	case "":
		os.Exit(m.Run())
	case "daemon": // what Find says to a daemon that starts now, and has just started a program
		child := exec.Command("/bin/sleep", "600")
		child.Env = []string{"SUPERVISOR_SERVER_URL=" + os.Getenv("ORPHAN_TEST_URL"), "SUPERVISOR_GROUP_NAME=g", "SUPERVISOR_PROCESS_NAME=own"}
		if err := child.Start(); err != nil {
			fmt.Println(err)
			return
		}
		defer child.Process.Kill()
		become(child.Process.Pid, os.Args[0])
		mine := func(url, group, process string) bool { return url == os.Getenv("ORPHAN_TEST_URL") }
		found, err := Find(os.Getpid(), mine)
		fmt.Println(found, err)
	case "first": // the first process of a container, with a child that it has just started
		firstFinds()
	}
}

func firstFinds() {
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	child := exec.Command("/bin/sleep", "600")
	child.Env = []string{"SUPERVISOR_SERVER_URL=u", "SUPERVISOR_GROUP_NAME=g", "SUPERVISOR_PROCESS_NAME=own"}
	if err := child.Start(); err != nil {
		fmt.Println(err)
		return
	}
	become(child.Process.Pid, os.Args[0])
	found, err := Find(os.Getpid(), func(string, string, string) bool { return true })
	fmt.Println(found, err)
}

// become waits until a process is another program than the one that has made it, of
// the given name. In the midst of an execve(2) it has neither a command line nor an
// environment, and is nothing that could be found.
func become(pid int, from string) {
	var r identity.Reader
	for p, err := r.Look(pid); err == nil && !p.Ended(); p, err = r.Look(pid) {
		words, err := r.Command(pid)
		if err != nil || words[0] == "" || words[0] == from {
			continue
		}
		if env, err := r.Environ(pid); err != nil || len(env) > 0 {
			return
		}
	}
}

// leave starts a shell script that prints the pids of what it leaves behind, none of
// which is called /bin/sh in the end.
func leave(t *testing.T, url, name, script string) []int {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Env = append(os.Environ(), "SUPERVISOR_SERVER_URL="+url, "SUPERVISOR_GROUP_NAME=g", "SUPERVISOR_PROCESS_NAME="+name)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, word := range strings.Fields(line) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
		become(pid, "/bin/sh")
	}
	if strings.Contains(script, "wait") {
		t.Cleanup(func() { end(); _ = cmd.Wait() })
		return append(pids, cmd.Process.Pid)
	}
	t.Cleanup(end) // its pid is nobody else's as long as there is one of its group
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return pids
}

// find returns what a daemon that starts now is told.
func find(t *testing.T, url string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "GORACE=atexit_sleep_ms=0", "ORPHAN_TEST_PART=daemon", "ORPHAN_TEST_URL="+url), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

const quiet = ">/dev/null 2>&1 </dev/null"

func TestFind(t *testing.T) {
	url := "unix://" + t.TempDir() + "/s"
	left := leave(t, url, "worker", "sleep 600 "+quiet+" & echo $!")
	family := leave(t, url, "family", "sh -c 'sleep 600 & sleep 600' "+quiet+" & echo $!")
	leave(t, url+"x", "other", "sleep 600 "+quiet+" & echo $!")

	// One that a supervisord looks after, and one of that supervisord's own.
	name := t.TempDir() + "/supervisord"
	if err := os.WriteFile(name, []byte("#!/bin/sh\nsleep 600 "+quiet+" &\necho $!\nwait\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	leave(t, url, "cared", name+" & wait")

	got := find(t, url)
	for _, pid := range []int{left[0], family[0]} {
		if !strings.Contains(got, "{"+strconv.Itoa(pid)+" g ") {
			t.Errorf("%d is missing in %s", pid, got)
		}
	}
	if n := strings.Count(got, "{"); n > 3 { // the script that stands for a daemon is one of its own
		t.Errorf("too many: %s", got)
	}
	if strings.Contains(got, "own") {
		t.Errorf("its own program is called left over: %s", got)
	}
	if strings.Contains(got, "other") {
		t.Errorf("another daemon's: %s", got)
	}
	// A daemon that is itself a child of the same name is no leftover, nor is
	// what it was started by.
	if got := find(t, url, "SUPERVISOR_SERVER_URL="+url, "SUPERVISOR_GROUP_NAME=g", "SUPERVISOR_PROCESS_NAME=me"); strings.Contains(got, "me ") {
		t.Errorf("itself: %s", got)
	}
}

// The first process of a container, where every start time is that of the daemon
// or later, told its own first programs to be killed as left over.
func TestFirstProcessHasNoOrphans(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("making a container needs root")
	}
	for range 20 { // the child is of the same tick as its parent most of the time, not always
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "ORPHAN_TEST_PART=first", "GORACE=atexit_sleep_ms=0")
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:   syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
			Unshareflags: syscall.CLONE_NEWNS, // which makes the mounts private
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Skipf("cannot make a container: %v: %s", err, out)
		}
		if got, want := string(out), "[] <nil>\n"; got != want {
			t.Fatalf("found %s, want %s", got, want)
		}
	}
}

func TestAlive(t *testing.T) {
	pid := leave(t, "url", "worker", "sleep 600 "+quiet+" & echo $!")[0]
	found, err := Find(os.Getpid(), func(string, string, string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(found, func(o Orphan) bool { return o.PID == pid }) {
		t.Error("a process that is younger than the daemon was named")
	}
	o := Orphan{PID: os.Getpid(), born: 1}
	if o.Alive() {
		t.Error("a pid that has been given to somebody else counts as alive")
	}
}
