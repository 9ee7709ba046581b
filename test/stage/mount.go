//go:build linux

package stage

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// Mount has a script of root, in which $DIR is replaced, mount something where only
// what is started by words will see it. What is at a path for them the test finds
// behind root. The test is skipped where that cannot be.
func (s *Stage) Mount(script string) (root string, words []string) {
	s.t.Helper()
	if os.Getuid() != 0 {
		s.t.Skip("only root can mount")
	}
	keeper := exec.Command("unshare", "-m", "sh", "-ec", strings.ReplaceAll(script, "$DIR", s.Dir)+"\necho ready; exec cat")
	keeper.Stderr = os.Stderr
	stdin, err := keeper.StdinPipe() // closed when this process ends, and so does the keeper
	if err != nil {
		s.t.Fatal(err)
	}
	stdout, err := keeper.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := keeper.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		stdin.Close()
		_ = keeper.Wait() // whatever it says
	})
	if word, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		s.t.Skipf("this machine lets nobody mount: %q, %v", word, err)
	}
	pid := strconv.Itoa(keeper.Process.Pid)
	return fmt.Sprintf("/proc/%s/root", pid), []string{"nsenter", "-m", "-t", pid}
}

// Fill fills a disk to the last byte, by one file.
func (s *Stage) Fill(path string) {
	s.t.Helper()
	file, err := os.Create(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	for size := 64 << 10; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				s.t.Fatal(err)
			}
			size /= 2
		}
	}
}
