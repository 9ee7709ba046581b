//go:build !linux

package logfile

// Spool is never made here.
type Spool struct{}

// OpenSpool fails.
func OpenSpool(string) (*Spool, error) { return nil, ErrNoSplice }

// Move fails.
func (*Spool) Move(pipe, limit int) ([]byte, error) { return nil, ErrNoSplice }

// Rest visits nothing.
func (*Spool) Rest(from int64, limit int, visit func(piece []byte)) error { return nil }

// Size returns 0.
func (*Spool) Size() int64 { return 0 }

// Drop does nothing.
func (*Spool) Drop(before int64) {}

// Close does nothing.
func (*Spool) Close() error { return nil }
