package spawn

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestChildIsWhatWasAskedFor(t *testing.T) {
	s := spawner(t)
	spec := sh(`echo "$0 $1"; cat; echo err >&2; exit 3`, "a b")
	c := start(t, s, spec)
	if _, err := c.Stdin.write([]byte("input\n")); err != nil {
		t.Fatal(err)
	}
	out, errs, exit := collectAll(t, s, c)
	if out != "sh a b\ninput\n" || errs != "err\n" || exit.Code() != 3 || exit.PID != c.PID {
		t.Errorf("child %d: stdout %q, stderr %q, end %+v", c.PID, out, errs, exit)
	}
}

func TestMergedStderr(t *testing.T) {
	s := spawner(t)
	spec := sh("echo out; echo err >&2")
	spec.MergeStderr = true
	c := start(t, s, spec)
	if c.Stderr != nil {
		t.Error("there is a pipe for stderr")
	}
	if out, _, _ := collectAll(t, s, c); out != "out\nerr\n" {
		t.Errorf("merged output %q", out)
	}
}

// PRO-046: a process group of its own in our session.
func TestProcessGroup(t *testing.T) {
	s := spawner(t)
	c := start(t, s, sh("cat"))
	group, err := syscall.Getpgid(c.PID)
	if err != nil || group != c.PID {
		t.Errorf("the child's process group is %d, %v; want %d", group, err, c.PID)
	}
	if session(t, c.PID) != session(t, os.Getpid()) {
		t.Error("the child is in another session")
	}
	collectAll(t, s, c)
}

// PRO-048: the child's stdin is a pipe that ends when we say so.
func TestStdinIsPipe(t *testing.T) {
	s := spawner(t)
	c := start(t, s, sh("test -p /dev/stdin && echo pipe; read x; echo $x; cat"))
	if _, err := c.Stdin.write([]byte("still open\n")); err != nil {
		t.Fatal(err)
	}
	if out, _, _ := collectAll(t, s, c); out != "pipe\nstill open\n" {
		t.Errorf("the child says %q", out)
	}
}

// PRO-070: a given stdin is the child's, and there is no pipe for it.
func TestGivenStdin(t *testing.T) {
	s := spawner(t)
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket, err := listener.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	spec := sh("test -S /dev/stdin && echo socket")
	spec.Stdin = socket
	for range 2 {
		c := start(t, s, spec)
		if c.Stdin != nil {
			t.Error("there is a pipe for stdin")
		}
		if out, _, _ := collectAll(t, s, c); out != "socket\n" {
			t.Errorf("the child says %q", out)
		}
	}
}

func TestEnvironmentIsGiven(t *testing.T) {
	s := spawner(t)
	const secret = "50% of $HOME"
	t.Setenv("NOT_FOR_CHILDREN", "1")
	spec := Spec{Path: "/usr/bin/env", Args: []string{"env"}, Env: []string{"A=" + secret, "B="}}
	want := "A=" + secret + "\nB=\n"
	if out, _, _ := run(t, s, spec); out != want {
		t.Errorf("PRO-056: environment %q, want %q", out, want)
	}
	if out, _, _ := runStaged(t, s, spec); out != want {
		t.Errorf("PRO-056: environment after a stage %q, want %q", out, want)
	}
}

// PRO-055: directory=.
func TestDirectory(t *testing.T) {
	s := spawner(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	spec := sh("pwd -P")
	spec.Dir = dir
	for name, run := range ways {
		if out, _, _ := run(t, s, spec); out != dir+"\n" {
			t.Errorf("%s: the child is in %q, want %q", name, out, dir)
		}
	}
}

// PRO-054: umask=, and that of the supervisor stays what it is.
func TestUmask(t *testing.T) {
	s := spawner(t)
	mask := uint32(0o027)
	spec := sh("umask")
	inherited, _, _ := run(t, s, spec)
	spec.Umask = &mask
	for name, run := range ways {
		for range 20 {
			if out, _, _ := run(t, s, spec); out != "0027\n" {
				t.Fatalf("%s: the child's umask is %q", name, out)
			}
			if out, _, _ := run(t, s, sh("umask")); out != inherited {
				t.Fatalf("%s: the umask of a child without umask= is %q, want %q", name, out, inherited)
			}
		}
	}
}

// PRO-040: to stay who one is takes no privilege.
func TestSameUser(t *testing.T) {
	s := spawner(t)
	uid := os.Getuid()
	spec := sh("id -u; id -G")
	before, _, _ := run(t, s, spec)
	spec.UID = &uid
	for name, run := range ways {
		if out, errs, _ := run(t, s, spec); out != before || errs != "" {
			t.Errorf("%s: the child is %q, %q; want %q", name, out, errs, before)
		}
	}
}

// What cannot be done is said by a child that exits with 127.
func TestStageComplains(t *testing.T) {
	s := spawner(t)
	dir := t.TempDir()
	badInterpreter := filepath.Join(dir, "script")
	writeFile(t, badInterpreter, "#!"+dir+"/none/interpreter\n", 0o755)
	noFormat := filepath.Join(dir, "noformat")
	writeFile(t, noFormat, "no program\n", 0o755)
	none := filepath.Join(dir, "none") // accounts have homes that are not there, until somebody makes them
	unknown := 4_000_000
	for _, tt := range []struct {
		id   string
		spec Spec
		want string
	}{
		{"PRO-037", Spec{Path: badInterpreter, Args: []string{"script", "x"}}, "couldn't exec script: ENOENT"},
		{"PRO-037", Spec{Path: noFormat, Args: []string{noFormat}}, "couldn't exec " + noFormat + ": ENOEXEC"},
		{"PRO-038", Spec{Path: "/bin/true", Args: []string{"true"}, Dir: none}, "couldn't chdir to " + none + ": ENOENT"},
		{"PRO-038", Spec{Path: badInterpreter, Args: []string{"true"}, Dir: noFormat}, "couldn't chdir to " + noFormat + ": ENOTDIR"},
		{"process.md 4.7", Spec{Path: "/bin/true", Args: []string{"true"}, UID: &unknown, Dir: none}, "couldn't setuid to 4000000: Can't find uid 4000000"},
	} {
		if tt.spec.UID != nil && os.Getuid() != 0 {
			continue
		}
		tt.spec.Made = func(pid, _ int) { // later it may have ended, and be nobody's
			if group, err := syscall.Getpgid(pid); err != nil || group != pid {
				t.Errorf("%s: the stage's process group is %d, %v; want %d", tt.id, group, err, pid)
			}
		}
		c := start(t, s, tt.spec)
		out, errs, exit := collectAll(t, s, c)
		want := "supervisor: " + tt.want + "\nsupervisor: child process was not spawned\n"
		if out != "" || errs != want || Describe(exit.Status) != "exit status 127" || exit.PID != c.PID {
			t.Errorf("%s: stdout %q, stderr %q, end %+v; want %q", tt.id, out, errs, exit, want)
		}
	}
}

// PRO-039: only root can become somebody else.
func TestStageCannotSwitchUser(t *testing.T) {
	needRoot(t)
	s := spawner(t)
	out, exit := runAs(t, s, nobody, "start", "/bin/true")
	want := "supervisor: couldn't setuid to 0: Can't drop privilege as nonroot user\nsupervisor: child process was not spawned\n"
	if out != want || exit.Code() != 127 {
		t.Errorf("the child says %q, %s; want %q", out, Describe(exit.Status), want)
	}
}

// A fork that cannot be is an error, and leaves nothing behind.
func TestStartFails(t *testing.T) {
	s := spawner(t)
	before := countFDs(t)
	_, err := s.Start(Spec{Path: "/bin/true", Args: []string{"nul\x00"}})
	if failed, ok := err.(*StartError); !ok || !failed.Forking {
		t.Errorf("Start fails with %v", err)
	}
	if after := countFDs(t); after != before {
		t.Errorf("%d descriptors were open, now there are %d", before, after)
	}
}

// ways are both ways in which a program may be started.
var ways = map[string]func(*testing.T, *Spawner, Spec) (stdout, stderr string, exit Exit){
	"directly": run,
	"staged":   runStaged,
}
