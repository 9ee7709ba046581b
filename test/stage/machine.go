//go:build linux

package stage

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// LogIn gives the tests what everybody has who has just logged in, whoever has started
// them: a umask with which others can read and execute what is made for them, and the
// signals that are ignored otherwise, as nohup does it, and a shell with what it puts
// into the background. No shell can undo that, and a sleep sleeps on.
func LogIn() {
	syscall.Umask(0o022)
	for _, sig := range []os.Signal{syscall.SIGHUP, syscall.SIGINT} { // the others are so by the runtime
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
}

// TellsEnds reports whether the kernel tells how a process has ended that is not our
// child (PIDFD_GET_INFO with PIDFD_INFO_EXIT, since Linux 6.15).
func TellsEnds() bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	var major, minor int
	_, err := fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor)
	return err == nil && (major > 6 || major == 6 && minor >= 15)
}
