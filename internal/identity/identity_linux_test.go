package identity

import (
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// start starts a command that says a line when it runs, waits for that line, and
// returns its standard input. Before it, the kernel may still be in the middle of the
// execve, where a process has neither words nor environment.
func start(t *testing.T, cmd *exec.Cmd) io.Closer {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestLook(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "echo; read x; exit 7")
	cmd.Env = []string{"A=1", "B="}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	in := start(t, cmd)
	pid := cmd.Process.Pid
	p, err := Look(pid)
	if err != nil || p.Parent != os.Getpid() || p.Group != pid || p.Session != pid || p.Born == 0 || p.Ended() {
		t.Errorf("a living child: %+v, %v", p, err)
	}
	if self, err := Look(os.Getpid()); err != nil || self.Born > p.Born {
		t.Errorf("the test is younger than its child: %+v, %v", self, err)
	}
	var r Reader
	if env, err := r.Environ(pid); err != nil || string(env) != "A=1\x00B=\x00" {
		t.Errorf("environment %q, %v", env, err)
	}
	if words, err := r.Command(pid); err != nil || words[0] != "/bin/sh" {
		t.Errorf("command %q, %v", words, err)
	}
	if all, err := All(); err != nil || !slices.Contains(all, pid) {
		t.Errorf("it is not among all, %v", err)
	}
	in.Close()
	// It ends, and stays in the table until it is collected.
	for p.State != 'Z' {
		if p, err = Look(pid); err != nil {
			t.Fatal(err)
		}
	}
	if p.Status != 7<<8 && p.Status != 0 {
		t.Errorf("status %#x, want 7 as wait(2) tells it", p.Status)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("waited: %v", err)
	}
	if _, err := Look(pid); !os.IsNotExist(err) {
		t.Errorf("one that is gone: %v", err)
	}
}

// What a Reader reads is whole, however often it grows, and not mixed with what it
// read before.
func TestReader(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "echo; read x")
	long := "LONG=" + strings.Repeat("x", 100_000)
	cmd.Env = []string{long, "LAST=1"}
	in := start(t, cmd)
	defer cmd.Wait()
	defer in.Close()
	var r Reader
	for range 3 {
		if env, err := r.Environ(cmd.Process.Pid); err != nil || string(env) != long+"\x00LAST=1\x00" {
			t.Fatalf("%d bytes of environment, %v", len(env), err)
		}
		if p, err := r.Look(cmd.Process.Pid); err != nil || p.Parent != os.Getpid() {
			t.Fatalf("%+v, %v", p, err)
		}
		if words, err := r.Command(cmd.Process.Pid); err != nil || !slices.Equal(words, cmd.Args) {
			t.Fatalf("%q, %v", words, err)
		}
	}
}

func TestBoot(t *testing.T) {
	a, err := Boot()
	b, _ := Boot()
	if err != nil || a == "" || a != b {
		t.Errorf("%q, %q, %v", a, b, err)
	}
}

// The name of a program may look like anything, and a line may be cut.
func TestParse(t *testing.T) {
	line := "42 (a) b (c)) S 7 43 44 0 -1 4194560 103 0 0 0 12 30 5 6 20 0 1 0 987 5722112 250 1"
	if p, err := parse(42, []byte(line)); err != nil || p != (Process{PID: 42, Parent: 7, Group: 43, Session: 44, State: 'S', Born: 987}) {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := parse(42, []byte(line[:len("42 (a) b (c)) S 7 43 44 0")])); err == nil {
		t.Errorf("half a line: %+v", p)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("42 (a) b (c)) S 7 42 42 0 -1 4194560 103 0 0 0 12 30 5 6 20 0 1 0 987 5722112 250 1\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, line []byte) {
		if p, err := parse(1, line); err != nil && p != (Process{}) {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
