//go:build !linux

package spawn

import (
	"os"
	"syscall"
	"time"
)

func introduction(Spec, *syscall.ProcAttr) func(pid int) { return nil }

// PIDFD fails.
func (c *Child) PIDFD() (int, error) { return -1, syscall.ENOTSUP }

// StartOwn fails.
func (s *Spawner) StartOwn([]string, []string, ...*os.File) (*Child, error) {
	return nil, syscall.ENOTSUP
}

// Held is what somebody has kept of a child; here nobody does.
type Held struct {
	PIDFD int
	Ended time.Time
}

// Born knows nothing.
func (*Held) Born() uint64 { return 0 }

// Close does nothing.
func (*Held) Close() error { return nil }
