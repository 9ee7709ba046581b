//go:build linux

// Package ctldiff runs our supervisorctl and the reference's side by side.
//
// Two daemons of the reference are started alike. Each line of the script goes
// to one of them with the reference's client, and to the other with ours, and
// must come to the same: what is printed, to the byte, and the exit status.
// Only what differs from one run to the next is made equal before: pids, times,
// directories and ports. The meanings in help texts are our own, so of those
// lines only the forms are compared.
package ctldiff

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/test/stage"
)

const (
	referenceDaemon = "/usr/bin/supervisord"
	referenceClient = "/usr/bin/supervisorctl"

	// patience is how long something that must happen may take on a slow
	// machine.
	patience = 60 * time.Second
)

// side is one of the two daemons, and the client that talks to it.
type side struct {
	client string
	dir    string
	port   string
	daemon *exec.Cmd
	ended  chan error
}

// outcome is what came of a line.
type outcome struct {
	stdout, stderr string
	status         int
}

func TestDifferential(t *testing.T) {
	if _, err := os.Stat(referenceDaemon); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the reference is missing: ", err)
		}
		t.Skip("the reference is missing: ", err)
	}
	if testing.Short() {
		t.Skip("the reference takes its time")
	}
	ours := filepath.Join(t.TempDir(), "supervisorctl")
	if out, err := exec.Command("go", "build", "-o", ours, "supervisor/cmd/supervisorctl").CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	reference, own := start(t, referenceClient), start(t, ours)
	for i, step := range script {
		if step.before != nil {
			for _, s := range []*side{reference, own} {
				if err := step.before(s); err != nil {
					t.Fatalf("before %q: %v", step.line, err)
				}
			}
		}
		t.Run(fmt.Sprintf("%03d %s %s", i, step.id, step.line), func(t *testing.T) {
			done := make(chan outcome)
			go func() { done <- reference.run(t, step) }()
			got := own.run(t, step)
			want := <-done
			if step.anyOrder {
				got.stdout, want.stdout = sorted(got.stdout), sorted(want.stdout)
			}
			if step.better != nil {
				if got == want {
					t.Error("the reference has become better; this is no difference any more")
				}
				want = *step.better
			}
			if got != want {
				t.Errorf("we\n%s\nthe reference\n%s", got, want)
			}
		})
	}
}

func (o outcome) String() string {
	return fmt.Sprintf("status %d\nstdout %q\nstderr %q", o.status, o.stdout, o.stderr)
}

// start starts a daemon and returns when its programs run.
func start(t *testing.T, client string) *side {
	t.Helper()
	dir, err := os.MkdirTemp("", "ctldiff") // a short name, which the address of a socket has room for
	if err != nil {
		t.Fatal(err)
	}
	s := &side{client: client, dir: dir, port: stage.Port(t), ended: make(chan error, 1)}
	t.Cleanup(func() { s.end(t) })
	if err := errors.Join(
		s.configure(configuration),
		os.WriteFile(s.path("talker.log"), []byte("first\nsecond \u00fc\nlast\n"), 0o600),
		os.WriteFile(s.path("talker.err"), []byte("complaint\n"), 0o600),
		os.WriteFile(s.path("text"), nil, 0o600),
		syscall.Mkfifo(s.path("fifo"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	s.daemon = exec.Command(referenceDaemon, "-n", "-c", s.path("supervisord.conf"))
	s.daemon.Env = s.environment()
	out, err := s.daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	// However this test ends, the daemon shall not outlive it.
	s.daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.daemon.Start(); err != nil {
		t.Fatal(err)
	}
	running := make(chan struct{}, autostarted)
	go func() {
		log := bufio.NewScanner(out)
		for log.Scan() {
			if strings.Contains(log.Text(), "entered RUNNING state") {
				select {
				case running <- struct{}{}:
				default: // one that was started later
				}
			}
		}
		s.ended <- s.daemon.Wait()
	}()
	deadline := time.After(patience)
	for range autostarted {
		select {
		case <-running:
		case <-deadline:
			t.Fatal("the programs do not run")
		}
	}
	return s
}

// end ends the daemon, unless it has ended, and everything it has started.
func (s *side) end(t *testing.T) {
	if s.daemon != nil && s.daemon.Process != nil {
		_ = release(s)
		_ = s.daemon.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-s.ended:
		case <-time.After(patience):
			t.Error("the daemon does not end")
			_ = s.daemon.Process.Kill()
		}
	}
	if err := os.RemoveAll(s.dir); err != nil {
		t.Error(err)
	}
}

// environment is that of both programs: what they say depends on more of it than on
// the words of a step.
func (s *side) environment() []string {
	return []string{"PATH=/usr/bin:/bin", "HOME=" + s.dir, "LC_ALL=C.UTF-8", "TERM=dumb", "INPUTRC=/dev/null"}
}

func (s *side) path(name string) string { return filepath.Join(s.dir, name) }

// configure writes the configuration.
func (s *side) configure(text string) error {
	return os.WriteFile(s.path("supervisord.conf"), []byte(s.fill(text)), 0o600)
}

// fill puts the directory and the port of this side into a text.
func (s *side) fill(text string) string {
	return strings.NewReplacer("DIR", s.dir, "PORT", s.port).Replace(text)
}

// run runs the client with the words of a step.
func (s *side) run(t *testing.T, step step) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	args := append([]string{"-c", s.path("supervisord.conf")}, strings.Fields(s.fill(step.line))...)
	if step.line == "" && step.stdin == "" {
		args = append(args, "")
	}
	cmd := exec.CommandContext(ctx, s.client, args...)
	cmd.Dir, cmd.Env = s.dir, s.environment()
	cmd.Stdin = strings.NewReader(s.fill(step.stdin))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Errorf("cannot run %s: %v", s.client, err)
	}
	return outcome{s.normal(stdout.String()), s.normal(stderr.String()), cmd.ProcessState.ExitCode()}
}

// What differs from one run to the next.
var normalisers = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`pid \d+, uptime \d+:\d\d:\d\d`), "pid P, uptime U"},
	{regexp.MustCompile(`(?m)^((?:[\w ]*> )*)\d{2,}$`), "${1}P"}, // the answer of pid
	{regexp.MustCompile(`[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M`), "TIME"},
	{regexp.MustCompile(`: file: \S+ line: \d+`), ": file: F line: L"},
	{regexp.MustCompile(`(?m)^((?:\S.*)?\t+)[^\t\n]*$`), "$1MEANING"},
	{regexp.MustCompile(`(?m)^(?:Note: restart does not reread|The configuration is not read again).*$`), "NOTE"},
}

// normal makes equal what may differ.
func (s *side) normal(text string) string {
	text = strings.NewReplacer(s.dir, "DIR", ":"+s.port, ":PORT", s.client, "CLIENT").Replace(text)
	for _, n := range normalisers {
		text = n.pattern.ReplaceAllString(text, n.instead)
	}
	return text
}

func sorted(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}

// release lets the program that ignores its stop signal end.
func release(s *side) error {
	f, err := os.OpenFile(s.path("fifo"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err // nobody reads: it has ended
	}
	return f.Close()
}

// waitForEnd returns when the daemon has ended.
func waitForEnd(s *side) error {
	if err := release(s); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		s.ended <- err // for end
		return nil
	case <-time.After(patience):
		return errors.New("the daemon does not end")
	}
}
