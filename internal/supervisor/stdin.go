package supervisor

import (
	"errors"
	"syscall"

	"supervisor/internal/lifecycle"
)

// SendStdin writes to the stdin of a process' child; what the pipe has no room
// for is kept and follows. It fails with ErrBadName, ErrNotRunning, ErrNoFile
// if the child's stdin is closed or is a socket, or ErrFailed.
func (s *Supervisor) SendStdin(name, chars string) error {
	p, err := s.process(name)
	if err != nil {
		return err
	}
	return askError(s, func(reply chan<- error) message { return sendStdin{p, name, chars, reply} })
}

type sendStdin struct {
	p           *process
	name, chars string
	reply       chan<- error
}

func (m sendStdin) apply(c *core) {
	if err := c.refuse(m.p, m.name); err != nil {
		m.reply <- err
		return
	}
	if m.p.life.PID() == 0 || m.p.state() == lifecycle.Stopping {
		m.reply <- fail(ErrNotRunning, m.name)
		return
	}
	m.p.sends++
	c.ledger.noteProcess(m.p)
	switch err := m.p.seat.Send([]byte(m.chars)); {
	case err == nil:
		m.reply <- nil
	case errors.Is(err, syscall.EPIPE):
		m.reply <- fail(ErrNoFile, m.name)
	default:
		m.reply <- fail(ErrFailed, err.Error())
	}
}
