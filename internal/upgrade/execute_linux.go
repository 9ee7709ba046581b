package upgrade

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Memory returns a piece of memory that holds the image, as a file that no child
// inherits. It fails if there is not enough.
func Memory(image []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("supervisord image", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("cannot keep the image: %w", os.NewSyscallError("memfd_create", err))
	}
	file := os.NewFile(uintptr(fd), "image")
	_, err = file.Write(image)
	if err == nil {
		_, err = file.Seek(0, 0)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("cannot keep the image: %w", err)
	}
	return file, nil
}

// Open opens a program, in order to execute it and for nothing else.
func Open(path string) (*os.File, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(fd), path), nil
}

// Self opens the program that this process runs, even if its file is gone.
func Self() (*os.File, error) { return Open("/proc/self/exe") }

// Inherited returns the descriptors from 3 on that this process was started with.
// It is called before any is opened that a child may inherit.
func Inherited() (fds []int) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || fd < 3 {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			fds = append(fds, fd)
		}
	}
	return fds
}

// asking are the signals that ask the daemon for something.
func asking() []os.Signal {
	return []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}
}

// Execute replaces the program of this process. It returns only if that fails,
// and with it the signals that Caught has returned; the caller listens anew then.
//
// To block signals, which the system would keep over an execve(2), does not help:
// the Go runtime unblocks those that end a process before anybody can listen. So
// what has come is handed over, and for the moment until the next program listens
// the signals are ignored: one that is lost can be sent again, and a daemon that is
// ended leaves its children behind.
func (e Execution) Execute() (caught []syscall.Signal, err error) {
	note := e.Note
	if comm, err := os.ReadFile("/proc/self/comm"); err == nil && note.Comm == "" {
		note.Comm = strings.TrimSpace(string(comm))
	}
	keep := append(slices.Clone(e.Keep), note.Image, note.Previous)
	if err := closeOnExec(keep, false); err != nil {
		return nil, err
	}
	signal.Ignore(asking()...)
	awaitDelivery()
	caught = e.Caught()
	note.Signals = append(slices.Clone(note.Signals), caught...)
	text, err := json.Marshal(note)
	if err == nil {
		err = syscall.Exec("/proc/self/fd/"+strconv.Itoa(e.Program), e.Args, append(slices.Clone(e.Env), variable+"="+string(text)))
	}
	_ = closeOnExec(keep, true) // it has just worked the other way round
	return caught, fmt.Errorf("cannot execute: %w", err)
}

// awaitDelivery waits until every signal that a thread has caught is in the
// channels that it is for: to stop one promises just that.
func awaitDelivery() {
	none := make(chan os.Signal, 1)
	signal.Notify(none, syscall.SIGWINCH)
	signal.Stop(none)
}

// closeOnExec says whether descriptors are closed when another program is executed.
func closeOnExec(fds []int, closed bool) error {
	flags := 0
	if closed {
		flags = unix.FD_CLOEXEC
	}
	for _, fd := range fds {
		if fd < 3 {
			continue
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, flags); err != nil {
			return fmt.Errorf("cannot hand over descriptor %d: %w", fd, err)
		}
	}
	return nil
}

// Settle makes this process look like one that was started in the ordinary way:
// its name, and what its children do not inherit.
func (n *Note) Settle() error {
	if err := os.WriteFile("/proc/self/comm", []byte(n.Comm), 0); err != nil {
		return fmt.Errorf("cannot set the name of the process: %w", err)
	}
	if err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC); err == nil {
		return nil
	}
	return closeOnExec(Inherited(), true) // before Linux 5.11
}
