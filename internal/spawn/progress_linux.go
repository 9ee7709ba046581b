package spawn

import (
	"errors"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A pipe with a name remembers when it was written last, also when the writer is
// killed in the very moment. So before a piece is written that moment is set to
// one long ago, which stands for the place of the piece in the stream. If another
// process finds it unchanged the piece was not written, else it was; and as no
// piece is longer than what a pipe takes whole or not at all, that is all there
// is to know (pipe(7), PIPE_BUF).
const wholePiece = 4096

// longAgo is the moment that stands for a place.
func longAgo(place int64) unix.Timespec {
	return unix.NsecToTimespec(place + 1e9)
}

// settle finds out whether the piece that was about to be written was.
func (p *Progress) settle(pipe *Pipe) error {
	if p.Next == 0 {
		return nil
	}
	var st unix.Stat_t
	if err := unix.Fstat(pipe.fd, &st); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	if st.Mtim.Nano() != unix.TimespecToNsec(longAgo(p.Written)) {
		p.Written += p.Next
	}
	p.Next = 0
	return nil
}

// writeKept is write for an Input whose progress is kept.
func (in *Input) writeKept(data []byte) (n int, err error) {
	p := &in.progress
	for n < len(data) && err == nil {
		piece := data[n:min(n+wholePiece, len(data))]
		if err := mark(in.pipe, p.Written); err != nil {
			return n, err
		}
		p.Next = int64(len(piece))
		in.keep(*p)
		var m int
		m, err = in.pipe.write(piece)
		p.Next = 0
		p.Written += int64(m)
		n += m
		if m == 0 {
			break
		}
	}
	in.keep(*p)
	return n, err
}

// mark sets the moment of the last write.
func mark(pipe *Pipe, place int64) error {
	times := [2]unix.Timespec{{Nsec: unix.UTIME_OMIT}, longAgo(place)}
	_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(pipe.fd), 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0)
	if errno != 0 && !errors.Is(errno, syscall.EINTR) {
		return os.NewSyscallError("utimensat", errno)
	}
	return nil
}
