package keeper

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// ProcessMain does the work of a keeper if this process is one: it does not return
// then. A program that uses a Keeper calls it first thing in main.
func ProcessMain() {
	if len(os.Args) != 2 || os.Args[0] != processName {
		return
	}
	patience, err := time.ParseDuration(os.Args[1])
	if err == nil {
		err = run(patience)
	}
	if err != nil {
		os.Exit(1) // there is nobody to tell why: the daemon sees the end
	}
	os.Exit(0)
}

// idle is how long a keeper that has nothing to keep waits for a daemon: one that
// becomes another program, or is started again, is away for a moment.
const idle = 5 * time.Second

// socketFD is where the socket is.
const socketFD = 3

func run(patience time.Duration) error {
	// Lists of processes and those who look for a supervisord by its name should not
	// take it for one.
	if err := title("keeper"); err != nil {
		return err
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	p := &process{epoll: epoll, daemon: -1, patience: patience, items: make(map[string]*item), watched: make(map[int]*item), since: time.Now()}
	if err := unix.SetNonblock(socketFD, true); err != nil { // whoever has come may have gone again
		return err
	}
	if err := p.await(socketFD); err != nil {
		return err
	}
	debug.FreeOSMemory() // of what packages made that are not used here
	return p.serve()
}

// title changes the name of the process. It does without what would open more.
func title(name string) error {
	fd, err := unix.Open("/proc/self/comm", unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	_, err = unix.Write(fd, []byte(name))
	return errors.Join(err, unix.Close(fd))
}

// item is what is kept under a name.
type item struct {
	note  []byte
	fds   []int
	ended time.Time // when the process has ended that is watched
}

// process is the keeper as a process. It waits with one thread, and for one thing
// after the other, so nobody can mean a descriptor that has just been closed.
type process struct {
	epoll    int
	daemon   int // its connection; -1: there is none
	patience time.Duration
	items    map[string]*item
	watched  map[int]*item // by pidfd: processes that live
	since    time.Time     // when the daemon went, or the last process that was watched after that
	over     bool

	text    [mostText]byte // of the last message
	control [256]byte
}

func (p *process) await(fd int) error {
	return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

func (p *process) serve() error {
	for !p.over {
		wait, forever := p.wait()
		if !forever && wait <= 0 {
			return nil
		}
		timeout := -1
		if !forever {
			timeout = int(wait/time.Millisecond) + 1
		}
		var events [1]unix.EpollEvent
		n, err := unix.EpollWait(p.epoll, events[:], timeout)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		case n > 0:
			p.serveFD(int(events[0].Fd))
		}
	}
	return nil
}

// wait returns how long the keeper waits for a daemon.
func (p *process) wait() (d time.Duration, forever bool) {
	switch {
	case p.daemon >= 0, len(p.watched) > 0:
		return 0, true
	case len(p.items) == 0:
		return idle - time.Since(p.since), false
	}
	return p.patience - time.Since(p.since), false
}

func (p *process) serveFD(fd int) {
	switch fd {
	case socketFD:
		p.accept()
	case p.daemon:
		p.listen()
	default:
		if i := p.watched[fd]; i != nil {
			i.ended, p.since = time.Now(), time.Now()
			p.ignore(fd)
		}
	}
}

// ignore stops to watch a process.
func (p *process) ignore(pidfd int) {
	if p.watched[pidfd] == nil {
		return
	}
	delete(p.watched, pidfd)
	_ = unix.EpollCtl(p.epoll, unix.EPOLL_CTL_DEL, pidfd, nil) // it is there
}

// accept turns to a daemon that has come. There is one at a time: the one before
// has been killed, or has become this one, and what it has said last comes first.
func (p *process) accept() {
	fd, _, err := unix.Accept4(socketFD, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
	if err != nil {
		return // whoever came has gone again
	}
	for p.daemon >= 0 && p.listen() {
	}
	p.leave()
	p.daemon = fd
	if p.await(fd) != nil {
		p.leave()
		return
	}
	p.say(sayHello, fmt.Appendf(nil, "%d %d", version, os.Getpid()))
}

// leave lets go of the daemon.
func (p *process) leave() {
	if p.daemon >= 0 {
		unix.Close(p.daemon)
		p.daemon, p.since = -1, time.Now()
	}
}

// say tells the daemon something. One that does not listen any more may have said
// something before, so its end is found by listening to it.
func (p *process) say(what byte, text []byte, fds ...int) {
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	_ = unix.Sendmsg(p.daemon, append([]byte{what}, text...), rights, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

// listen hears one message of the daemon, and reports whether there was one.
func (p *process) listen() bool {
	n, oobn, flags, _, err := unix.Recvmsg(p.daemon, p.text[:], p.control[:], unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	switch {
	case errors.Is(err, unix.EINTR), errors.Is(err, unix.ECONNRESET):
		return true // a daemon that was killed before it had heard everything is reported once, before what it has said
	case errors.Is(err, unix.EAGAIN):
		return false
	case err != nil || n == 0: // the daemon has gone
		p.leave()
		return false
	}
	fds := rightsIn(p.control[:oobn])
	if flags&unix.MSG_CTRUNC != 0 {
		p.say(sayFull, nil)
	}
	if !p.obey(p.text[0], p.text[1:n], fds) {
		closeAll(fds)
	}
	return true
}

// obey does what a message says, and reports whether it has kept the descriptors.
func (p *process) obey(verb byte, text []byte, fds []int) (kept bool) {
	name, note, _ := bytes.Cut(text, []byte{0})
	switch verb {
	case verbHold, verbWatch:
		if len(fds) == 0 {
			return false
		}
		p.forget(string(name))
		i := &item{note: bytes.Clone(note), fds: fds}
		p.items[string(name)] = i
		if verb == verbWatch && p.await(fds[0]) == nil {
			p.watched[fds[0]] = i
		}
		return true
	case verbForget:
		for name := range bytes.SplitSeq(text, []byte{0}) {
			p.forget(string(name))
		}
	case verbAsk:
		p.answer(p.items[string(name)])
	case verbEnd:
		p.over = true
	}
	return false
}

func (p *process) answer(i *item) {
	if i == nil {
		p.say(sayNone, nil)
		return
	}
	ago := time.Duration(-1)
	if !i.ended.IsZero() {
		ago = time.Since(i.ended)
	}
	p.say(sayHeld, append(binary.LittleEndian.AppendUint64(nil, uint64(ago)), i.note...), i.fds...)
}

func (p *process) forget(name string) {
	i := p.items[name]
	if i == nil {
		return
	}
	delete(p.items, name)
	for _, fd := range i.fds {
		p.ignore(fd)
	}
	closeAll(i.fds)
}

// rightsIn returns the descriptors that have come with a message.
func rightsIn(control []byte) (fds []int) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	for _, m := range messages {
		if came, err := unix.ParseUnixRights(&m); err == nil {
			fds = append(fds, came...)
		}
	}
	return fds
}

func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
