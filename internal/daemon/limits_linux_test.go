package daemon

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// limits acts as a daemon does at its start and prints its messages and the
// limits that its children have. The arguments are minfds, minprocs, and the
// soft and hard limit of processes to begin with.
func limits(args []string) (exitCode int) {
	RestoreNOFILE()
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(args[i])
	}
	if err := syscall.Setrlimit(unix.RLIMIT_NPROC, &syscall.Rlimit{Cur: uint64(n[2]), Max: uint64(n[3])}); err != nil {
		fmt.Println(err)
		return 1
	}
	raised, err := RaiseLimits(n[0], n[1])
	for _, line := range raised {
		fmt.Println(line)
	}
	if err != nil {
		fmt.Println(err)
		return 2
	}
	out, err := exec.Command("cat", "/proc/self/limits").Output()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for _, line := range strings.Split(string(out), "\n") {
		for _, name := range []string{"Max open files", "Max processes"} {
			if values, ok := strings.CutPrefix(line, name); ok {
				fmt.Println(name, strings.Join(strings.Fields(values)[:2], " "))
			}
		}
	}
	return 0
}

func TestLimits(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, whom a limit of processes does not stop")
	}
	// The test binary is where only root can reach it, and its name tells it
	// what to do.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "daemon-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "daemon")
	copyProgram(t, self, program)
	const impossible = 1 << 30 // more than fs.nr_open
	for _, tt := range []struct {
		id               string
		uid              uint32
		minfds, minprocs int
		want             string
		code             int
	}{
		{"CLI-024", 0, 300, 1000, "Max processes 1000 2000\nMax open files 300 500\n", 0},
		{"CLI-024", 0, 0, -1, "Max processes 1000 2000\nMax open files 300 500\n", 0},
		{"CLI-024", 0, 301, 200, "Increased RLIMIT_NOFILE limit to 301\nMax processes 1000 2000\nMax open files 301 500\n", 0},
		{"CLI-026", 0, 200, 1500, "Increased RLIMIT_NPROC limit to 1500\nMax processes 1500 2000\nMax open files 300 500\n", 0},
		{"CLI-025", 0, impossible, 200, fmt.Sprintf(openFiles.refusal, impossible) + "\n", 2},
		{"CLI-025", 65534, 501, 200, fmt.Sprintf(openFiles.refusal, 501) + "\n", 2},
		{"CLI-026", 65534, 400, 2001, "Increased RLIMIT_NOFILE limit to 400\n" + fmt.Sprintf(processes.refusal, 2001) + "\n", 2},
	} {
		script := `ulimit -Sn 300 && ulimit -Hn 500 && exec "$0" limits "$@"`
		cmd := exec.Command("/bin/sh", "-c", script, program, fmt.Sprint(tt.minfds), fmt.Sprint(tt.minprocs), "1000", "2000")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: tt.uid, Gid: tt.uid}}
		if out, code := outcome(t, cmd); out != tt.want || code != tt.code {
			t.Errorf("%s: minfds %d and minprocs %d: exit code %d, printed %q; want %d, %q", tt.id, tt.minfds, tt.minprocs, code, out, tt.code, tt.want)
		}
	}
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(to, 0o755); err != nil { // whatever the umask
		t.Fatal(err)
	}
}

// The beginnings of the refusals are what tools look for.
func TestRefusals(t *testing.T) {
	for text, want := range map[string]string{
		openFiles.refusal: "The minimum number of file descriptors required to run this process is 7 ",
		processes.refusal: "The minimum number of available processes required to run this program is 7 ",
	} {
		if got := fmt.Sprintf(text, 7); !strings.HasPrefix(got, want) || strings.Contains(got, "%!") {
			t.Errorf("refusal %q", got)
		}
	}
}
