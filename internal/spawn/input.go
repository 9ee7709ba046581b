package spawn

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// MaxQueued is how many bytes an Input keeps for a child that does not read.
const MaxQueued = 8 << 20

// ErrQueueFull means that a child has not read its stdin for so long that no
// more is kept for it. Nothing of what was sent has been written then.
var ErrQueueFull = errors.New("too much is waiting to be read by the process")

// Input writes to the stdin of a child without ever waiting for the child.
type Input struct {
	file *os.File
	raw  syscall.RawConn

	mu    sync.Mutex
	queue []byte // not yet written; a goroutine drains it while there is any
	err   error  // once set, nothing can be written any more
}

// NewInput returns an Input that owns the file, the supervisor's end of a pipe.
func NewInput(file *os.File) *Input {
	in := &Input{file: file}
	in.raw, in.err = file.SyscallConn()
	return in
}

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
	if len(in.queue)+len(data) > MaxQueued {
		return ErrQueueFull
	}
	if len(in.queue) > 0 {
		in.queue = append(in.queue, data...)
		return nil
	}
	n, err := in.write(data, false)
	if err != nil {
		in.err = err
		return err
	}
	if n < len(data) {
		in.queue = append(in.queue, data[n:]...)
		go in.drain()
	}
	return nil
}

// Close closes the pipe: the child sees the end of its input. What is still
// queued is dropped.
func (in *Input) Close() error {
	in.mu.Lock()
	in.err, in.queue = syscall.EPIPE, nil
	in.mu.Unlock()
	return in.file.Close()
}

// drain writes the queue as the child reads, and ends when it is empty.
func (in *Input) drain() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.queue) > 0 {
		queue := in.queue
		in.mu.Unlock()
		n, err := in.write(queue, true)
		in.mu.Lock()
		if in.err == nil {
			in.err = err
		}
		if in.err != nil {
			in.queue = nil
			return
		}
		in.queue = in.queue[n:]
	}
	in.queue = nil // lets go of the memory
}

// write writes data and returns how much of it. If it may not wait it stops
// when the pipe is full.
func (in *Input) write(data []byte, wait bool) (n int, err error) {
	rawErr := in.raw.Write(func(fd uintptr) bool {
		for n < len(data) {
			var m int
			m, err = unix.Write(int(fd), data[n:])
			switch {
			case err == nil:
				n += m
			case errors.Is(err, syscall.EINTR):
			case errors.Is(err, syscall.EAGAIN):
				err = nil
				return !wait
			default:
				return true
			}
		}
		return true
	})
	switch {
	case errors.Is(rawErr, os.ErrClosed):
		return n, syscall.EPIPE
	case rawErr != nil:
		return n, rawErr
	}
	return n, err
}
