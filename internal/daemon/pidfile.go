package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"supervisor/internal/sticky"
)

// WritePIDFile writes the pid and a newline, over whatever is in the file.
// Everybody may read it, as far as the umask allows.
//
// The directory may be open to all, like /tmp. So a symbolic link that somebody
// has put there is replaced, and what it points to is left alone; somebody else's
// file is an error; and a fifo does not hold up the daemon.
func WritePIDFile(path string, pid int) error {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("cannot replace the pid file, which is a link: %w", err)
		}
	}
	const flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	file, err := sticky.Open(path, flags, 0o666)
	if err == nil {
		_, err = fmt.Fprintf(file, "%d\n", pid)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return fmt.Errorf("cannot write the pid file: %w", err)
	}
	return nil
}

// RemovePIDFile removes the file if it still holds the pid: it may be another
// daemon's by now. It is no error that there is none, and anything but a regular
// file stays.
func RemovePIDFile(path string, pid int) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil
	}
	text, err := os.ReadFile(path)
	if err == nil && strings.TrimSpace(string(text)) == strconv.Itoa(pid) {
		err = os.Remove(path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove the pid file: %w", err)
	}
	return nil
}
