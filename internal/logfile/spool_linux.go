package logfile

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Spool is where the bytes of a pipe are until they have been dealt with. The
// kernel moves them there, so that they are in the pipe or in the spool but never
// only in the memory of this process; a byte lies at its place in the stream, so
// the size of the file says how many have come, and whoever has dealt with them
// up to some place can be told to go on from there.
//
// It is not safe for concurrent use.
type Spool struct {
	file    *os.File
	size    int64
	dropped int64
	buffer  []byte
}

// dropEvery is how much is dealt with before its place on the disk is given back.
const dropEvery = 1 << 20

// OpenSpool opens a spool, or makes an empty one.
func OpenSpool(path string) (*Spool, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open spool: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Spool{file: file, size: info.Size()}, nil
}

// Move takes at most limit bytes out of a pipe and returns them. They are valid
// until the next call. At the end of the pipe it returns nothing, and EAGAIN if
// the pipe is empty.
func (s *Spool) Move(pipe, limit int) ([]byte, error) {
	at := s.size
	for {
		n, err := unix.Splice(pipe, nil, int(s.file.Fd()), &at, limit, unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return nil, err
		}
		return s.read(s.size, n)
	}
}

// Rest returns what lies behind a place, in pieces of at most limit bytes.
func (s *Spool) Rest(from int64, limit int, visit func(piece []byte)) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	for end := info.Size(); from < end; {
		piece, err := s.read(from, min(end-from, int64(limit)))
		if err != nil {
			return err
		}
		visit(piece)
		from += int64(len(piece))
	}
	return nil
}

// read reads n bytes that have come.
func (s *Spool) read(from, n int64) ([]byte, error) {
	s.size = max(s.size, from+n)
	if int64(cap(s.buffer)) < n {
		s.buffer = make([]byte, n)
	}
	piece := s.buffer[:n]
	_, err := s.file.ReadAt(piece, from)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return piece, err
}

// Size returns how many bytes have come.
func (s *Spool) Size() int64 { return s.size }

// Drop gives back the place of what lies before another place. A file system that
// cannot do that keeps it until the end.
func (s *Spool) Drop(before int64) {
	before &^= 4095
	if before-s.dropped < dropEvery {
		return
	}
	_ = unix.Fallocate(int(s.file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, s.dropped, before-s.dropped)
	s.dropped = before
}

// Close closes the file and keeps it.
func (s *Spool) Close() error { return s.file.Close() }
