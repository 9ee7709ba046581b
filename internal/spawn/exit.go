package spawn

import (
	"fmt"
	"syscall"
	"time"

	"supervisor/internal/signals"
)

// Exit is the end of a child.
type Exit struct {
	PID    int
	Status syscall.WaitStatus
	Lost   bool      // Status is not known: nobody who would tell us has seen it
	At     time.Time // when the child was reaped, or was found to be gone
}

// Text says how the child ended, in Supervisor's words where there are some.
func (e Exit) Text() string {
	if e.Lost {
		return "exit status unknown"
	}
	return Describe(e.Status)
}

// Code returns the exit code of a child that exited; -1 if it was killed by a
// signal, or if the code is not known.
func (e Exit) Code() int {
	if e.Lost {
		return -1
	}
	return e.Status.ExitStatus()
}

// Describe says in Supervisor's words how a child ended (process.md, section
// 2): "exit status 1", "terminated by SIGKILL".
func Describe(status syscall.WaitStatus) string {
	switch {
	case status.Exited():
		return fmt.Sprintf("exit status %d", status.ExitStatus())
	case status.Signaled() && status.CoreDump():
		return fmt.Sprintf("terminated by %s (core dumped)", signals.Name(status.Signal()))
	case status.Signaled():
		return fmt.Sprintf("terminated by %s", signals.Name(status.Signal()))
	}
	return fmt.Sprintf("unknown termination cause 0x%04x", uint32(status))
}
