//go:build !linux

package identity

// Look fails with ErrUnknown.
func Look(int) (Process, error) { return Process{}, ErrUnknown }

// Boot fails with ErrUnknown.
func Boot() (string, error) { return "", ErrUnknown }

// All fails with ErrUnknown.
func All() ([]int, error) { return nil, ErrUnknown }

// A Reader knows nothing.
type Reader struct{}

// Look fails with ErrUnknown.
func (*Reader) Look(int) (Process, error) { return Process{}, ErrUnknown }

// Environ fails with ErrUnknown.
func (*Reader) Environ(int) ([]byte, error) { return nil, ErrUnknown }

// Command fails with ErrUnknown.
func (*Reader) Command(int) ([]string, error) { return nil, ErrUnknown }
