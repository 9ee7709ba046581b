//go:build !linux

package signals

import "syscall"

// extra holds the names that golang.org/x/sys/unix does not have.
var extra = [...]struct {
	sig   syscall.Signal
	name  string
	shown bool
}{
	{syscall.SIGABRT, "SIGIOT", false},
}
