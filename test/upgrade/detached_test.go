//go:build linux

package upgrade

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A daemon that has left its terminal hands over what it was started with, and not the
// pipe to whoever has waited for it, whose number may be anything's by now.
func TestDetached(t *testing.T) {
	s := newStage(t, "[program:cat]\ncommand=/bin/cat\n")
	cmd := exec.Command(program("plain"), "-c", s.Path("supervisord.conf"))
	cmd.Dir, cmd.Env = s.Dir, s.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.Await("its pid file", func() bool { return strings.HasSuffix(s.Read("supervisord.pid"), "\n") })
	pid, err := strconv.Atoi(strings.TrimSpace(s.Read("supervisord.pid")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGTERM) })
	for n := 1; n <= 3; n++ {
		if err := syscall.Kill(pid, syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		s.Await("it is upgraded", func() bool {
			return strings.Contains(s.Read("supervisord.log"), fmt.Sprintf("(upgrade %d)", n))
		})
	}
	newCaller(t, s).call("getPID") // it has begun
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(fds) == 0 {
		t.Fatalf("it has no descriptors: %v", err)
	}
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err == nil && strings.HasPrefix(target, program("plain")) {
			t.Errorf("%s is its program", fd)
		}
	}
	if log := s.Read("supervisord.log"); strings.Contains(log, "cannot upgrade") {
		t.Errorf("the log:\n%s", log)
	}
}
