//go:build !linux

package upgrade

import (
	"errors"
	"os"
	"syscall"
	"time"
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

// Guardable fails.
func Guardable() error { return errUnsupported }

// Guard fails.
func (e Execution) Guard(string, uint64, time.Duration) (int, error) { return 0, errUnsupported }

// Dismiss has nobody to dismiss.
func Dismiss(int) error { return nil }

// Watches fails.
func (g *Guarded) Watches(error) error { return errUnsupported }

// Asks is not asked.
func Asks(syscall.WaitStatus) bool { return false }

// Settle has nothing to do.
func (n *Note) Settle() error { return nil }
