//go:build !linux

package spawn

import (
	"context"
	"errors"
)

// pumps is what the pumps have in common. Each waits for its own pipe, with a
// goroutine of its own.
type pumps struct{ buffers buffers }

func (*pumps) open() error { return nil }
func (*pumps) close()      {}

// freeze fails: here the daemon cannot become another program.
func (*pumps) freeze(context.Context) error { return errors.ErrUnsupported }
func (*pumps) thaw()                        {}
