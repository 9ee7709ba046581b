//go:build !linux

package upgrade

import (
	"errors"
	"os"
	"syscall"
)

var errUnsupported = errors.New("a running supervisord can be upgraded on Linux only; stop it and start the new one")

// Memory fails: nothing can be handed over here.
func Memory([]byte) (*os.File, error) { return nil, errUnsupported }

// Open fails.
func Open(string) (*os.File, error) { return nil, errUnsupported }

// Self fails.
func Self() (*os.File, error) { return nil, errUnsupported }

// Inherited returns nothing, since it is for the next program.
func Inherited() []int { return nil }

// Execute fails.
func (e Execution) Execute() ([]syscall.Signal, error) { return nil, errUnsupported }

// Settle has nothing to do.
func (n *Note) Settle() error { return nil }
