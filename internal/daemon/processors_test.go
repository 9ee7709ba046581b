package daemon

import (
	"runtime"
	"testing"
)

func TestOneProcessor(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	t.Setenv("GOMAXPROCS", "")
	second := OneProcessor()
	for i, want := range []int{1, 2, 1} {
		if i > 0 {
			second(i == 1)
		}
		if n := runtime.GOMAXPROCS(0); n != want {
			t.Errorf("%d processors after %d words, want %d", n, i, want)
		}
	}
	t.Setenv("GOMAXPROCS", "3")
	runtime.GOMAXPROCS(3)
	OneProcessor()(true)
	if n := runtime.GOMAXPROCS(0); n != 3 {
		t.Errorf("%d processors, want the 3 that were asked for", n)
	}
}
