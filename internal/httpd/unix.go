package httpd

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"supervisor/internal/config"
)

// backlog is how many connections may wait to be accepted.
const backlog = 1024

// listenUnix makes a socket and its file. The file is made under another name
// in the same directory, and gets its mode and owner before anybody can connect
// to it; then it is linked to its final name, which fails if that is taken.
func listenUnix(server config.Server, stale func(path string)) (net.Listener, os.FileInfo, error) {
	name := fmt.Sprintf("%s.%d", server.Path, os.Getpid())
	if err := removeSocket(name); err != nil { // left by an earlier process of our number
		return nil, nil, err
	}
	fd, err := bindUnix(name)
	if err != nil {
		return nil, nil, err
	}
	socket := os.NewFile(uintptr(fd), name)
	defer socket.Close()
	defer func() { _ = removeSocket(name) }() // if it stays, the next process of our number removes it
	if err := os.Chmod(name, os.FileMode(server.Mode)); err != nil {
		return nil, nil, err
	}
	if server.Owner != config.KeepOwner {
		if err := os.Lchown(name, server.Owner.UID, server.Owner.GID); errors.Is(err, syscall.EPERM) {
			return nil, nil, chownError(server, err)
		} else if err != nil {
			return nil, nil, err
		}
	}
	if err := syscall.Listen(fd, backlog); err != nil {
		return nil, nil, os.NewSyscallError("listen", err)
	}
	if err := publish(name, server.Path, stale); err != nil {
		return nil, nil, err
	}
	file, err := os.Lstat(server.Path)
	if err != nil {
		return nil, nil, err
	}
	l, err := net.FileListener(socket)
	if err != nil {
		return nil, nil, errors.Join(err, os.Remove(server.Path))
	}
	return l, file, nil
}

// bindUnix makes a socket that does not listen yet, and its file.
func bindUnix(name string) (fd int, err error) {
	syscall.ForkLock.RLock() // a child must not inherit it
	fd, err = syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	err = syscall.Bind(fd, &syscall.SockaddrUnix{Name: name})
	switch {
	case err == nil:
		return fd, nil
	case errors.Is(err, syscall.EINVAL): // the one thing about the address that can be invalid
		err = errors.New("AF_UNIX path too long")
	default:
		err = os.NewSyscallError("bind", err)
	}
	return -1, errors.Join(err, syscall.Close(fd))
}

// publish gives a socket its final name. What else has this name is removed if
// nobody can miss it.
func publish(name, path string, stale func(path string)) error {
	// Another daemon may do the same at the same time; one of us wins the link,
	// and the other one finds a living socket.
	for range 10 {
		err := link(name, path)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := removeStale(path, stale); err != nil {
			return err
		}
	}
	return &os.PathError{Op: "listen", Path: path, Err: syscall.EADDRINUSE}
}

// link links, or on a file system that has no hard links, as shared folders of
// virtual machines, renames, which replaces what somebody else puts there in
// the moment between.
func link(name, path string) error {
	err := os.Link(name, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, statErr := os.Lstat(path); statErr == nil {
		return &os.LinkError{Op: "link", Old: name, New: path, Err: fs.ErrExist}
	}
	if os.Rename(name, path) != nil {
		return err // which says more than that renaming failed too
	}
	return nil
}

// removeStale removes a file in the way of a socket: a socket that nobody
// listens to, a symbolic link (not what it points to), or an empty file, which
// is what a socket becomes when it is copied. Anything else is kept, and is an
// error.
func removeStale(path string, stale func(path string)) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSocket != 0:
		if alive(path) {
			return &os.PathError{Op: "listen", Path: path, Err: syscall.EADDRINUSE}
		}
	case mode&fs.ModeSymlink != 0, mode.IsRegular() && info.Size() == 0:
	default:
		return &os.PathError{Op: "listen", Path: path, Err: syscall.EEXIST}
	}
	stale(path)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// alive reports whether somebody listens to a socket. One that does not let us
// find out counts as alive.
func alive(path string) bool {
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = c.Close()
	}
	return !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, fs.ErrNotExist)
}

// removeSocket removes a socket, if there is one of this name.
func removeSocket(name string) error {
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSocket != 0 {
		err = os.Remove(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
