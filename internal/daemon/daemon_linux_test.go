package daemon

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The test binary is also a small daemon, whose role is its first argument.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "daemon" {
		os.Exit(m.Run())
	}
	launcher, detached := Detached()
	if !detached && strings.HasPrefix(os.Args[1], "detach") {
		code, err := Launch(os.Args, os.Environ())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	}
	os.Exit(role(launcher, os.Args[1], os.Args[2:]))
}

func role(launcher *Launcher, name string, args []string) (exitCode int) {
	switch name {
	case "detach-fail":
		fmt.Fprintln(os.Stderr, "Error: the port is taken")
		return 2
	case "detach-die":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "detach":
		return detach(launcher, args[0], args[1])
	case "limits":
		return limits(args)
	}
	return 99
}

// facts is what a detached daemon says about itself.
type facts struct {
	PID, Session, Umask int
	Descriptors         [3]string
	Args, Environ       []string
	Directory           string
}

// detach detaches, tells the facts to report, and ends when life does.
func detach(launcher *Launcher, report, life string) (exitCode int) {
	fmt.Fprintln(os.Stderr, "starting up")
	if err := launcher.Detach(0o027); err != nil {
		return 3
	}
	var f facts
	f.PID = os.Getpid()
	f.Session, _ = unix.Getsid(0)
	f.Umask = syscall.Umask(0)
	for fd := range f.Descriptors {
		f.Descriptors[fd], _ = os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	}
	f.Args, f.Environ = os.Args, os.Environ()
	f.Directory, _ = os.Getwd()
	out, err := os.OpenFile(report, os.O_WRONLY, 0)
	if err != nil {
		return 4
	}
	if err := json.NewEncoder(out).Encode(f); err != nil {
		return 5
	}
	in, err := os.Open(life)
	if err != nil {
		return 6
	}
	_, _ = io.Copy(io.Discard, in)
	return 0
}

// command returns the daemon in a role.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{Path: self, Args: append([]string{"daemon"}, args...), Env: []string{"A=B"}}
}

// outcome runs a command and returns what it printed and its exit code.
func outcome(t *testing.T, cmd *exec.Cmd) (output string, exitCode int) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// CLI-050, CLI-052: the launcher exits when the daemon is ready; the daemon has
// a session of its own, /dev/null for a terminal and the umask, and no trace of
// how it was launched is left.
func TestDetach(t *testing.T) {
	dir := t.TempDir()
	report, life := filepath.Join(dir, "report"), filepath.Join(dir, "life")
	for _, fifo := range []string{report, life} {
		if err := unix.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := command(t, "detach", report, life)
	if out, code := outcome(t, cmd); out != "starting up\n" || code != 0 {
		t.Fatalf("the launcher printed %q and exited with %d", out, code)
	}
	in, err := os.Open(report)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var f facts
	if err := json.NewDecoder(bufio.NewReader(in)).Decode(&f); err != nil {
		t.Fatal(err)
	}
	if f.PID == cmd.Process.Pid || f.Session != f.PID || f.Umask != 0o027 {
		t.Errorf("pid %d, session %d, umask %#o", f.PID, f.Session, f.Umask)
	}
	for fd, name := range f.Descriptors {
		if name != "/dev/null" {
			t.Errorf("descriptor %d is %s", fd, name)
		}
	}
	if got, want := fmt.Sprint(f.Args, f.Environ), fmt.Sprint(cmd.Args, cmd.Env); got != want {
		t.Errorf("arguments and environment are %s, want %s", got, want)
	}
	if here, err := os.Getwd(); f.Directory != here || err != nil {
		t.Errorf("the daemon is in %q, we are in %q, %v", f.Directory, here, err)
	}
	end, err := os.OpenFile(life, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	end.Close()
}

// CLI-055: a start-up that fails does so in front of the user.
func TestDetachFails(t *testing.T) {
	if out, code := outcome(t, command(t, "detach-fail")); out != "Error: the port is taken\n" || code != 2 {
		t.Errorf("the launcher printed %q and exited with %d", out, code)
	}
	if _, code := outcome(t, command(t, "detach-die")); code == 0 {
		t.Error("the launcher of a daemon that was killed exits with 0")
	}
}

// A daemon that nobody waits for any more was not wanted.
func TestDetachWithoutLauncher(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "detach", "/nonexistent", "/nonexistent")
	cmd.Env = append(cmd.Env, readyVariable+"=3")
	cmd.ExtraFiles = []*os.File{w}
	r.Close()
	if _, code := outcome(t, cmd); code != 3 {
		t.Errorf("the daemon exits with %d", code)
	}
	w.Close()
}

func TestNotDetached(t *testing.T) {
	if _, ok := Detached(); ok {
		t.Error("a test is a detached daemon")
	}
	t.Setenv(readyVariable, "nonsense")
	if _, ok := Detached(); ok {
		t.Error("nonsense makes a detached daemon")
	}
	if _, found := os.LookupEnv(readyVariable); found {
		t.Error("the variable is still there")
	}
}
