package keeper

import (
	"os"
	"testing"
)

// What a child costs that is kept: its pipes, its pidfd, its end.
func BenchmarkChild(b *testing.B) {
	h := newHouse(b)
	k := h.daemon()
	null, err := os.Open(os.DevNull)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	fd := int(null.Fd())
	k.Do(func(*Line) {})
	for b.Loop() {
		k.Do(func(l *Line) { l.Hold("1.pipes", fd, fd) })
		k.Do(func(l *Line) { l.Watch("1", []byte("{4711 4711}"), fd) })
		k.Forget("1", "1.pipes", "1.socket")
	}
}
