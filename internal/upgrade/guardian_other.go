//go:build !linux

package upgrade

import "time"

// Guardable fails.
func Guardable() error { return errUnsupported }

// Guard fails.
func (e Execution) Guard(string, uint64, time.Duration) (int, error) { return 0, errUnsupported }

// Dismiss has nobody to dismiss.
func Dismiss(int) error { return nil }

// Watches fails.
func (g *Guarded) Watches(error) error { return errUnsupported }
