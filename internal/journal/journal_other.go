//go:build !linux

package journal

// Journal is never made here.
type Journal struct{}

// Open fails.
func Open(string, func(error)) (j *Journal, ignored, err error) {
	return nil, nil, errUnsupported
}

// Left finds none.
func Left(string) bool { return false }

// Dir returns nothing.
func (*Journal) Dir() string { return "" }

// Each visits nothing.
func (*Journal) Each(func(key string, value []byte)) {}

// Store does nothing.
func (*Journal) Store(...Change) {}

// Void does nothing.
func (*Journal) Void(error) {}

// IsVoid reports that nothing is stored.
func (*Journal) IsVoid() bool { return true }

// Close does nothing.
func (*Journal) Close() error { return nil }

// Clear does nothing.
func (*Journal) Clear() error { return nil }

// Remove does nothing.
func (*Journal) Remove() error { return nil }
