package daemon

import (
	"os"
	"runtime"
)

// OneProcessor has the Go runtime compute on one processor from now on: a
// supervisor has little to compute, and much that is handed from one goroutine to
// another, for which a second processor would be woken each time. What waits for
// the system, like a write to a slow disk, leaves the processor to others, as ever.
//
// Only who makes a child does not: the thread stands still with all that it has
// until the child has become another program (vfork(2)), which can take as long as
// a disk does. So there is a second processor while it is wanted. The function
// returned says whether it is; it is not to be called by two goroutines at once.
//
// Whoever has set GOMAXPROCS gets that, and nothing else.
func OneProcessor() (wantSecond func(wanted bool)) {
	if os.Getenv("GOMAXPROCS") != "" {
		return func(bool) {}
	}
	runtime.GOMAXPROCS(1)
	return func(wanted bool) {
		if wanted {
			runtime.GOMAXPROCS(2)
		} else {
			runtime.GOMAXPROCS(1)
		}
	}
}
