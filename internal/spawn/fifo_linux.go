package spawn

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// openFIFO makes a pipe with a name instead of one without: should this process
// be killed, another one finds it there. The child's end is opened for reading
// and writing, so that it breaks neither way when ours is gone: what the child
// writes waits for the next reader, and what it reads does not end.
func (p *pipes) openFIFO(fd int, path string) error {
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return fmt.Errorf("%w %s: %w", ErrNoFIFO, path, err)
	}
	theirs, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	p.theirs = append(p.theirs, uintptr(theirs))
	ours, err := OpenFIFO(path, fd == 0)
	if err != nil {
		return err
	}
	p.ours[fd] = ours.fd
	if max(theirs, ours.fd) >= mostDescriptors() {
		return unix.EMFILE
	}
	return nil
}

// OpenFIFO opens the supervisor's end of a pipe with a name: that of the writer
// if the child reads it.
func OpenFIFO(path string, writer bool) (*Pipe, error) {
	return reopenFIFO(path, writer, unix.O_NOFOLLOW)
}

// FindFIFO opens the supervisor's end of a pipe whose name has been removed, by way of
// a process that has the other end as one of its descriptors.
func FindFIFO(name string, pid, fd int, writer bool) (*Pipe, error) {
	path := "/proc/" + strconv.Itoa(pid) + "/fd/" + strconv.Itoa(fd)
	if is, err := os.Readlink(path); err != nil || is != name+" (deleted)" {
		return nil, &os.PathError{Op: "open", Path: name, Err: unix.ENOENT}
	}
	return reopenFIFO(path, writer, 0)
}

func reopenFIFO(path string, writer bool, more int) (*Pipe, error) {
	flags := unix.O_RDONLY | more
	if writer {
		flags = unix.O_WRONLY | more
	}
	fd, err := unix.Open(path, flags|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return &Pipe{fd}, nil
}
