package daemon

import (
	"os"
	"testing"
)

// A program that forked without end took the daemon with it: the runtime wanted a
// thread, and the system refused.
func TestReserveThreads(t *testing.T) {
	ReserveThreads()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	if len(threads) < spareThreads {
		t.Errorf("there are only %d threads", len(threads))
	}
}
