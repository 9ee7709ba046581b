package spawn

import (
	"errors"
	"syscall"

	"supervisor/internal/privilege"
)

// errNeedsStage means that only a stage can start the program as specified, or
// say properly why it cannot be started.
var errNeedsStage = errors.New("a stage is needed")

// execute makes c a child that runs the program, with the given descriptors as
// its 0, 1 and 2. The direct way is taken if it works: one vfork, one execve.
// If it does not there is no telling which step failed, and in the reference
// there is a child by then that says so; the stage is that child.
func (s *Spawner) execute(spec Spec, fds []uintptr, c *Child) error {
	if s.direct(spec, fds, c) == nil {
		return nil
	}
	return s.staged(spec, fds, c)
}

// direct executes the program in a new process.
func (s *Spawner) direct(spec Spec, fds []uintptr, c *Child) error {
	attr := attributes(spec.Env, fds)
	attr.Dir = spec.Dir
	introduce := introduction(spec, attr)
	if spec.UID != nil && privilege.Needed(*spec.UID) {
		to, err := privilege.Lookup(*spec.UID)
		if err != nil {
			return errNeedsStage
		}
		attr.Sys.Credential = to
	}
	fork := func() error { return s.fork(spec.Path, spec.Args, attr, c, introduce) }
	if spec.Umask != nil {
		return withUmask(*spec.Umask, fork)
	}
	return fork()
}

// staged executes this very program in a new process, as a stage that turns
// into the program specified.
func (s *Spawner) staged(spec Spec, fds []uintptr, c *Child) error {
	self, err := ownExecutable()
	if err != nil {
		return err
	}
	attr := attributes(spec.Env, fds)
	return s.fork(self, stageArgs(spec), attr, c, introduction(spec, attr))
}

func attributes(env []string, fds []uintptr) *syscall.ProcAttr {
	return &syscall.ProcAttr{Env: env, Files: fds, Sys: &syscall.SysProcAttr{Setpgid: true}}
}

// fork makes c a known child. syscall.ForkExec reaps a child that could not
// execute the file, and the reaper leaves it to that. introduce, if not nil, is
// called with the child's pid before it can be reaped.
func (s *Spawner) fork(path string, args []string, attr *syscall.ProcAttr, c *Child, introduce func(pid int)) error {
	s.beginFork()
	restore := s.mask.Assume()
	pid, err := syscall.ForkExec(path, args, attr)
	restore()
	if err != nil {
		s.endFork(nil)
		return err
	}
	c.PID = pid
	if introduce != nil {
		introduce(pid)
	}
	s.endFork(c)
	return nil
}
