package spawn

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// chunkSize is the most that a pump hands over at once, in bytes: what a pipe
// holds unless it was made larger.
const chunkSize = 64 << 10

// Pump hands over what a child writes to a pipe. While the pipe is empty it
// holds no buffer.
//
// To rest between reads, so that many little writes cost fewer wake-ups, was
// tried and lost: the runtime's poller wakes for every write to a pipe that it
// knows, whether or not somebody waits for it.
type Pump struct {
	file    *os.File
	handle  func(chunk []byte)
	buffers *sync.Pool
	done    chan struct{}

	// What the last read left behind, for the pump's own goroutine.
	buffer *[chunkSize]byte // nil: given back
	n      int
	err    error
}

// Pump reads the file, the supervisor's end of a pipe, until all writers have
// closed it, and closes it then. Every chunk is handed over in order, one at a
// time; it is valid until handle returns.
func (s *Spawner) Pump(file *os.File, handle func(chunk []byte)) *Pump {
	p := &Pump{file: file, handle: handle, buffers: &s.buffers, done: make(chan struct{})}
	go p.run()
	return p
}

// Finish ends the pump after the child's death: it hands over what is in the
// pipe and closes it, even if somebody else has it open for writing and keeps
// it full. It returns when handle has returned for the last time. It is called
// at most once.
func (p *Pump) Finish() {
	// The only error is that the file has been closed at its end already.
	_ = p.file.SetReadDeadline(time.Unix(0, 0))
	<-p.done
}

func (p *Pump) run() {
	defer close(p.done)
	defer p.file.Close()
	defer p.putBuffer()
	raw, err := p.file.SyscallConn()
	if err != nil {
		return
	}
	// The method value is made once: it would be allocated at every read.
	read := p.read
	for {
		err := raw.Read(read)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			p.drain(raw)
			return
		}
		if err != nil || p.n <= 0 {
			return
		}
		p.handle(p.buffer[:p.n])
	}
}

// drain hands over what is in the pipe at this moment and no more.
func (p *Pump) drain(raw syscall.RawConn) {
	left := 0
	read := func(fd uintptr) { p.readUpTo(int(fd), min(left, chunkSize)) }
	err := raw.Control(func(fd uintptr) { left, p.err = unix.IoctlGetInt(int(fd), fionread) })
	for err == nil && p.err == nil && left > 0 {
		if err = raw.Control(read); err != nil || p.n <= 0 {
			return
		}
		left -= p.n
		p.handle(p.buffer[:p.n])
	}
}

// read reads once. It reports whether that is all for now; otherwise the pipe
// is empty and worth waiting for, without a buffer.
func (p *Pump) read(fd uintptr) bool {
	p.readUpTo(int(fd), chunkSize)
	if errors.Is(p.err, syscall.EAGAIN) {
		p.putBuffer()
		return false
	}
	return true
}

func (p *Pump) readUpTo(fd, limit int) {
	if p.buffer == nil {
		p.buffer = p.buffers.Get().(*[chunkSize]byte)
	}
	for {
		p.n, p.err = unix.Read(fd, p.buffer[:limit])
		if !errors.Is(p.err, syscall.EINTR) {
			return
		}
	}
}

func (p *Pump) putBuffer() {
	if p.buffer != nil {
		p.buffers.Put(p.buffer)
		p.buffer = nil
	}
}
