package upgrade

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
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

// Execute replaces the program of this process. It returns only if that fails, and
// with it the signals that Caught has returned; the caller listens anew then. hush
// says what becomes of signals meanwhile.
func (e Execution) Execute() (caught []syscall.Signal, err error) {
	note := e.Note
	note.Comm = cmp.Or(note.Comm, comm())
	keep := append(slices.Clone(e.Keep), note.Image, note.Previous)
	if err := closeOnExec(keep, false); err != nil {
		return nil, err
	}
	undo, err := hush(note.Guardian != 0)
	if err == nil {
		defer undo()
		caught = e.Caught()
		note.Signals = append(slices.Clone(note.Signals), caught...)
		var env []string
		if env, err = note.addTo(e.Env); err == nil {
			err = syscall.Exec("/proc/self/fd/"+strconv.Itoa(e.Program), e.Args, env)
		}
	}
	_ = closeOnExec(keep, true) // it has just worked the other way round
	return caught, fmt.Errorf("cannot execute: %w", err)
}

// comm is what this process is called in lists of processes; empty: nobody knows.
func comm() string {
	comm, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(comm))
}

// addTo names the note in an environment.
func (n Note) addTo(env []string) ([]string, error) {
	text, err := json.Marshal(n)
	return append(slices.Clone(env), variable+"="+string(text)), err
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
