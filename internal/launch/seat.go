package launch

import (
	"errors"
	"sync"
	"sync/atomic"
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

	remains  *child        // of an incarnation that nobody knows of; see clear
	taken    int           // the incarnation that an earlier daemon has made; 0: none
	places   chan struct{} // has room for one: who makes the next child ready
	out, err backlog       // the ways to the logs

	mu    sync.Mutex
	child *child    // nil: there is none
	begun time.Time // when the last child of this daemon was begun, before it was there; zero: none was
	look  time.Time // when it was last looked for what a child has left behind
}

// child is a living incarnation with all that is open for it.
type child struct {
	*spawn.Child
	input   *spawn.Input // nil: its stdin is a socket
	streams []*stream
	kept    *childRecord // nil: it is not kept
	orphan  *foundling   // nil: it was started by this daemon

	file      string   // that was executed
	args      []string // its command line
	started   time.Time
	signalled atomic.Bool // its end may be our doing
	killed    atomic.Bool // even if it was SIGKILL that ended it
}

// Launch begins an incarnation.
func (s *seat) Launch(n int, report func(supervisor.Report)) {
	if n == s.taken && n != 0 { // an earlier daemon had come this far; see foundling
		return
	}
	s.launcher.queue.add(func() {
		s.clear(report)
		before := time.Now() // a child may have children before we come to look at the clock
		s.mu.Lock()
		s.begun = before
		s.mu.Unlock()
		c, err := s.spawn(n, report)
		if err != nil {
			report(supervisor.SpawnFailed{Incarnation: n, Reason: s.explain(err), At: time.Now()})
			return
		}
		c.started = before
		s.mu.Lock()
		s.child = c
		s.mu.Unlock()
		report(supervisor.Spawned{Incarnation: n, PID: c.PID, At: time.Now()})
		s.carry(c)
		s.await(c, report)
	})
}

// Resume goes on with the child that the seat was handed over with.
func (s *seat) Resume(report func(supervisor.Report)) {
	s.out.thaw()
	s.err.thaw()
	c := s.living()
	if c == nil {
		return
	}
	for _, st := range c.streams {
		st.reportTo(report)
	}
	if c.orphan != nil {
		s.launcher.ending.run(func() { s.takeIn(c, report) })
		return
	}
	s.carry(c)
	if c.input != nil {
		c.input.Thaw()
	}
	s.await(c, report)
}

// await arranges for the end of the child.
func (s *seat) await(c *child, report func(supervisor.Report)) {
	c.OnExit(func(e spawn.Exit) {
		s.hasEnded(c, e)
		s.launcher.ending.run(func() {
			look := s.lookAt(c, e, report)
			s.end(c, e, look.worthwhile(), report)
			if look.worthwhile() {
				s.launcher.looks.add(look)
			}
		})
	})
}

// spawn makes ready what a child needs and starts it.
func (s *seat) spawn(n int, report func(supervisor.Report)) (*child, error) {
	c, spec, err := s.makeReady(report)
	if err != nil {
		return nil, err
	}
	if s.socket != nil {
		if spec.Stdin, err = s.socket.acquire(); err != nil {
			c.closeStreams()
			return nil, err
		}
	}
	s.announce(n, c, &spec)
	c.Child, err = s.launcher.Spawner.Start(spec)
	if errors.Is(err, spawn.ErrNoFIFO) {
		s.giveUp(c, &spec, err)
		c.Child, err = s.launcher.Spawner.Start(spec)
	}
	if err != nil {
		s.unmade(c)
		c.closeStreams()
		s.releaseSocket()
		return nil, err
	}
	s.made(c)
	if c.Stdin != nil {
		c.input = s.newInput(c)
	}
	for i, pipe := range []*spawn.Pipe{c.Stdout, c.Stderr}[:len(c.streams)] {
		c.streams[i].pipe = pipe
	}
	return c, nil
}

// carry starts to move what the child writes.
func (s *seat) carry(c *child) {
	for _, st := range c.streams {
		st.pid = c.PID
		if st.pipe != nil { // else the child had closed it before it was handed over
			st.pump = s.pump(c, st)
		}
	}
}

// end gets the last bytes of a dead child to where they belong, and only then
// reports its end.
func (s *seat) end(c *child, e spawn.Exit, looksBack bool, report func(supervisor.Report)) {
	finished := make(chan struct{})
	go func() {
		s.finish(c)
		close(finished)
	}()
	patience := time.NewTimer(endPatience)
	defer patience.Stop()
	select {
	case <-finished:
	case <-patience.C:
		for _, st := range c.streams {
			st.late.Store(true)
		}
		s.launcher.Log.Error("a log of " + s.config.Name + " cannot be written to its end: the file system does not answer")
	}
	s.mu.Lock()
	s.child = nil // from now on its logs are nobody's but the disk's
	s.mu.Unlock()
	if c.input != nil {
		c.input.Close()
	}
	s.releaseSocket()
	s.unmade(c)
	report(supervisor.Ended{
		PID:  e.PID,
		Exit: lifecycle.Exit{Status: e.Code(), Text: e.Text()},
		At:   e.At,

		LogsFrom:  c.logsFrom(),
		LooksBack: looksBack,
	})
}

// logsFrom returns where in its logs, stdout and stderr, begins what the child wrote.
func (c *child) logsFrom() (from [2]int64) {
	for _, st := range c.streams {
		switch {
		case st.file == nil:
		case st.channel == "stderr":
			from[1] = st.file.Began()
		default:
			from[0] = st.file.Began()
		}
	}
	return from
}

// finish writes what is in the pipes of a dead child and closes its logs.
func (s *seat) finish(c *child) {
	for _, st := range c.streams {
		if st.file != nil {
			st.file.Hurry()
		}
	}
	for _, st := range c.streams {
		if st.pump != nil {
			st.pump.Finish()
		}
	}
	c.closeStreams()
}

// backlog returns the way to the log of a channel.
func (s *seat) backlog(channel string) *backlog {
	if channel == "stderr" {
		return &s.err
	}
	return &s.out
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
	c.signalled.Store(true)
	if sig == syscall.SIGKILL {
		c.killed.Store(true)
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
