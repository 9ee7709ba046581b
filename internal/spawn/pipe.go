package spawn

import (
	"math"

	"golang.org/x/sys/unix"
)

// Pipe is the supervisor's end of a pipe to a child: a non-blocking descriptor
// that no child inherits. Whoever has it gives it to a Pump or an Input, which
// close it, or closes it.
type Pipe struct{ fd int }

// Descriptor returns the pipe's.
func (p *Pipe) Descriptor() int { return p.fd }

// Close closes the pipe.
func (p *Pipe) Close() error { return unix.Close(p.fd) }

// pipes are the pipes of one child while it is being started.
type pipes struct {
	ours   [3]int    // the supervisor's ends, non-blocking; -1: none
	theirs []uintptr // the child's descriptors 0, 1 and 2
}

// openPipes makes a pipe for stdin, stdout and stderr, as far as spec wants.
func openPipes(spec Spec) (*pipes, error) {
	p := &pipes{ours: [3]int{-1, -1, -1}, theirs: make([]uintptr, 0, 3)}
	for fd := range p.ours {
		var err error
		switch {
		case fd == 0 && spec.Stdin != nil:
			p.theirs = append(p.theirs, spec.Stdin.Fd())
		case fd == 2 && spec.MergeStderr:
			p.theirs = append(p.theirs, p.theirs[1])
		default:
			err = p.open(fd, spec.FIFOs[fd])
		}
		if err != nil {
			p.closeTheirs(spec)
			p.closeOurs()
			return nil, err
		}
	}
	return p, nil
}

func (p *pipes) open(fd int, name string) error {
	if name != "" {
		return p.openFIFO(fd, name)
	}
	r, w, err := pipe()
	if err != nil {
		return err
	}
	if max(r, w) >= mostDescriptors() {
		unix.Close(r)
		unix.Close(w)
		return unix.EMFILE
	}
	ours, theirs := r, w
	if fd == 0 {
		ours, theirs = w, r
	}
	p.ours[fd] = ours
	p.theirs = append(p.theirs, uintptr(theirs))
	return unix.SetNonblock(ours, true)
}

// spareDescriptors is how many descriptors starts leave alone: for clients, who
// want to know why nothing starts, and for logs that are rotated.
const spareDescriptors = 32

// mostDescriptors is the number below which the descriptors of a start must be.
func mostDescriptors() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || uint64(limit.Cur) > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(limit.Cur) - min(spareDescriptors, int(limit.Cur)/4)
}

// ends returns the supervisor's ends; nil where there is none.
func (p *pipes) ends() (stdin, stdout, stderr *Pipe) {
	end := func(fd int) *Pipe {
		if fd < 0 {
			return nil
		}
		return &Pipe{fd}
	}
	return end(p.ours[0]), end(p.ours[1]), end(p.ours[2])
}

// closeTheirs closes the child's ends, which are the child's business now. An
// error of close(2) on a pipe says nothing.
func (p *pipes) closeTheirs(spec Spec) {
	for fd, theirs := range p.theirs {
		if fd == 0 && spec.Stdin != nil || fd == 2 && spec.MergeStderr {
			continue
		}
		unix.Close(int(theirs))
	}
}

func (p *pipes) closeOurs() {
	for _, fd := range p.ours {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
