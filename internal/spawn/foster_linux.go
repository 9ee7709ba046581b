package spawn

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"supervisor/internal/identity"
)

// ward is a fostered child that lives.
type ward struct {
	child  *Child
	pidfd  int
	number int32 // below 0: those above are the pumps'
	born   uint64
	ended  time.Time // as somebody else has seen it; zero: nobody has
}

// parentage returns when a process was born, and whether it is our own child.
func parentage(pid int) (born uint64, ours bool) {
	p, err := identity.Look(pid)
	return p.Born, err == nil && p.Parent == os.Getpid()
}

// watch waits for the end of a process, with all pipes. It returns nil if the
// process is gone.
func (ps *pumps) watch(c *Child, pid int, born uint64, held *Held) (*ward, error) {
	fd, gone, err := held.open(pid, born)
	if gone || err != nil {
		return nil, err
	}
	w := &ward{child: c, pidfd: fd, born: born}
	if held != nil {
		w.ended = held.Ended
	}
	ps.mu.Lock()
	for ps.wards[ps.lastWard] != nil || ps.lastWard >= 0 {
		ps.lastWard--
	}
	w.number = ps.lastWard
	ps.wards[w.number] = w
	ps.mu.Unlock()
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT, Fd: w.number}
	if err := unix.EpollCtl(ps.fd, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		ps.forget(w)
		return nil, errors.Join(os.NewSyscallError("epoll_ctl", err), unix.Close(fd))
	}
	return w, nil
}

// bornAt returns when the process was born that has a pid now; 0: there is none.
func bornAt(pid int) uint64 {
	p, err := identity.Look(pid)
	if err != nil {
		return 0
	}
	return p.Born
}

func (ps *pumps) forget(w *ward) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.wards, w.number)
}

func (ps *pumps) findWard(number int32) *ward {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.wards[number]
}

// tellReaper has the reaper report the end of the child: while that stands still the
// child has not ended, as far as anybody knows.
func (w *ward) tellReaper() {
	s := w.child.spawner
	select {
	case s.ended <- w:
	case <-s.quit:
	}
}

// hasEnded finds out how the child has ended, as far as somebody who is not its
// parent can, and reports it.
func (w *ward) hasEnded() {
	exit := Exit{PID: w.child.PID, Lost: true, At: time.Now()}
	if !w.ended.IsZero() {
		exit.At = w.ended
	}
	if status, ok := w.status(); ok {
		exit.Status, exit.Lost = status, false
	}
	w.child.spawner.pumps.forget(w)
	w.child.released(exit) // from here on nobody sends a signal by the descriptor
	unix.Close(w.pidfd)
}

// status returns the status that the child's parent gets, if the system tells it
// us: while nobody has collected the child it is in /proc, and afterwards a new
// kernel remembers it for the descriptor.
func (w *ward) status() (syscall.WaitStatus, bool) {
	p, err := identity.Look(w.child.PID)
	if err == nil && p.Born == w.born && p.Ended() && (p.Status != 0 || tells(w.child.PID)) {
		return syscall.WaitStatus(p.Status), true
	}
	// struct pidfd_info (linux/pidfd.h, since Linux 6.13; the exit since 6.15).
	var info struct {
		mask   uint64
		cgroup uint64
		ids    [11]uint32
		exit   int32
	}
	const (
		wantExit = 1 << 3
		getInfo  = 3<<30 | unsafe.Sizeof(info)<<16 | 0xff<<8 | 11 // _IOWR(0xff, 11, info)
	)
	info.mask = wantExit
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(w.pidfd), getInfo, uintptr(unsafe.Pointer(&info)))
	return syscall.WaitStatus(info.exit), errno == 0 && info.mask&wantExit != 0
}

// tells reports whether the status 0 of an ended process means that: to those who
// may not know it is shown as 0 as well.
func tells(pid int) bool {
	if os.Geteuid() == 0 {
		return true
	}
	info, err := os.Stat("/proc/" + strconv.Itoa(pid))
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

// signal sends a signal to the child, or to the process group that it leads.
// spawner.mu is held.
func (w *ward) signal(sig syscall.Signal, group bool) error {
	if !group {
		return unix.PidfdSendSignal(w.pidfd, sig, nil, 0)
	}
	const toGroup = 1 << 2 // PIDFD_SIGNAL_PROCESS_GROUP, since Linux 6.9
	err := unix.PidfdSendSignal(w.pidfd, sig, nil, toGroup)
	if !errors.Is(err, unix.EINVAL) {
		return err
	}
	// Before that the number is all there is: it means the same group as long as
	// its leader is there.
	if err := unix.PidfdSendSignal(w.pidfd, 0, nil, 0); err != nil {
		return err
	}
	if group, err := unix.Getpgid(w.child.PID); err != nil || group != w.child.PID {
		return syscall.ESRCH
	}
	return syscall.Kill(-w.child.PID, sig)
}

// TakeStdin returns a descriptor of what the child has as its stdin, a listening
// socket of the given name.
func (c *Child) TakeStdin(name string) (*os.File, error) {
	c.spawner.mu.Lock()
	defer c.spawner.mu.Unlock()
	if c.ward == nil {
		return nil, syscall.ESRCH
	}
	fd, err := unix.PidfdGetfd(c.ward.pidfd, 0, 0)
	if err != nil {
		return nil, os.NewSyscallError("pidfd_getfd", err)
	}
	if listens, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err != nil || listens == 0 {
		return nil, errors.Join(errors.New("it is no listening socket any more"), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), name), nil
}
