package launch

import (
	"fmt"
	"os"
	"time"

	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

const (
	// startPatience is how long a start waits for a file system that does not
	// answer, and endPatience how long the end of a child does.
	startPatience = 20 * time.Second
	endPatience   = 20 * time.Second
	// mostAtOnce is how many starts may wait for file systems at once. Each that
	// hangs costs a thread.
	mostAtOnce = 256
)

// ready is what a start needs that comes from file systems.
type ready struct {
	child *child // with its streams open
	spec  spawn.Spec
	err   error
}

// makeReady looks for the program and opens the logs of its child. A file system
// that does not answer cannot be interrupted, but it can be left alone: what it
// gives later is closed, and until then the seat asks for nothing more.
func (s *seat) makeReady(report func(supervisor.Report)) (*child, spawn.Spec, error) {
	result := make(chan ready)
	left := make(chan struct{})
	go func() {
		defer s.takePlace(left)()
		select {
		case <-left:
			return
		default:
		}
		r := s.prepare(report)
		select {
		case result <- r:
		case <-left:
			r.child.closeStreams()
		}
	}()
	patience := time.NewTimer(startPatience)
	defer patience.Stop()
	select {
	case r := <-result:
		return r.child, r.spec, r.err
	case <-patience.C:
		close(left)
		return nil, spawn.Spec{}, fmt.Errorf("cannot spawn '%s': a file system that it needs does not answer", s.config.Name)
	}
}

// takePlace waits until nothing else is made ready for the seat, and not too much
// for others; leave ends that. The function returned gives the place back.
func (s *seat) takePlace(leave <-chan struct{}) (giveBack func()) {
	var taken []chan struct{}
	for _, places := range []chan struct{}{s.places, s.launcher.places} {
		select {
		case places <- struct{}{}:
			taken = append(taken, places)
		case <-leave:
		}
	}
	return func() {
		for _, places := range taken {
			<-places
		}
	}
}

// prepare does what may hang. It looks at the directory too, so that a dead one
// does not hang the fork, behind which all others wait.
func (s *seat) prepare(report func(supervisor.Report)) ready {
	r := ready{child: &child{}}
	env := s.launcher.environment(s.config)
	file, argv, err := spawn.Resolve(s.config.Command, env)
	if err != nil {
		r.err = err
		return r
	}
	r.child.file, r.child.args = file, argv
	if dir := s.config.Directory; dir != "" {
		_, _ = os.Stat(dir) // what is wrong with it the child will say
	}
	if err := s.openStreams(r.child, report); err != nil {
		r.child.closeStreams()
		r.err = &spawn.StartError{Err: err}
		return r
	}
	r.spec = spawn.Spec{
		Path:        file,
		Args:        argv,
		Env:         env,
		Dir:         s.config.Directory,
		Umask:       s.config.Umask,
		MergeStderr: s.config.RedirectStderr,
	}
	if s.config.User != nil {
		r.spec.UID = &s.config.User.UID
	}
	return r
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
