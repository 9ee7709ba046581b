package procs

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/identity"
)

func TestBelongs(t *testing.T) {
	c := Child{Name: "web", Group: "shop", Server: "unix:///s"}
	for _, tt := range []struct {
		environ string
		want    belonging
	}{
		{"PATH=/bin\x00SUPERVISOR_PROCESS_NAME=web\x00SUPERVISOR_GROUP_NAME=shop\x00SUPERVISOR_SERVER_URL=unix:///s\x00", itsOwn},
		{"PATH=/bin\x00SUPERVISOR_PROCESS_NAME=web\x00SUPERVISOR_GROUP_NAME=shop\x00SUPERVISOR_SERVER_URL=unix:///other\x00", anothers},
		{"PATH=/bin\x00SUPERVISOR_PROCESS_NAME=web\x00SUPERVISOR_GROUP_NAME=web\x00SUPERVISOR_SERVER_URL=unix:///s\x00", anothers},
		{"PATH=/bin\x00", anothers},
		{"", unreadable},
		{"ster process nginx\x00\x00\x00", unreadable},
	} {
		if got := namingOf([]byte(tt.environ)).of(c); got != tt.want {
			t.Errorf("%q: %d, want %d", tt.environ, got, tt.want)
		}
	}
}

// A command line is shown, and handed over, as a text: its bytes need not be one, nor
// is what is left of a text that was cut.
func TestReadable(t *testing.T) {
	for command, want := range map[string]string{
		"sleep 60":                       "sleep 60",
		"caf\xe9 --menu":                 "caf\uFFFD --menu",
		strings.Repeat("\u20ac", 67):     strings.Repeat("\u20ac", 66) + "\uFFFD",
		strings.Repeat("x", 200) + "yyy": strings.Repeat("x", 200),
	} {
		if got := readable(command); got != want {
			t.Errorf("%q is shown as %q, want %q", command, got, want)
		}
	}
}

// orphaned starts a program by way of one that ends, as who goes to the
// background does, and returns its pid.
func orphaned(t *testing.T, c Child) int {
	t.Helper()
	// It says its pid itself: in the moment of an execve(2) it would have no environment.
	cmd := exec.Command("setsid", "sh", "-c", `exec 3<&0; sh -c 'echo $$; exec >/dev/null 2>&1; read x' <&3 &`)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "SUPERVISOR_PROCESS_NAME=" + c.Name, "SUPERVISOR_GROUP_NAME=" + c.Group, "SUPERVISOR_SERVER_URL=" + c.Server}
	stdin, silence, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silence.Close() })
	cmd.Stdin = stdin
	out, err := cmd.Output()
	stdin.Close()
	if err != nil {
		t.Fatal(err)
	}
	pid := 0
	for _, digit := range strings.TrimSpace(string(out)) {
		pid = pid*10 + int(digit-'0')
	}
	t.Cleanup(func() {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	return pid
}

// Who goes to the background in two steps, of which the second comes after the
// end of the child, is found all the same: as the child ends, and later. What
// was born after the next child may be that one's.
func TestSecondStepIsLate(t *testing.T) {
	began := time.Now()
	c := Child{PID: 1 << 30, Name: "late", Group: t.Name(), Server: "unix:///nowhere", Started: began}
	pid := orphaned(t, c)
	is := func(list []Process) bool { return len(list) == 1 && list[0].PID == pid }
	if left := Left(c)[0]; !is(left) {
		t.Errorf("the child left %+v, want %d", left, pid)
	}
	if astray := Astray(c, time.Now().Add(time.Minute)); !is(astray) || !is(Living(astray)) {
		t.Errorf("astray are %+v, want %d", astray, pid)
	}
	c.Next = func() time.Time { return began.Add(-time.Minute) }
	if left := Left(c)[0]; len(left) != 0 {
		t.Errorf("an older child left %+v", left)
	}
	if astray := Astray(c, began.Add(-time.Minute)); len(astray) != 0 {
		t.Errorf("before the child was begun, there were astray %+v", astray)
	}
	c.Server = "unix:///elsewhere"
	if astray := Astray(c, time.Now().Add(time.Minute)); len(astray) != 0 {
		t.Errorf("of another supervisord are astray %+v", astray)
	}
}

// The child of another supervisord that calls everything as we do, such as one
// in a container, is not ours.
func TestChildOfAnotherIsNotAstray(t *testing.T) {
	s := survey{ours: map[int]bool{1: true}, all: map[int]identity.Process{1: {PID: 1}, 10: {PID: 10, Parent: 1}, 11: {PID: 11, Parent: 10}, 20: {PID: 20, Parent: 1}, 21: {PID: 21, Parent: 20}}}
	members := map[int]identity.Process{11: s.all[11], 20: s.all[20], 21: s.all[21]}
	for pid, want := range map[int]bool{11: false, 20: true, 21: true} {
		if got := s.astray(s.all[pid], members); got != want {
			t.Errorf("%d: %v, want %v", pid, got, want)
		}
	}
}

func TestHierarchy(t *testing.T) {
	for line, want := range map[string][3]string{
		"4:memory:/web/one":      {"/sys/fs/cgroup/memory", "/web/one", "memory.limit_in_bytes"},
		"0::/system.slice/w:x":   {"/sys/fs/cgroup", "/system.slice/w:x", "memory.max"},
		"0::/":                   {"/sys/fs/cgroup", "/", "memory.max"},
		"0::/../elsewhere":       {},
		"3:cpu,cpuacct:/web/one": {},
		"":                       {},
	} {
		dir, group, file := hierarchy(line)
		if got := [3]string{dir, group, file}; dir != want[0] || dir != "" && got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestListening(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4343 1 0000000000000000 100 0 0 10 0
`
	inodes := map[string]bool{}
	listening([]byte(table), 8080, inodes)
	if len(inodes) != 1 || !inodes["socket:[4242]"] {
		t.Errorf("%v", inodes)
	}
}
