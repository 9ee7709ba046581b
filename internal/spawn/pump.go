package spawn

import (
	"errors"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// chunkSize is the most that a pump hands over at once, in bytes: what a pipe
// holds unless it was made larger.
const chunkSize = 64 << 10

// Pace says how a pump reads: one that has read fewer bytes than this at once
// waits for more, a few milliseconds at most, before it reads again. What comes
// after a silence is read at once whatever the pace.
type Pace int

const (
	// Eager never waits: somebody answers every word.
	Eager Pace = 0
	// Thrifty makes many small writes cost few wake-ups.
	Thrifty Pace = 4 << 10
	// Gathering makes few big chunks of many small ones, because each costs more
	// than a write to a file.
	Gathering Pace = 32 << 10
)

// A Pump hands over what a child writes to a pipe, in order, one chunk at a
// time. A chunk is valid until the handler returns. A slow handler holds up its
// own pump and no other. While its pipe is empty a pump holds no buffer, and
// where the system allows it no goroutine.

// readChunk reads once, whatever signals come.
func readChunk(fd int, buffer []byte) (int, error) {
	for {
		n, err := unix.Read(fd, buffer)
		if !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}

// drain hands over what is in the pipe at this moment and no more, so that
// somebody else who keeps it full cannot hold the drainer.
func drain(fd int, buffer []byte, handle func(chunk []byte)) {
	left, err := unix.IoctlGetInt(fd, fionread)
	for err == nil && left > 0 {
		var n int
		n, err = readChunk(fd, buffer[:min(left, len(buffer))])
		if err != nil || n <= 0 {
			return
		}
		left -= n
		handle(buffer[:n])
	}
}

// buffers lends chunk buffers to the pumps that are reading.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *[chunkSize]byte {
	if buffer, ok := b.pool.Get().(*[chunkSize]byte); ok {
		return buffer
	}
	return new([chunkSize]byte)
}

func (b *buffers) put(buffer *[chunkSize]byte) { b.pool.Put(buffer) }
