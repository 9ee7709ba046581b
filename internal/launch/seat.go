package launch

import (
	"errors"
	"sync"
	"syscall"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
	"supervisor/internal/logfile"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// seat implements supervisor.Seat.
type seat struct {
	launcher       *Launcher
	config         *config.Process
	listener       bool
	socket         *socket // nil: the child's stdin is a pipe
	stdout, stderr string  // paths of the logs; empty: none

	mu    sync.Mutex
	child *child // nil: there is none
}

// child is a living incarnation with all that is open for it.
type child struct {
	*spawn.Child
	input   *spawn.Input // nil: its stdin is a socket
	streams []*stream
	pumps   []*spawn.Pump
}

// Launch begins an incarnation.
func (s *seat) Launch(n int, report func(supervisor.Report)) {
	s.launcher.queue.add(func() {
		c, err := s.spawn(report)
		if err != nil {
			report(supervisor.SpawnFailed{Incarnation: n, Reason: s.explain(err), At: time.Now()})
			return
		}
		s.mu.Lock()
		s.child = c
		s.mu.Unlock()
		report(supervisor.Spawned{Incarnation: n, PID: c.PID, At: time.Now()})
		s.carry(c)
		c.OnExit(func(e spawn.Exit) { go s.end(c, e, report) })
	})
}

// spawn looks for the program, opens what its child needs, and starts it.
func (s *seat) spawn(report func(supervisor.Report)) (*child, error) {
	env := s.launcher.environment(s.config)
	file, argv, err := spawn.Resolve(s.config.Command, env)
	if err != nil {
		return nil, err
	}
	c := &child{}
	if err := s.openStreams(c, report); err != nil {
		c.closeStreams()
		return nil, &spawn.StartError{Err: err}
	}
	spec := spawn.Spec{
		Path:        file,
		Args:        argv,
		Env:         env,
		Dir:         s.config.Directory,
		Umask:       s.config.Umask,
		MergeStderr: s.config.RedirectStderr,
	}
	if s.config.User != nil {
		spec.UID = &s.config.User.UID
	}
	if s.socket != nil {
		if spec.Stdin, err = s.socket.acquire(); err != nil {
			c.closeStreams()
			return nil, err
		}
	}
	if c.Child, err = s.launcher.Spawner.Start(spec); err != nil {
		c.closeStreams()
		s.releaseSocket()
		return nil, err
	}
	if c.Stdin != nil {
		c.input = spawn.NewInput(c.Stdin)
	}
	return c, nil
}

func (s *seat) openStreams(c *child, report func(supervisor.Report)) error {
	stdout, err := s.openStream("stdout", s.stdout, s.config.Stdout, report)
	if err != nil {
		return err
	}
	c.streams = append(c.streams, stdout)
	if s.config.RedirectStderr {
		return nil
	}
	stderr, err := s.openStream("stderr", s.stderr, s.config.Stderr, report)
	if err != nil {
		return err
	}
	c.streams = append(c.streams, stderr)
	return nil
}

// carry starts to move what the child writes.
func (s *seat) carry(c *child) {
	for _, st := range c.streams {
		st.pid = c.PID
		pipe := c.Stdout
		if st.channel == "stderr" {
			pipe = c.Stderr
		}
		c.pumps = append(c.pumps, s.launcher.Spawner.Pump(pipe, st.pace(), st.handle))
	}
}

// end gets the last bytes of a dead child to where they belong, and only then
// reports its end.
func (s *seat) end(c *child, e spawn.Exit, report func(supervisor.Report)) {
	for _, p := range c.pumps {
		p.Finish()
	}
	s.mu.Lock()
	s.child = nil // from now on its logs are nobody's but the disk's
	s.mu.Unlock()
	c.closeStreams()
	if c.input != nil {
		c.input.Close()
	}
	s.releaseSocket()
	report(supervisor.Ended{
		PID:  e.PID,
		Exit: lifecycle.Exit{Status: spawn.ExitCode(e.Status), Text: spawn.Describe(e.Status)},
		At:   e.At,
	})
}

func (s *seat) releaseSocket() {
	if s.socket != nil {
		s.socket.release()
	}
}

func (c *child) closeStreams() {
	for _, st := range c.streams {
		st.close()
	}
}

// explain describes a failed start in Supervisor's words.
func (s *seat) explain(err error) string {
	var start *spawn.StartError
	if errors.As(err, &start) {
		return start.Explain(s.config.Name)
	}
	return err.Error()
}

// living returns the child, or nil.
func (s *seat) living() *child {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child
}

// Signal sends the child a signal, or its process group.
func (s *seat) Signal(sig syscall.Signal, group bool) error {
	c := s.living()
	if c == nil {
		return syscall.ESRCH
	}
	return c.Signal(sig, group)
}

// Send writes to the child's stdin.
func (s *seat) Send(data []byte) error {
	c := s.living()
	if c == nil || c.input == nil {
		return syscall.EPIPE
	}
	return c.input.Send(data)
}

// Check looks for the program as a start would.
func (s *seat) Check() error {
	_, _, err := spawn.Resolve(s.config.Command, s.launcher.environment(s.config))
	var refused *spawn.CommandError
	if !errors.As(err, &refused) {
		return err
	}
	if refused.NoFile {
		return &supervisor.Error{Kind: supervisor.ErrNoFile, Detail: refused.Text}
	}
	return &supervisor.Error{Kind: supervisor.ErrNotExecutable, Detail: refused.Text}
}

// Logs returns the paths of the log files.
func (s *seat) Logs() (stdout, stderr string) { return s.stdout, s.stderr }

// ClearLogs empties the log files. Those of a living child are emptied through
// the descriptor that it is written to, so nothing is written into a hole.
func (s *seat) ClearLogs() error {
	return s.eachLog((*logfile.File).Clear, logfile.Clear)
}

// ReopenLogs opens the log files of a living child anew.
func (s *seat) ReopenLogs() error {
	return s.eachLog((*logfile.File).Reopen, func(string) error { return nil })
}

// eachLog does something to each log: to the file if it is open, else to its path.
func (s *seat) eachLog(open func(*logfile.File) error, closed func(path string) error) error {
	var errs []error
	if c := s.living(); c != nil {
		for _, st := range c.streams {
			if st.file != nil {
				errs = append(errs, open(st.file))
			}
		}
		return errors.Join(errs...)
	}
	for _, path := range []string{s.stdout, s.stderr} {
		if path != "" {
			errs = append(errs, closed(path))
		}
	}
	return errors.Join(errs...)
}
