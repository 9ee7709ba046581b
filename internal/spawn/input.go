package spawn

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// MaxQueued is how many bytes an Input keeps for a child that does not read. A
// single message may be longer: a child that reads gets everything, and an event
// that can never be sent would keep its listener from all that come after it.
const MaxQueued = 8 << 20

// ErrQueueFull means that a child has not read its stdin for so long that no
// more is kept for it. Nothing of what was sent has been written then.
var ErrQueueFull = errors.New("too much is waiting to be read by the process")

// Input writes to the stdin of a child without ever waiting for the child.
type Input struct {
	mu    sync.Mutex
	pipe  *Pipe
	file  *os.File // the pipe, once it has been waited for; most never are
	queue []byte   // not yet written; a goroutine drains it while there is any
	err   error    // once set, nothing can be written any more

	draining bool // the goroutine is there
	frozen   bool // nothing is written

	keep     func(Progress) // nil: nobody could go on with it
	progress Progress
}

// NewInput returns an Input that owns the pipe.
func NewInput(pipe *Pipe) *Input { return &Input{pipe: pipe} }

// Send writes what the pipe takes now and keeps the rest, to be written when
// the child has read. The data may be changed once Send has returned. It fails
// with syscall.EPIPE if the child is known to have closed its stdin, or if the
// Input is closed, and with ErrQueueFull.
func (in *Input) Send(data []byte) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err != nil {
		return in.err
	}
	if len(in.queue) > 0 {
		if len(in.queue)+len(data) > MaxQueued {
			return ErrQueueFull
		}
		in.sent()
		in.queue = append(in.queue, data...)
		return nil
	}
	in.sent()
	n, err := in.write(data)
	if err != nil {
		in.err = err
		return err
	}
	in.queue = append(in.queue, data[n:]...)
	in.keepDraining()
	return nil
}

// keepDraining sees to it that the queue is drained. in.mu is held.
func (in *Input) keepDraining() {
	if len(in.queue) > 0 && in.err == nil && !in.draining && !in.frozen {
		in.draining = true
		go in.drain()
	}
}

// Close closes the pipe: the child sees the end of its input. What is still
// queued is dropped.
func (in *Input) Close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.err, in.queue = syscall.EPIPE, nil
	if in.file != nil {
		return in.file.Close()
	}
	return in.pipe.Close()
}

// drain writes the queue as the child reads, and ends when it is empty.
func (in *Input) drain() {
	in.mu.Lock()
	defer in.mu.Unlock()
	defer func() { in.draining = false }()
	for len(in.queue) > 0 && in.err == nil {
		if in.file == nil {
			in.file = os.NewFile(uintptr(in.pipe.fd), "stdin")
		}
		file := in.file
		in.mu.Unlock()
		err := awaitRoom(file)
		in.mu.Lock()
		if in.err != nil || in.frozen {
			return
		}
		var n int
		if err == nil {
			n, err = in.write(in.queue)
		}
		in.queue, in.err = in.queue[n:], err
	}
	in.queue = nil // lets go of the memory
}

// awaitRoom waits until the pipe takes at least one byte, or never will again.
func awaitRoom(file *os.File) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	asked := false
	return raw.Write(func(fd uintptr) bool {
		if asked { // the runtime's poller says so
			return true
		}
		asked = true
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(ready, 0)
		return n > 0 || err != nil
	})
}

// write writes what the pipe takes now and returns how much that was.
func (p *Pipe) write(data []byte) (n int, err error) {
	for n < len(data) {
		m, err := unix.Write(p.fd, data[n:])
		switch {
		case err == nil:
			n += m
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return n, nil
		default:
			return n, err
		}
	}
	return n, nil
}
