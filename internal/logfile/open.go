package logfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/internal/sticky"
)

// target is what a log's path led to when it was opened.
type target struct {
	file    *os.File
	size    int64 // in bytes, of a regular file
	regular bool  // it is a regular file
	owned   bool  // and has a name of its own, so that it may be renamed and deleted
	waits   bool  // a write may have to wait for a reader, and can be told how long
	blocks  bool  // it may have to wait, and can not
}

// open opens a log for appending.
//
// O_NONBLOCK keeps open(2) from waiting for the reader of a fifo, and lets
// writes wait in Go's poller, where they can be given a deadline. It means
// nothing to a regular file. O_NOCTTY keeps a terminal from becoming the
// daemon's own.
func open(path string, mode os.FileMode) (target, error) {
	shared := false
	file, err := sticky.Open(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NONBLOCK|syscall.O_NOCTTY, mode)
	if err != nil {
		file, shared, err = openElse(path, err)
	}
	if err != nil {
		return target{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return target{}, errors.Join(err, file.Close())
	}
	t := target{file: file, regular: info.Mode().IsRegular()}
	if t.regular {
		t.size = info.Size()
		_, stream := descriptor(path)
		t.owned = !stream
	} else {
		// What cannot wait in the poller, like /dev/null, has no deadlines.
		t.waits = file.SetWriteDeadline(time.Time{}) == nil
		t.blocks = shared && !t.waits
	}
	return t, nil
}

// writeBy writes to a target that may have to be waited for and knows no
// deadlines itself, until a deadline.
func (t target) writeBy(deadline time.Time, p []byte) (written int, err error) {
	for written < len(p) && err == nil {
		if err := t.awaitRoom(deadline); err != nil {
			return written, err
		}
		var n int
		n, err = t.file.Write(firstLines(p[written:]))
		written += n
	}
	return written, err
}

// firstLines returns as many whole lines of p as there is always room for in a
// pipe or socket that is ready for writing, which on Linux is a page (pipe(7)).
// Others may write there in between.
func firstLines(p []byte) []byte {
	const room = 4096
	if len(p) <= room {
		return p
	}
	if end := bytes.LastIndexByte(p[:room], '\n'); end >= 0 {
		return p[:end+1]
	}
	return p[:room]
}

// awaitRoom waits until a write does not block. Its error is
// os.ErrDeadlineExceeded if that takes too long.
func (t target) awaitRoom(deadline time.Time) error {
	for {
		ready := []unix.PollFd{{Fd: int32(t.file.Fd()), Events: unix.POLLOUT}}
		n, err := unix.Poll(ready, int(max(0, time.Until(deadline).Milliseconds())))
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return os.NewSyscallError("poll", err)
		case n == 0:
			return os.ErrDeadlineExceeded
		default:
			return nil
		}
	}
}

// openElse opens what cannot be opened for appending; cause says why. What is
// shared with others cannot be made not to block, because that would change it
// for them, too.
func openElse(path string, cause error) (file *os.File, shared bool, err error) {
	// A socket cannot be opened by its name in /dev/fd (open(2), ENXIO), and
	// a pipe may belong to a user that the daemon no longer is.
	if fd, ok := descriptor(path); ok {
		number, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
		if err != nil {
			return nil, false, cause
		}
		return os.NewFile(uintptr(number), path), true, nil
	}
	// A fifo that nobody reads cannot be opened for writing only (fifo(7)).
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 && errors.Is(cause, unix.ENXIO) {
		file, err := sticky.Open(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
		return file, false, err
	}
	return nil, false, cause
}

// descriptor returns the descriptor of this process that a path stands for, if
// it is one of the names of descriptors or a link to one.
func descriptor(path string) (int, bool) {
	const mostLinks = 8
	for range mostLinks {
		switch path = filepath.Clean(path); path {
		case "/dev/stdin":
			return 0, true
		case "/dev/stdout":
			return 1, true
		case "/dev/stderr":
			return 2, true
		}
		for _, dir := range []string{"/dev/fd/", "/proc/self/fd/", fmt.Sprintf("/proc/%d/fd/", os.Getpid())} {
			if number, ok := strings.CutPrefix(path, dir); ok {
				fd, err := strconv.Atoi(number)
				return fd, err == nil
			}
		}
		link, err := os.Readlink(path)
		if err != nil {
			return 0, false
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	return 0, false
}
