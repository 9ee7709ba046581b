package logfile

import (
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
)

// target is what a log's path led to when it was opened.
type target struct {
	file    *os.File
	size    int64 // in bytes, of a regular file
	regular bool  // it is a regular file
	owned   bool  // and has a name of its own, so that it may be renamed and deleted
	waits   bool  // a write may have to wait for a reader, and can be told how long
}

// open opens a log for appending.
//
// O_NONBLOCK keeps open(2) from waiting for the reader of a fifo, and lets
// writes wait in Go's poller, where they can be given a deadline. It means
// nothing to a regular file. O_NOCTTY keeps a terminal from becoming the
// daemon's own.
func open(path string, mode os.FileMode) (target, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NONBLOCK|syscall.O_NOCTTY, mode)
	if err != nil {
		file, err = openElse(path, err)
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
	}
	return t, nil
}

// openElse opens what cannot be opened for appending; cause says why.
func openElse(path string, cause error) (*os.File, error) {
	// A socket cannot be opened by its name in /dev/fd (open(2), ENXIO), and
	// a pipe may belong to a user that the daemon no longer is.
	if fd, ok := descriptor(path); ok {
		number, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
		if err != nil {
			return nil, cause
		}
		return os.NewFile(uintptr(number), path), nil
	}
	// A fifo that nobody reads cannot be opened for writing only (fifo(7)).
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 && errors.Is(cause, unix.ENXIO) {
		return os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	}
	return nil, cause
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
