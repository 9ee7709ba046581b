package logfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"syscall"

	"supervisor/internal/sticky"
)

// ErrBadArguments says that an offset and a length do not go together.
var ErrBadArguments = errors.New("bad arguments")

// ErrNotKept says that what is written to a log cannot be read again.
var ErrNotKept = errors.New("it is a pipe or a terminal, which keeps nothing")

// MaxRead is the most that Read and Tail return at once, in bytes. Whoever asks
// for more than that, as a Read of everything may do, gets an error: an answer
// that was cut could not be told from the whole.
const MaxRead = 256 << 20

// Read returns a piece of the log at path (logging.md, section 7):
//
//	offset < 0, length = 0   the last -offset bytes
//	offset >= 0, length = 0  everything from offset on
//	offset >= 0, length > 0  at most length bytes from offset on
//
// Everything else is ErrBadArguments. An offset behind the end gives nothing. A
// missing log is fs.ErrNotExist. Only the current file is read, never a rotated
// one. What keeps nothing, as a pipe or a terminal, cannot be read: ErrNotKept.
func Read(path string, offset, length int64) ([]byte, error) {
	if length < 0 || offset < 0 && length != 0 {
		return nil, fmt.Errorf("cannot read %d bytes from offset %d: %w", length, offset, ErrBadArguments)
	}
	file, size, err := openKept(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read log: %w", err)
	}
	defer file.Close()
	if offset < 0 {
		offset = max(0, size+max(offset, -size))
	}
	if length == 0 {
		length = math.MaxInt64
	}
	return readPiece(file, size, offset, length)
}

// Tail returns the end of the log at path for a client that has seen it up to
// offset and wants length bytes (logging.md, section 8): the last length bytes,
// or nothing if there is nothing behind offset. The new offset is the size of
// the file, and overflow says that more than length bytes lay behind offset.
//
// A missing log is fs.ErrNotExist, and one that keeps nothing ErrNotKept; newOffset
// is then the offset asked for.
func Tail(path string, offset, length int64) (data []byte, newOffset int64, overflow bool, err error) {
	file, size, err := openKept(path)
	if err != nil {
		return nil, offset, false, fmt.Errorf("cannot read log: %w", err)
	}
	defer file.Close()
	start, length, overflow := tailRange(size, offset, length)
	data, err = readPiece(file, size, start, length)
	return data, size, overflow, err
}

// tailRange computes what a tail returns of a file of the given size.
func tailRange(size, offset, length int64) (start, n int64, overflow bool) {
	// Values beyond any file's size mean the same as these, and cannot overflow.
	const far = math.MaxInt64 / 4
	offset, length = min(max(offset, -far), far), min(max(length, -far), far)
	if overflow = size > offset+length; overflow {
		offset = size - 1
	}
	if offset+length > size {
		if offset > size-1 {
			length = 0
		}
		offset = size - length
	}
	return max(0, offset), max(0, length), overflow
}

// Clear empties the log at path that nobody writes, and keeps its owner and
// mode. That it is missing is no error, and what is no regular file is left alone.
func Clear(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Mode().IsRegular() {
		var file *os.File
		if file, err = sticky.Open(path, os.O_WRONLY|os.O_TRUNC|syscall.O_NONBLOCK, 0); err == nil {
			err = file.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("cannot clear log: %w", err)
	}
	return nil
}

// openKept opens a log of which a piece is to be read, and returns its size.
func openKept(path string) (*os.File, int64, error) {
	file, size, err := openForReading(path)
	if err != nil {
		return nil, 0, err
	}
	if _, err := file.Seek(0, io.SeekCurrent); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("%s: %w", path, ErrNotKept), file.Close())
	}
	return file, size, nil
}

// openForReading opens a log and returns its size, which is 0 if it is no
// regular file. It never waits for the other end of a fifo.
func openForReading(path string) (*os.File, int64, error) {
	file, err := sticky.Open(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	if !info.Mode().IsRegular() {
		return file, 0, nil
	}
	return file, info.Size(), nil
}

// readPiece returns at most length bytes of a file of the given size. If the
// file has shrunk meanwhile, there are fewer.
func readPiece(file *os.File, size, offset, length int64) ([]byte, error) {
	length = min(length, max(0, size-offset))
	if length > MaxRead {
		return nil, fmt.Errorf("cannot read %d bytes of log at once, the limit is %d", length, MaxRead)
	}
	data := make([]byte, length)
	n, err := io.ReadFull(io.NewSectionReader(file, offset, length), data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("cannot read log: %w", err)
	}
	return data[:n], nil
}
