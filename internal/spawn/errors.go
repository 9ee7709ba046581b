package spawn

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrNoFIFO says that a pipe of Spec.FIFOs cannot be made, which is no reason to have
// none.
var ErrNoFIFO = errors.New("cannot make the pipe")

// StartError says why the system refused to make a child, or what a child
// needs: its pipes, its log files.
type StartError struct {
	Forking bool // the fork failed; otherwise something that it needs could not be made
	Err     error
}

// Error describes the failure in our own words.
func (e *StartError) Error() string {
	if e.Forking {
		return fmt.Sprintf("cannot fork: %v", e.Err)
	}
	return fmt.Sprintf("cannot make what a child needs: %v", e.Err)
}

// Unwrap returns the error of the system.
func (e *StartError) Unwrap() error { return e.Err }

// Explain describes the failure to start a process in Supervisor's words
// (process.md, section 4, step 5).
func (e *StartError) Explain(process string) string {
	switch {
	case errors.Is(e.Err, syscall.EMFILE):
		return fmt.Sprintf("too many open files to spawn '%s'", process)
	case !e.Forking:
		return fmt.Sprintf("unknown error making dispatchers for '%s': %s", process, errnoName(e.Err))
	case errors.Is(e.Err, syscall.EAGAIN):
		return fmt.Sprintf("Too many processes in process table to spawn '%s'", process)
	}
	return fmt.Sprintf("unknown error during fork for '%s': %s", process, errnoName(e.Err))
}

// errnoName returns the symbol of a system error, like ENOENT, and the text of
// any other error.
func errnoName(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	if name := unix.ErrnoName(errno); name != "" {
		return name
	}
	return fmt.Sprintf("errno %d", int(errno))
}
