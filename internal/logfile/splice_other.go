//go:build !linux

package logfile

import (
	"errors"
	"os"
)

// ErrNoSplice says that bytes cannot be moved into a log without being read.
var ErrNoSplice = errors.New("cannot splice")

// Splice fails with ErrNoSplice.
func (f *File) Splice(pipe, limit int) (n int, err error) { return 0, ErrNoSplice }

// lockFile does nothing: nobody splices.
func lockFile(*os.File) (unlock func(), err error) { return func() {}, nil }

// Mark is a place in a log.
type Mark struct {
	Dev, Ino uint64
	Size     int64
}

// Mark returns nothing.
func (f *File) Mark() Mark { return Mark{} }

// Since returns nothing.
func Since(string, Mark) int64 { return 0 }
