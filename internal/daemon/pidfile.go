package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// WritePIDFile writes the pid and a newline, over whatever is in the file.
// Everybody may read it, as far as the umask allows.
func WritePIDFile(path string, pid int) error {
	if err := os.WriteFile(path, fmt.Appendf(nil, "%d\n", pid), 0o666); err != nil {
		return fmt.Errorf("cannot write the pid file: %w", err)
	}
	return nil
}

// RemovePIDFile removes the file. It is no error that there is none.
func RemovePIDFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove the pid file: %w", err)
	}
	return nil
}
