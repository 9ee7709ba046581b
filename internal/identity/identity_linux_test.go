package identity

import (
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
)

func TestLook(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "read x; exit 7")
	cmd.Env = []string{"A=1", "B="}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	p, err := Look(pid)
	if err != nil || p.Parent != os.Getpid() || p.Group != pid || p.Born == 0 || p.Ended() {
		t.Errorf("a living child: %+v, %v", p, err)
	}
	if self, err := Look(os.Getpid()); err != nil || self.Born > p.Born {
		t.Errorf("the test is younger than its child: %+v, %v", self, err)
	}
	if env, err := Environ(pid); err != nil || !slices.Contains(env, "A=1") || !slices.Contains(env, "B=") {
		t.Errorf("environment %q, %v", env, err)
	}
	if words, err := Command(pid); err != nil || words[0] != "/bin/sh" {
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

func TestBoot(t *testing.T) {
	a, err := Boot()
	b, _ := Boot()
	if err != nil || a == "" || a != b {
		t.Errorf("%q, %q, %v", a, b, err)
	}
}
