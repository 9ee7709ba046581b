package spawn

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// withUmask calls f on a thread that has an umask of its own, which f's
// children inherit. The thread is not used for anything else afterwards. It
// fails with errNeedsStage where a sandbox forbids unshare(2).
func withUmask(mask uint32, f func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Unshare(unix.CLONE_FS) != nil {
			runtime.UnlockOSThread()
			result <- errNeedsStage
			return
		}
		unix.Umask(int(mask))
		result <- f()
		// Still locked: the runtime ends the thread together with the goroutine.
	}()
	return <-result
}
