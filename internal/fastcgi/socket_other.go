//go:build !darwin

package fastcgi

import "golang.org/x/sys/unix"

// socket returns a stream socket that no child inherits by accident.
func socket(family int) (fd int, err error) {
	return unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
}
