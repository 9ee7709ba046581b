//go:build !linux

package spawn

import "syscall"

// openFIFO fails: nothing is adopted here.
func (p *pipes) openFIFO(int, string) error { return syscall.ENOTSUP }

// FindFIFO fails.
func FindFIFO(string, int, int, bool) (*Pipe, error) { return nil, syscall.ENOTSUP }

// OpenFIFO fails.
func OpenFIFO(string, bool) (*Pipe, error) { return nil, syscall.ENOTSUP }
