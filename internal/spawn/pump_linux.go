package spawn

import (
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// How a pump that waits for more paces itself.
const (
	// restMin and restMax bound the wait. A wait that brought little is doubled,
	// one that brought much is made short again.
	restMin = time.Millisecond
	restMax = 4 * time.Millisecond
	// grownPipe is the size of a pipe that was full after a wait: the child
	// writes more than an ordinary one holds and would have to wait for us.
	grownPipe = 256 << 10
	// fullPipe is what a pipe that holds its writer up has in it at least: a page takes
	// whole pieces only, unless they are larger.
	fullPipe = chunkSize / 2
	// hurried is how many bytes at once are a sign that more are about to come. To
	// find the pipe empty costs less than to be woken for each piece, then.
	hurried = 4 << 10
)

// Pump reads one pipe.
type Pump struct {
	owner  *pumps
	pipe   *Pipe
	handle func(chunk []byte)
	move   func(pipe int) (int, error) // takes bytes out of the pipe itself; nil: they are read and handled
	done   chan struct{}               // closed when the pipe is
	pace   Pace
	number int32

	finishing atomic.Bool
	turn      sync.Mutex // held while reading and handling; guards the rest
	closed    bool
	grown     bool
	rest      time.Duration // the last wait for more; 0: the pump is armed
	timer     *time.Timer   // ends the wait; nil until the first
}

// Pump reads the pipe until all writers have closed it, and closes it then.
func (s *Spawner) Pump(pipe *Pipe, pace Pace, handle func(chunk []byte)) *Pump {
	return s.begin(&Pump{pipe: pipe, pace: pace, handle: handle})
}

// PumpBy is like Pump for bytes that need not pass through this process. move
// takes some of what is in the pipe, like read(2): it returns how much that was,
// 0 at the end, and EAGAIN if there is nothing now.
func (s *Spawner) PumpBy(pipe *Pipe, pace Pace, move func(pipe int) (int, error)) *Pump {
	return s.begin(&Pump{pipe: pipe, pace: pace, move: move})
}

func (s *Spawner) begin(p *Pump) *Pump {
	p.owner, p.done = &s.pumps, make(chan struct{})
	p.turn.Lock()
	defer p.turn.Unlock()
	p.owner.add(p)
	if p.control(unix.EPOLL_CTL_ADD) != nil {
		p.owner.serve(p) // the kernel has no memory to watch it: at least read what is there
	}
	return p
}

// Descriptor returns the pipe's; false: it has been closed. The Spawner is frozen.
func (p *Pump) Descriptor() (fd int, open bool) {
	p.turn.Lock()
	defer p.turn.Unlock()
	return p.pipe.fd, !p.closed
}

// Finish ends the pump after the child's death: it hands over what is in the
// pipe and closes it, even if somebody else has it open for writing and keeps
// it full. It returns when the handler has returned for the last time.
func (p *Pump) Finish() {
	p.finishing.Store(true)
	p.turn.Lock()
	defer p.turn.Unlock()
	if p.closed {
		return
	}
	if p.move != nil {
		p.moveOut()
	} else {
		buffer := p.owner.buffers.get()
		drain(p.pipe.fd, buffer[:], p.handle)
		p.owner.buffers.put(buffer)
	}
	p.close()
}

// serve reads the pipe until it is empty, or nearly so.
func (p *Pump) serve() {
	p.turn.Lock()
	defer p.turn.Unlock()
	if p.closed {
		return
	}
	buffer := p.owner.buffers.get()
	defer p.owner.buffers.put(buffer)
	for most := 0; !p.finishing.Load() && !p.owner.frozen.Load(); {
		n, err := p.take(buffer)
		most = max(most, n)
		if n >= fullPipe || p.pace == Eager {
			p.owner.pauses.hasten(time.Now())
		}
		switch {
		case errors.Is(err, syscall.EAGAIN):
			p.grow(most) // on one processor the child writes nothing while we read
			p.arm()
			return
		case err != nil || n <= 0:
			p.close()
			return
		case n < int(p.pace):
			p.wait(most)
			return
		case n < hurried:
			p.arm()
			return
		}
	}
}

// take moves one chunk on.
func (p *Pump) take(buffer *[chunkSize]byte) (int, error) {
	if p.move != nil {
		return p.move(p.pipe.fd)
	}
	n, err := readChunk(p.pipe.fd, buffer[:])
	if n > 0 {
		p.handle(buffer[:n])
	}
	return n, err
}

// moveOut is what drain is to a pump that does not read.
func (p *Pump) moveOut() {
	left, err := unix.IoctlGetInt(p.pipe.fd, fionread)
	for err == nil && left > 0 {
		var n int
		if n, err = p.move(p.pipe.fd); n <= 0 {
			return
		}
		left -= n
	}
}

// arm asks to be woken when there is more.
func (p *Pump) arm() {
	p.rest = 0
	if p.control(unix.EPOLL_CTL_MOD) != nil {
		p.wait(0)
	}
}

// wait lets the child write for a while. most is how much of it came at once
// since the last wait.
func (p *Pump) wait(most int) {
	switch {
	case p.rest == 0, most >= fullPipe:
		p.grow(most)
		p.rest = restMin
	default:
		p.rest = min(2*p.rest, restMax)
	}
	if p.timer == nil {
		p.timer = time.AfterFunc(p.rest, func() { p.owner.serve(p) })
		return
	}
	p.timer.Reset(p.rest)
}

// grow gives a pipe that was full after a wait more room. The system allows a
// user so much of that; without it the child waits for us a little more often.
func (p *Pump) grow(most int) {
	if p.rest != 0 && most >= fullPipe && !p.grown {
		p.grown = true
		_, _ = unix.FcntlInt(uintptr(p.pipe.fd), unix.F_SETPIPE_SZ, grownPipe)
	}
}

func (p *Pump) control(op int) error {
	return unix.EpollCtl(p.owner.fd, op, p.pipe.fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT, Fd: p.number})
}

func (p *Pump) close() {
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.owner.remove(p)
	_ = p.control(unix.EPOLL_CTL_DEL) // a fork under way may keep the pipe open after the close
	p.pipe.Close()
	close(p.done)
}
