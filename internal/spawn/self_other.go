//go:build !linux

package spawn

import "os"

// ownExecutable names the file of this very program.
func ownExecutable() (string, error) { return os.Executable() }
