//go:build !darwin

package spawn

import "golang.org/x/sys/unix"

// pipe returns the two ends of a new pipe that no child inherits by accident.
func pipe() (r, w int, err error) {
	var fds [2]int
	err = unix.Pipe2(fds[:], unix.O_CLOEXEC)
	return fds[0], fds[1], err
}
