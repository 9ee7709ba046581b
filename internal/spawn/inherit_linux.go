package spawn

import (
	"math"

	"golang.org/x/sys/unix"
)

// closeOnExec keeps every descriptor from 3 on from the children. Ours are
// opened so; those that the supervisor was itself started with are not.
func closeOnExec() {
	if unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	closeOnExecIn("/proc/self/fd") // before Linux 5.11
}
