package logfile

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrNoSplice says that bytes cannot be moved into this log without being read
// and written, because it is no regular file, or because the system cannot.
var ErrNoSplice = errors.New("cannot splice")

// Splice appends at most limit bytes of what is in a pipe to the file, and
// rotates it like Write. The kernel takes from the pipe what it has written to
// the file and nothing else, even if the process is killed meanwhile: no byte is
// lost, none is there twice. It returns 0 at the end of the pipe, EAGAIN if the
// pipe is empty, and ErrNoSplice.
//
// splice(2) does not append, so the file is locked (flock(2)) against others that
// write it this way while its end is looked for; with Options.Shared, against
// Write as well.
func (f *File) Splice(pipe, limit int) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.target.regular {
		return 0, ErrNoSplice
	}
	if err := f.openPlain(); err != nil {
		return 0, err
	}
	n, err = f.splice(pipe, limit)
	if f.limit > 0 && f.target.size >= f.limit {
		err = errors.Join(err, f.rotate())
	}
	return n, err
}

func (f *File) splice(pipe, limit int) (int, error) {
	fd := int(f.plain.Fd())
	unlock, err := lockFile(f.plain)
	if err != nil {
		return 0, err
	}
	defer unlock()
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, os.NewSyscallError("fstat", err)
	}
	at := st.Size
	for {
		n, err := unix.Splice(pipe, nil, fd, &at, limit, unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EINVAL):
			return 0, ErrNoSplice
		case err == nil:
			f.target.size = st.Size + n
		}
		return int(n), err
	}
}

// openPlain opens the file that is open once more, without O_APPEND, which
// splice(2) refuses.
func (f *File) openPlain() error {
	if f.plain != nil && f.plainOf == f.target.file {
		return nil
	}
	fd, err := number(f.target.file)
	if err != nil {
		return err
	}
	if f.plain != nil {
		if err := f.plain.Close(); err != nil {
			return err
		}
		f.plain = nil
	}
	plain, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(fd), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoSplice, err)
	}
	f.plain, f.plainOf = plain, f.target.file
	return nil
}

// lockFile keeps others that splice to the file from looking for its end.
func lockFile(file *os.File) (unlock func(), err error) {
	fd, err := number(file)
	for err == nil {
		switch err := unix.Flock(fd, unix.LOCK_EX); {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return nil, os.NewSyscallError("flock", err)
		default:
			// It cannot fail on a lock that is held.
			return func() { _ = unix.Flock(fd, unix.LOCK_UN) }, nil
		}
	}
	return nil, err
}

// Mark is a place in a log: how far its file was written.
type Mark struct {
	Dev, Ino uint64
	Size     int64
}

// Mark returns the end of the file.
func (f *File) Mark() Mark {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := f.target.file.Stat()
	if err != nil || !f.target.regular {
		return Mark{}
	}
	return markOf(info)
}

// Since returns how many bytes have been written to the log at path since the
// mark, through a rotation if there was one.
func Since(path string, m Mark) int64 {
	info, err := os.Stat(path)
	if err != nil || m == (Mark{}) {
		return 0
	}
	now := markOf(info)
	if now.Dev == m.Dev && now.Ino == m.Ino {
		if now.Size < m.Size { // it was emptied after all had been written
			return 1 << 62
		}
		return now.Size - m.Size
	}
	info, err = os.Stat(backupName(path, 1))
	if err != nil {
		return 0
	}
	if old := markOf(info); old.Dev == m.Dev && old.Ino == m.Ino {
		return old.Size - m.Size + now.Size
	}
	return 0
}

func markOf(info os.FileInfo) Mark {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return Mark{}
	}
	return Mark{Dev: uint64(st.Dev), Ino: st.Ino, Size: info.Size()}
}
