package daemon

import (
	"runtime"
	"sync"
)

// spareThreads is how many threads there are beside those that compute. About
// 20 kB each is their price.
const spareThreads = 8

// ReserveThreads has the Go runtime make the threads now that it may want later.
// It keeps them, and ends the process if it wants one more and the system refuses,
// as it does when a program has used up all processes that the user, or the
// container, may have.
func ReserveThreads() {
	const computing = 2 // at most; see OneProcessor
	n := computing + spareThreads
	var ready, done sync.WaitGroup
	ready.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread() // so each needs one of its own
			defer runtime.UnlockOSThread()
			ready.Done()
			ready.Wait()
		})
	}
	done.Wait()
}
