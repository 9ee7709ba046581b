package spawn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
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

// pumps waits for all pipes at once, with one goroutine (epoll(7)). A pipe that
// has something to say is disarmed until its pump has read it, so a child that
// writes byte by byte does not wake anybody byte by byte.
type pumps struct {
	buffers buffers
	epoll   *os.File // pollable itself: readable when a pipe is
	fd      int
	done    chan struct{}
	frozen  atomic.Bool // nothing is read

	mu       sync.Mutex // a leaf
	all      map[int32]*Pump
	last     int32 // the number given last
	wards    map[int32]*ward
	lastWard int32
}

func (ps *pumps) open() error {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("cannot make an epoll instance: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // or the runtime's poller would not take it
		unix.Close(fd)
		return fmt.Errorf("cannot prepare an epoll instance: %w", err)
	}
	ps.fd, ps.epoll = fd, os.NewFile(uintptr(fd), "epoll")
	ps.all = make(map[int32]*Pump)
	ps.wards = make(map[int32]*ward)
	ps.done = make(chan struct{})
	go ps.run()
	return nil
}

func (ps *pumps) close() {
	ps.epoll.Close()
	<-ps.done
}

// run wakes the pumps whose pipes have something to say.
func (ps *pumps) run() {
	defer close(ps.done)
	raw, err := ps.epoll.SyscallConn()
	if err != nil {
		return
	}
	events := make([]unix.EpollEvent, 128)
	_ = raw.Read(func(fd uintptr) (done bool) { // until it is closed
		// Only what comes after this wakes us again, so all of it is taken.
		for n := len(events); n == len(events); {
			n, _ = unix.EpollWait(int(fd), events, 0)
			ps.wake(events[:max(n, 0)])
		}
		return false
	})
}

// wake lets the pumps serve whose pipes have something to say.
func (ps *pumps) wake(events []unix.EpollEvent) {
	for _, e := range events {
		if p := ps.find(e.Fd); p != nil {
			go p.serve()
		} else if w := ps.findWard(e.Fd); w != nil {
			go w.hasEnded()
		}
	}
}

// find returns a pump by its number. Descriptors are used again; numbers are
// not while anything could still mean the old one.
func (ps *pumps) find(number int32) *Pump {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.all[number]
}

func (ps *pumps) add(p *Pump) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for ps.all[ps.last] != nil || ps.last == 0 {
		ps.last++
	}
	p.number = ps.last
	ps.last++
	ps.all[p.number] = p
}

func (ps *pumps) remove(p *Pump) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.all, p.number)
}

// freeze keeps the pumps from reading, and waits for those that are at it.
func (ps *pumps) freeze(ctx context.Context) error {
	ps.frozen.Store(true)
	still := make(chan struct{})
	go func() {
		defer close(still)
		for _, p := range ps.list() {
			p.turn.Lock()   // nobody has the turn, and nobody who takes it now reads
			p.turn.Unlock() //lint:ignore SA2001 it is waited for, and not needed
		}
	}()
	select {
	case <-still:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// thaw lets the pumps read what has come meanwhile.
func (ps *pumps) thaw() {
	if ps.frozen.Swap(false) {
		for _, p := range ps.list() {
			go p.serve()
		}
	}
}

func (ps *pumps) list() []*Pump {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return slices.Collect(maps.Values(ps.all))
}

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
		go p.serve() // the kernel has no memory to watch it: at least read what is there
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
		switch {
		case errors.Is(err, syscall.EAGAIN):
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
		p.timer = time.AfterFunc(p.rest, p.serve)
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
