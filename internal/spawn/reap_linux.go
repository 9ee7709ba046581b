package spawn

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reap collects every child that is dead now. It looks at a dead child before
// it collects it: one that is not known may be that of a fork under way, and
// must stay a zombie until that fork has told its pid or has collected it.
func (s *Spawner) reap() {
	for pid := nextDead(); pid != 0; pid = nextDead() {
		if !s.collect(pid) {
			s.collectKnown()
			return
		}
	}
}

// nextDead returns the pid of a dead child without reaping it; 0: there is
// none.
func nextDead() int {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil: // ECHILD: there are no children at all
			return 0
		}
		return int((*childInfo)(unsafe.Pointer(&info)).fields.pid)
	}
}

// childInfo is the beginning of a siginfo_t about a child (sigaction(2)), which
// unix.Siginfo keeps to itself.
type childInfo struct {
	_      [3]int32
	fields struct {
		_   [0]uintptr // aligned like the union in C, which holds pointers
		pid int32
	}
}
