//go:build !linux

package journal

import "errors"

// Journal is never made here: without pidfds and /proc there is no telling
// whose child a process was.
type Journal struct{}

// Open fails.
func Open(string, func(error)) (j *Journal, ignored, err error) {
	return nil, nil, errors.New("children can be taken back on Linux only")
}

// Dir returns nothing.
func (*Journal) Dir() string { return "" }

// Each visits nothing.
func (*Journal) Each(func(key string, value []byte)) {}

// Store does nothing.
func (*Journal) Store(...Change) {}

// Close does nothing.
func (*Journal) Close() error { return nil }

// Remove does nothing.
func (*Journal) Remove() error { return nil }
