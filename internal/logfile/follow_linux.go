package logfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// notices is the watcher that inotify(7) feeds. It watches the file for its
// content, and the directory for names that come. A watch belongs to the file,
// not to the name, so a file that is renamed takes its watch along.
type notices struct {
	ctx    context.Context
	path   string
	fd     int         // the inotify instance
	events *os.File    // the same, read through the poller
	files  []int       // the watches on what the path names and what it named before
	stop   func() bool // forgets ctx
	buf    [4096]byte
}

// newWatcher returns a watcher of the log at path. Instances of inotify are few,
// 128 a user by default; if the kernel has none left, or no watch, the watcher
// looks at intervals.
func newWatcher(ctx context.Context, path string) (watcher, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return newTicking(ctx), nil
	}
	n := &notices{ctx: ctx, path: path, fd: fd, events: os.NewFile(uintptr(fd), "inotify")}
	if err := n.watchDirectories(); err != nil {
		return newTicking(ctx), n.events.Close()
	}
	n.stop = context.AfterFunc(ctx, func() {
		// An error means that nobody reads any more.
		_ = n.events.SetReadDeadline(time.Unix(1, 0))
	})
	return n, nil
}

// watchDirectories watches the directory of the path, and that of the file if
// the path is a link to elsewhere.
func (n *notices) watchDirectories() error {
	dirs := []string{filepath.Dir(n.path)}
	if file, err := filepath.EvalSymlinks(n.path); err == nil {
		dirs = append(dirs, filepath.Dir(file))
	}
	for _, dir := range dirs {
		if _, err := unix.InotifyAddWatch(n.fd, dir, unix.IN_CREATE|unix.IN_MOVED_TO); err != nil {
			return &fs.PathError{Op: "inotify_add_watch", Path: dir, Err: err}
		}
	}
	return nil
}

func (n *notices) renew() error {
	wd, err := unix.InotifyAddWatch(n.fd, n.path, unix.IN_MODIFY|unix.IN_ATTRIB|unix.IN_MOVE_SELF)
	switch {
	case errors.Is(err, unix.ENOENT): // the directory will tell when it is back
		return nil
	case err != nil:
		return &fs.PathError{Op: "inotify_add_watch", Path: n.path, Err: err}
	case slices.Contains(n.files, wd):
		return nil
	}
	// The file before this one may still be written to, the one before that not.
	if n.files = append(n.files, wd); len(n.files) > 2 {
		// An error means that the file is gone and its watch with it.
		_, _ = unix.InotifyRmWatch(n.fd, uint32(n.files[0]))
		n.files = n.files[1:]
	}
	return nil
}

func (n *notices) wait() error {
	for {
		size, err := n.events.Read(n.buf[:])
		if n.ctx.Err() != nil {
			return n.ctx.Err()
		}
		if err != nil {
			return err
		}
		if n.concerned(n.buf[:size]) {
			return nil
		}
	}
}

// concerned reports whether one of these inotify events is about the log: every
// event of a watched file is, and one of a directory if it is about the log's
// name or that of a backup.
func (n *notices) concerned(events []byte) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		mask := binary.NativeEndian.Uint32(events[4:])
		end := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		name, _, _ := bytes.Cut(events[unix.SizeofInotifyEvent:end], []byte{0})
		events = events[end:]
		if mask&unix.IN_IGNORED == 0 && (len(name) == 0 || strings.HasPrefix(string(name), filepath.Base(n.path))) {
			return true
		}
	}
	return false
}

func (n *notices) close() {
	n.stop()
	n.events.Close()
}
