//go:build linux

package stage

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// DefaultSignals gives back to what the tests start the signals that whoever has started
// them ignores, as nohup does, and a shell what it puts into the background: no shell
// can undo that, and a sleep sleeps on.
func DefaultSignals() {
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
