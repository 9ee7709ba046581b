package spawn

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipes are the pipes of one child while it is being started. Until it has
// been, they are bare descriptors: an os.File is made only of what stays.
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
			err = p.open(fd)
		}
		if err != nil {
			p.closeTheirs(spec)
			p.closeOurs()
			return nil, err
		}
	}
	return p, nil
}

func (p *pipes) open(fd int) error {
	r, w, err := pipe()
	if err != nil {
		return err
	}
	ours, theirs := r, w
	if fd == 0 {
		ours, theirs = w, r
	}
	p.ours[fd] = ours
	p.theirs = append(p.theirs, uintptr(theirs))
	return unix.SetNonblock(ours, true)
}

// files wraps the supervisor's ends, which registers them with the runtime's
// poller.
func (p *pipes) files() (stdin, stdout, stderr *os.File) {
	file := func(fd int, name string) *os.File {
		if fd < 0 {
			return nil
		}
		return os.NewFile(uintptr(fd), name)
	}
	return file(p.ours[0], "stdin"), file(p.ours[1], "stdout"), file(p.ours[2], "stderr")
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
