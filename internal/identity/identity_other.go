//go:build !linux

package identity

// Look fails with ErrUnknown.
func Look(int) (Process, error) { return Process{}, ErrUnknown }

// Boot fails with ErrUnknown.
func Boot() (string, error) { return "", ErrUnknown }

// All fails with ErrUnknown.
func All() ([]int, error) { return nil, ErrUnknown }

// Environ fails with ErrUnknown.
func Environ(int) ([]string, error) { return nil, ErrUnknown }

// Command fails with ErrUnknown.
func Command(int) ([]string, error) { return nil, ErrUnknown }
