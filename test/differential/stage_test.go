//go:build linux

package differential

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	machine "supervisor/test/stage"
)

// programs is the directory of one implementation's programs.
type programs string

// pair is a daemon and the client that is used with it.
type pair struct {
	name           string
	daemon, client programs
}

// stage is where one scenario is played by one pair: a directory, two ports, a
// daemon, and the ears of the play. Nothing of it is shared with another stage.
type stage struct {
	pair  pair
	dir   string
	ports [2]string
	env   []string

	log    *tape // what the daemon writes to its stdout: its activity log
	voice  *tape // what children write to the named pipe "voice"
	events *tape // what recorders saw

	daemon   *exec.Cmd
	stderr   *bytes.Buffer
	ended    chan struct{} // closed when the daemon has ended
	previous []string      // the activity logs of earlier daemons

	tcp            bool // rpc and http go to the port, not to the socket
	user, password string
	follower       *tape
	unfollow       func() error
	background     []chan string // the outputs of steps in the background
	closers        []func() error
}

// newStage prepares a directory for a pair. It is gone, with all processes that
// were started on it, when the test has ended.
func newStage(t *testing.T, p pair, files []file) (*stage, error) {
	dir, err := os.MkdirTemp("", "play")
	if err != nil {
		return nil, err
	}
	s := &stage{pair: p, dir: dir, log: newTape(), voice: newTape(), events: newTape()}
	t.Cleanup(func() {
		if err := s.clear(t); err != nil {
			t.Error(err)
		}
	})
	for i := range s.ports {
		s.ports[i] = machine.Port(t)
	}
	s.env = []string{"PATH=" + dir + "/bin:/usr/bin:/bin", "HOME=" + dir, "LC_ALL=C.UTF-8", "TZ=UTC",
		"TERM=dumb", "INPUTRC=/dev/null", "STAGE=" + dir}
	if err := s.install(); err != nil {
		return nil, err
	}
	for name, t := range map[string]*tape{"voice": s.voice, "events": s.events} {
		path := filepath.Join(dir, name)
		if err := syscall.Mkfifo(path, 0o666); err != nil {
			return nil, err
		}
		// Open for writing too: the end of one writer is not the end.
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return nil, err
		}
		s.closers = append(s.closers, f.Close)
		go t.record(f)
	}
	head, err := os.ReadFile("scenarios/head.conf")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name, headed := strings.CutPrefix(f.name, "+")
		text := f.text
		if headed {
			text = string(head) + text
		}
		if err := s.write(name, text); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// install puts the programs into bin, so that both implementations find their
// default configuration files relative to it.
func (s *stage) install() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	bin := filepath.Join(s.dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	return errors.Join(
		os.Symlink(filepath.Join(string(s.pair.daemon), "supervisord"), bin+"/supervisord"),
		os.Symlink(filepath.Join(string(s.pair.client), "supervisorctl"), bin+"/supervisorctl"),
		os.Symlink(filepath.Join(string(s.pair.daemon), "pidproxy"), bin+"/pidproxy"),
		os.Symlink(filepath.Join(string(s.pair.daemon), "echo_supervisord_conf"), bin+"/echo_supervisord_conf"),
		os.Symlink(self, bin+"/recorder"))
}

// fill replaces the names of the stage in a text of a scenario.
func (s *stage) fill(text string) string {
	return strings.NewReplacer("$DIR", s.dir, "$PORT2", s.ports[1], "$PORT", s.ports[0]).Replace(text)
}

// write makes a file. One that begins with #! can be executed.
func (s *stage) write(name, text string) error {
	path := filepath.Join(s.dir, name)
	mode := os.FileMode(0o644)
	if strings.HasPrefix(text, "#!") {
		mode = 0o755
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(s.fill(text)), mode)
}

// command prepares one of the programs in bin.
func (s *stage) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.dir, "bin", name), args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// start starts a daemon in the foreground and waits until it says that it runs.
func (s *stage) start(args ...string) error {
	s.previous = append(s.previous, s.log.all()...)
	s.log, s.stderr, s.ended = newTape(), new(bytes.Buffer), make(chan struct{})
	s.daemon = s.command("supervisord", append([]string{"-n", "-c", "supervisord.conf"}, args...)...)
	s.daemon.Stderr = s.stderr
	out, err := s.daemon.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.daemon.Start(); err != nil {
		return err
	}
	daemon, log, ended := s.daemon, s.log, s.ended
	go func() {
		log.record(out) // to its end, before Wait closes the pipe
		_ = daemon.Wait()
		close(ended)
	}()
	err = poll("the start of supervisord", func() bool { return s.started() || closed(ended) })
	if err != nil {
		return errors.Join(err, daemon.Process.Kill())
	}
	if closed(ended) && !s.started() {
		return fmt.Errorf("supervisord has ended:\n%s", s.stderr)
	}
	return nil
}

// started tells whether the daemon has come to its pid file, which is the last
// thing before it works. At level warn the log does not say so.
func (s *stage) started() bool {
	for _, line := range s.log.all() {
		if began.MatchString(line) || strings.HasSuffix(line, "could not write pidfile "+s.dir+"/pid") {
			return true
		}
	}
	files, _ := filepath.Glob(filepath.Join(s.dir, "*.pid")) // the pattern is well-formed
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && string(text) == fmt.Sprintf("%d\n", s.daemon.Process.Pid) {
			return true
		}
	}
	return false
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// clear ends every process that was started on this stage, which its
// environment tells, and removes the directory.
func (s *stage) clear(t *testing.T) error {
	if err := machine.EndAll("STAGE=" + s.dir); err != nil {
		return err
	}
	if s.ended != nil {
		<-s.ended
	}
	for _, closer := range s.closers {
		if err := closer(); err != nil {
			return err
		}
	}
	machine.Remove(t, s.dir)
	return nil
}
