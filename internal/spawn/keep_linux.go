package spawn

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// This file is about what somebody else keeps of a child: whoever has a pidfd that
// was opened while a process was there learns from it how the process has ended.

// introduction asks for a pidfd of a child that is about to be made, and returns
// what gives it to Spec.Made; nil: nobody wants it.
func introduction(spec Spec, attr *syscall.ProcAttr) func(pid int) {
	if spec.Made == nil {
		return nil
	}
	pidfd := -1
	attr.Sys.PidFD = &pidfd
	return func(pid int) {
		if pidfd >= 0 {
			spec.Made(pid, pidfd)
			unix.Close(pidfd)
		}
	}
}

// PIDFD returns a descriptor of a child that has not been reaped, which is the
// caller's to close.
func (c *Child) PIDFD() (int, error) {
	c.spawner.mu.Lock()
	defer c.spawner.mu.Unlock()
	switch {
	case c.exit != nil:
		return -1, syscall.ESRCH
	case c.ward != nil:
		return unix.FcntlInt(uintptr(c.ward.pidfd), unix.F_DUPFD_CLOEXEC, 0)
	}
	return unix.PidfdOpen(c.PID, 0)
}

// StartOwn starts this very program as a process beside this one: in a session of
// its own, in the root directory, with nothing open but the given files, which
// become its descriptors from 3 on.
func (s *Spawner) StartOwn(args, env []string, files ...*os.File) (*Child, error) {
	self, err := ownExecutable()
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	fds := []uintptr{null.Fd(), null.Fd(), null.Fd()}
	for _, f := range files {
		fds = append(fds, f.Fd())
	}
	c := &Child{spawner: s}
	attr := &syscall.ProcAttr{Dir: "/", Env: env, Files: fds, Sys: &syscall.SysProcAttr{Setsid: true}}
	return c, s.fork(self, args, attr, c, nil)
}

// Held is what somebody has kept of a child of another daemon.
type Held struct {
	PIDFD int       // becomes the Spawner's
	Ended time.Time // when it has ended; zero: that was not seen
}

// Close lets go of what is not needed. There may be nothing.
func (h *Held) Close() error {
	if h == nil {
		return nil
	}
	return unix.Close(h.PIDFD)
}

// Born returns when the process was born; 0: it has been collected.
func (h *Held) Born() uint64 {
	info, err := os.ReadFile("/proc/self/fdinfo/" + strconv.Itoa(h.PIDFD))
	if err != nil {
		return 0
	}
	// A line says "Pid:" and the pid, which is -1 if there is no such process any more.
	_, rest, _ := strings.Cut(string(info), "\nPid:")
	line, _, _ := strings.Cut(rest, "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid <= 0 {
		return 0
	}
	return bornAt(pid)
}

// open returns a pidfd of a process that is told from others by the moment of its
// birth: the one that is held, which means no other, or a new one. gone says that
// there is no such process.
func (h *Held) open(pid int, born uint64) (fd int, gone bool, err error) {
	if h != nil {
		return h.PIDFD, false, nil
	}
	fd, err = unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return -1, true, nil
	}
	if err != nil {
		return -1, false, os.NewSyscallError("pidfd_open", err)
	}
	// Now that nobody else can become what the descriptor means, see who it is.
	if bornAt(pid) != born {
		return -1, true, unix.Close(fd)
	}
	return fd, false, nil
}
