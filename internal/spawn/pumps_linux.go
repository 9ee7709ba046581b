package spawn

import (
	"context"
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

// idleWorkers is how many workers stay when there is nothing to do.
const idleWorkers = 4

// pumps waits for all pipes at once, with one goroutine (epoll(7)). A pipe that
// has something to say is disarmed until its pump has read it, so a child that
// writes byte by byte does not wake anybody byte by byte.
//
// Nor do many children that write a little now and then wake anybody for each
// piece: there are pauses, and what comes in one is looked at together. For that
// the runtime watches a gate before the pipes, which opens once and is closed
// then until the next pause is over.
type pumps struct {
	buffers buffers
	fd      int      // the epoll instance that watches the pipes
	gate    *os.File // the one that watches that: readable, once, when a pipe is
	pauses  pauses
	work    chan *Pump    // for a worker that is idle
	idle    chan struct{} // a place for each
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
	ps.fd, ps.pauses.began = fd, time.Now()
	if err := ps.openGate(); err != nil {
		unix.Close(fd)
		return fmt.Errorf("cannot prepare an epoll instance: %w", err)
	}
	ps.all = make(map[int32]*Pump)
	ps.wards = make(map[int32]*ward)
	ps.work, ps.idle = make(chan *Pump), make(chan struct{}, idleWorkers)
	ps.done = make(chan struct{})
	go ps.run()
	return nil
}

func (ps *pumps) openGate() error {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(fd, true); err != nil { // or the runtime's poller would not take it
		unix.Close(fd)
		return err
	}
	if err := ps.ask(fd, unix.EPOLL_CTL_ADD); err != nil {
		unix.Close(fd)
		return err
	}
	ps.gate = os.NewFile(uintptr(fd), "epoll")
	return nil
}

// ask lets the gate open when there is something, or now if there is already.
func (ps *pumps) ask(gate, op int) error {
	return unix.EpollCtl(gate, op, ps.fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT})
}

func (ps *pumps) close() {
	ps.gate.Close()
	<-ps.done
	unix.Close(ps.fd)
}

// run wakes the pumps whose pipes have something to say, until the gate is gone.
func (ps *pumps) run() {
	defer close(ps.done)
	gate, err := ps.gate.SyscallConn()
	if err != nil {
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	events := make([]unix.EpollEvent, 128)
	for err == nil {
		err = gate.Read(func(fd uintptr) (done bool) {
			n, err := unix.EpollWait(int(fd), events[:1], 0)
			return n > 0 || err != nil && err != syscall.EINTR
		})
		if err != nil {
			return
		}
		if pause := ps.pauses.next(time.Now()); pause > 0 {
			timer.Reset(pause)
			<-timer.C
		}
		for n := len(events); n == len(events); {
			n, _ = unix.EpollWait(ps.fd, events, 0)
			ps.wake(events[:max(n, 0)])
		}
		err = gate.Control(func(fd uintptr) { _ = ps.ask(int(fd), unix.EPOLL_CTL_MOD) })
	}
}

// wake lets the pumps serve whose pipes have something to say.
func (ps *pumps) wake(events []unix.EpollEvent) {
	for _, e := range events {
		if p := ps.find(e.Fd); p != nil {
			ps.serve(p)
		} else if w := ps.findWard(e.Fd); w != nil {
			go w.tellReaper()
		}
	}
}

// serve has a pump served by a worker that is idle, or by a new one.
func (ps *pumps) serve(p *Pump) {
	select {
	case ps.work <- p:
	default:
		go ps.worker(p)
	}
}

// worker serves one pump after the other. A few workers stay when there is nothing
// to do: a new one has to grow its stack first, every time.
func (ps *pumps) worker(p *Pump) {
	for {
		p.serve()
		select {
		case ps.idle <- struct{}{}:
		default:
			return
		}
		select {
		case p = <-ps.work:
			<-ps.idle
		case <-ps.done:
			return
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
			ps.serve(p)
		}
	}
}

func (ps *pumps) list() []*Pump {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return slices.Collect(maps.Values(ps.all))
}
