//go:build !linux

package spawn

import (
	"os"
	"syscall"
)

// ward is a fostered child; here there is none.
type ward struct{}

func parentage(int) (born uint64, ours bool) { return 0, false }

func (*pumps) watch(*Child, int, uint64, *Held) (*ward, error) { return nil, syscall.ENOTSUP }

func (*ward) hasEnded() {}

func (*ward) signal(syscall.Signal, bool) error { return syscall.ESRCH }

// TakeStdin fails.
func (c *Child) TakeStdin(string) (*os.File, error) { return nil, syscall.ENOTSUP }
