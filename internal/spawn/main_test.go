package spawn

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// The test binary is also the stage, and the children that tests need.
func TestMain(m *testing.M) {
	StageMain()
	if os.Args[0] == "child" {
		os.Exit(child(os.Args[1], os.Args[2:]))
	}
	// As a daemon does, by which its children do not ignore what nohup(1), or a shell
	// that has it in the background, has it ignore.
	signal.Notify(make(chan os.Signal, 1), unix.SIGHUP)
	if signal.Ignored(unix.SIGINT) {
		signal.Notify(make(chan os.Signal, 1), unix.SIGINT)
	}
	os.Exit(m.Run())
}

func child(role string, args []string) (exitCode int) {
	switch role {
	case "resolve":
		_, _, err := Resolve(args[0], nil)
		fmt.Println(err)
	case "own":
		return own()
	case "start": // the rest is a program to start from a Spawner in this process
		s, err := New(nil)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		defer s.Close()
		uid := 0
		c, err := s.Start(Spec{Path: args[0], Args: args, UID: &uid})
		if err != nil {
			fmt.Println(err)
			return 1
		}
		exited := make(chan Exit, 1)
		c.OnExit(func(e Exit) { exited <- e })
		said := s.Pump(c.Stderr, Eager, func(chunk []byte) { fmt.Print(string(chunk)) })
		exit := <-exited
		said.Finish() // it may have ended before it was heard
		return exit.Code()
	case "crowd": // starts as many children as it may with so many descriptors
		if err := crowd(args[0], args[1]); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	return 0
}

// crowd starts children until it must not start more, and prints why, whether there
// were any, and how many descriptors it can open then. Pipes have names in a directory,
// or none.
func crowd(descriptors, dir string) error {
	n, err := strconv.ParseUint(descriptors, 10, 64)
	if err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: n}); err != nil {
		return err
	}
	s, err := New(nil)
	if err != nil {
		return err
	}
	defer s.Close()
	var refused error
	var children []*Child
	for refused == nil {
		spec := Spec{Path: "/bin/sleep", Args: []string{"sleep", "1000"}}
		for i := range spec.FIFOs {
			if dir != "" {
				spec.FIFOs[i] = fmt.Sprintf("%s/%d-%d", dir, len(children), i)
			}
		}
		var c *Child
		if c, refused = s.Start(spec); refused == nil {
			children = append(children, c)
		}
	}
	free := 0
	for ; err == nil; free++ {
		_, err = unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	fmt.Println(refused, len(children) > 0, free-1)
	var ends sync.WaitGroup
	for _, c := range children {
		ends.Add(1)
		c.OnExit(func(Exit) { ends.Done() })
		if err := c.Signal(unix.SIGKILL, false); err != nil {
			return err
		}
	}
	ends.Wait()
	return nil
}

// own says on descriptor 3 what a process that StartOwn has started looks like.
func own() int {
	sid, err := unix.Getsid(0)
	if err != nil {
		return 1
	}
	dir, err := os.Getwd()
	if err != nil {
		return 1
	}
	said := strconv.Itoa(sid) + " " + dir + " "
	for fd := range 20 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			said += strconv.Itoa(fd)
		}
	}
	if _, err := unix.Write(3, []byte(said)); err != nil {
		return 1
	}
	return 0
}

// self returns a Spec that runs this binary as a child with a role.
func self(t testing.TB, args ...string) Spec {
	t.Helper()
	path, err := ownExecutable()
	if err != nil {
		t.Fatal(err)
	}
	return Spec{Path: path, Args: append([]string{"child"}, args...), Env: []string{"GORACE=atexit_sleep_ms=0"}}
}

// sh returns a Spec that runs a shell script.
func sh(script string, args ...string) Spec {
	return Spec{Path: "/bin/sh", Args: append([]string{"sh", "-c", script, "sh"}, args...), Env: []string{"PATH=/bin:/usr/bin"}}
}

// run starts a program, closes its stdin, and returns what it wrote and how it
// ended.
func run(t *testing.T, s *Spawner, spec Spec) (stdout, stderr string, exit Exit) {
	t.Helper()
	return collectAll(t, s, start(t, s, spec))
}

// runStaged is run with a stage, although the direct way may do.
func runStaged(t *testing.T, s *Spawner, spec Spec) (stdout, stderr string, exit Exit) {
	t.Helper()
	pipes, err := openPipes(spec)
	if err != nil {
		t.Fatal(err)
	}
	c := &Child{spawner: s}
	if err := s.staged(spec, pipes.theirs, c); err != nil {
		t.Fatal(err)
	}
	pipes.closeTheirs(spec)
	c.Stdin, c.Stdout, c.Stderr = pipes.ends()
	return collectAll(t, s, c)
}

// runAs runs this binary as a child with a role and another account.
func runAs(t *testing.T, s *Spawner, uid int, args ...string) (stdout string, exit Exit) {
	t.Helper()
	spec := self(t, args...)
	// What was built with a narrow umask is closed to others, and so may be where it is.
	text, err := os.ReadFile(spec.Path)
	if err != nil {
		t.Fatal(err)
	}
	spec.Path = filepath.Join(openDir(t), "child")
	writeFile(t, spec.Path, string(text), 0o755)
	spec.UID = &uid
	stdout, stderr, exit := run(t, s, spec)
	if stderr != "" {
		t.Errorf("stderr: %s", stderr)
	}
	return stdout, exit
}

func start(t testing.TB, s *Spawner, spec Spec) *Child {
	t.Helper()
	c, err := s.Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func collectAll(t *testing.T, s *Spawner, c *Child) (stdout, stderr string, exit Exit) {
	t.Helper()
	if c.Stdin != nil {
		c.Stdin.Close()
	}
	var out, errs bytes.Buffer
	pumps := []*Pump{s.Pump(c.Stdout, Eager, func(p []byte) { out.Write(p) })}
	if c.Stderr != nil {
		pumps = append(pumps, s.Pump(c.Stderr, Eager, func(p []byte) { errs.Write(p) }))
	}
	exit = ended(t, c)
	for _, p := range pumps {
		p.Finish()
	}
	return out.String(), errs.String(), exit
}

// ended waits for the end of a child.
func ended(t testing.TB, c *Child) Exit {
	t.Helper()
	exited := make(chan Exit, 2)
	c.OnExit(func(e Exit) { exited <- e })
	return receive(t, exited)
}

func receive[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}

// spawner returns a Spawner for one test. A child that is nobody's ends it.
func spawner(t testing.TB) *Spawner {
	t.Helper()
	s, err := New(func(e Exit) { t.Errorf("reaped unknown pid %d (%s)", e.PID, Describe(e.Status)) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const nobody = 65534

func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
}

// openDir returns a temporary directory that every account can enter.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "spawn-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func session(t *testing.T, pid int) int {
	t.Helper()
	sid, err := unix.Getsid(pid)
	if err != nil {
		t.Fatal(err)
	}
	return sid
}

func countFDs(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
