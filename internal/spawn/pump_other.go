//go:build !linux

package spawn

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Pump reads one pipe.
type Pump struct {
	owner  *pumps
	file   *os.File
	handle func(chunk []byte)
	done   chan struct{} // closed when the pipe is

	// What the last read left behind, for the pump's own goroutine.
	buffer *[chunkSize]byte // nil: given back
	n      int
	err    error
}

// Pump reads the pipe until all writers have closed it, and closes it then.
// Here every pump is eager.
func (s *Spawner) Pump(pipe *Pipe, _ Pace, handle func(chunk []byte)) *Pump {
	p := &Pump{owner: &s.pumps, file: os.NewFile(uintptr(pipe.fd), "pipe"), handle: handle, done: make(chan struct{})}
	go p.run()
	return p
}

// Descriptor returns nothing: pumps are never frozen here.
func (p *Pump) Descriptor() (fd int, open bool) { return -1, false }

// PumpBy is for Linux only; nobody calls it here.
func (s *Spawner) PumpBy(pipe *Pipe, pace Pace, _ func(pipe int) (int, error)) *Pump {
	return s.Pump(pipe, pace, func([]byte) {})
}

// Finish ends the pump after the child's death: it hands over what is in the
// pipe and closes it, even if somebody else has it open for writing and keeps
// it full. It returns when the handler has returned for the last time.
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
	read := p.read // made once: it would be allocated at every read
	for {
		err := raw.Read(read)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			// Nothing is lost if the file is closed already.
			_ = raw.Control(func(fd uintptr) { drain(int(fd), p.getBuffer(), p.handle) })
			return
		}
		if err != nil || p.n <= 0 {
			return
		}
		p.handle(p.buffer[:p.n])
	}
}

// read reads once. It reports whether that is all for now; otherwise the pipe
// is empty and worth waiting for, without a buffer.
func (p *Pump) read(fd uintptr) bool {
	p.n, p.err = readChunk(int(fd), p.getBuffer())
	if errors.Is(p.err, syscall.EAGAIN) {
		p.putBuffer()
		return false
	}
	return true
}

func (p *Pump) getBuffer() []byte {
	if p.buffer == nil {
		p.buffer = p.owner.buffers.get()
	}
	return p.buffer[:]
}

func (p *Pump) putBuffer() {
	if p.buffer != nil {
		p.owner.buffers.put(p.buffer)
		p.buffer = nil
	}
}
