//go:build linux

// Package stage puts a supervisord on a stage for tests that look at it from
// outside: ours or the reference, whichever way it is started. What is started
// on a stage is gone when its test has ended.
package stage

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Patience is how long something that must happen may take: a busy machine is
// no reason to fail.
const Patience = 60 * time.Second

// Programs is the directory of one implementation's programs.
type Programs string

// Reference is where Debian installs Supervisor.
const Reference Programs = "/usr/bin"

// Missing skips a test for want of something, or fails it in CI.
func Missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// RequireReference skips a test where Supervisor is not installed, but not in CI.
func RequireReference(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(string(Reference), "supervisord")); err != nil {
		Missing(t, "Supervisor is not installed")
	}
}

// Build builds our programs in a directory that everybody may enter.
func Build(dir string, options ...string) (Programs, error) {
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	words := append(append([]string{"build", "-o", dir + "/"}, options...), "supervisor/cmd/...")
	if out, err := exec.Command("go", words...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build the programs: %w\n%s", err, out)
	}
	return Programs(dir), nil
}

// Stage is the directory of one test, with two ports that are its own.
type Stage struct {
	Dir   string
	Ports [2]string
	t     *testing.T
}

// New prepares a stage with the given supervisord.conf, in which $DIR, $PORT and
// $PORT2 are replaced.
func New(t *testing.T, config string) *Stage {
	t.Helper()
	dir, err := os.MkdirTemp("", "stage") // a short name, which the address of a socket has room for
	if err != nil {
		t.Fatal(err)
	}
	s := &Stage{Dir: dir, t: t}
	t.Cleanup(s.clear)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range s.Ports {
		s.Ports[i] = Port(t)
	}
	s.Write("supervisord.conf", strings.NewReplacer("$DIR", dir, "$PORT2", s.Ports[1], "$PORT", s.Ports[0]).Replace(config))
	return s
}

// Path returns the path of a file on the stage.
func (s *Stage) Path(name string) string { return filepath.Join(s.Dir, name) }

// Write writes a file on the stage.
func (s *Stage) Write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.Path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// Read reads a file on the stage; one that does not exist is empty.
func (s *Stage) Read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.Path(name))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return string(text)
}

// Env is the environment of what is started on the stage.
func (s *Stage) Env() []string {
	return []string{"PATH=/usr/bin:/bin", "HOME=" + s.Dir, "LC_ALL=C.UTF-8", "TZ=UTC", "STAGE=" + s.Dir}
}

// Daemon is a supervisord that was started.
type Daemon struct {
	Cmd   *exec.Cmd
	out   bytes.Buffer
	ended chan error
	s     *Stage
}

// Start starts supervisord -n, with edit for whoever wants it otherwise. words
// stand before it on the command line, like nice(1) would.
func (s *Stage) Start(p Programs, edit func(*exec.Cmd), words ...string) *Daemon {
	s.t.Helper()
	words = append(words, filepath.Join(string(p), "supervisord"), "-n", "-c", s.Path("supervisord.conf"))
	d := &Daemon{Cmd: exec.Command(words[0], words[1:]...), ended: make(chan error, 1), s: s}
	d.Cmd.Dir, d.Cmd.Env = s.Dir, s.Env()
	d.Cmd.Stdout, d.Cmd.Stderr = &d.out, &d.out
	d.Cmd.WaitDelay = Patience
	if edit != nil {
		edit(d.Cmd)
	}
	if err := d.Cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { d.ended <- d.Cmd.Wait() }()
	return d
}

// End waits for the daemon to end and returns what it has written.
func (d *Daemon) End() (output string, err error) {
	d.s.t.Helper()
	select {
	case err := <-d.ended:
		return d.out.String(), err
	case <-time.After(Patience):
		d.s.t.Fatalf("the daemon does not end; its log:\n%s", d.s.Read("supervisord.log"))
		return "", nil
	}
}

// Await waits until cond is true.
func (s *Stage) Await(what string, cond func() bool) {
	s.t.Helper()
	deadline := time.After(Patience)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for !cond() {
		select {
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("in vain: %s; the log:\n%s", what, s.Read("supervisord.log"))
		}
	}
}

// clear ends what was started on the stage and removes the directory.
func (s *Stage) clear() {
	if err := EndAll("STAGE=" + s.Dir); err != nil {
		s.t.Error(err)
	}
	s.endKeepers()
	Remove(s.t, s.Dir)
}

// Remove removes a directory in which something that has been killed may just finish
// what it was about.
func Remove(t testing.TB, dir string) {
	t.Helper()
	deadline := time.Now().Add(Patience)
	for err := os.RemoveAll(dir); err != nil; err = os.RemoveAll(dir) {
		if time.Now().After(deadline) {
			t.Error(err)
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

// endKeepers ends the keepers of daemons that have not ended in a regular way. They
// have an environment of their own, and pipes of the stage.
func (s *Stage) endKeepers() {
	names, err := filepath.Glob("/proc/[0-9]*/comm")
	if err != nil {
		s.t.Error(err)
	}
	for _, name := range names {
		comm, err := os.ReadFile(name)
		if err != nil || string(comm) != "keeper\n" {
			continue
		}
		dir := filepath.Dir(name)
		fds, _ := filepath.Glob(dir + "/fd/*") // it may have just ended
		for _, fd := range fds {
			if target, err := os.Readlink(fd); err == nil && strings.HasPrefix(target, s.Dir+"/") {
				pid, _ := strconv.Atoi(filepath.Base(dir))
				_ = syscall.Kill(pid, syscall.SIGKILL) // unless it has just ended
				break
			}
		}
	}
}

// EndAll ends every process that has a variable, KEY=VALUE, in its environment. It looks
// until twice there was none: they may have children, and whoever is in the middle of
// its execve shows no environment for a moment.
func EndAll(variable string) error {
	for quiet := 0; quiet < 2; quiet++ {
		environments, err := filepath.Glob("/proc/[0-9]*/environ")
		if err != nil {
			return err
		}
		for _, path := range environments {
			text, err := os.ReadFile(path)
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
			if err == nil && bytes.Contains(text, []byte(variable+"\x00")) && syscall.Kill(pid, syscall.SIGKILL) == nil {
				quiet = -1
			}
		}
	}
	return nil
}
