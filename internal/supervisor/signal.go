package supervisor

import (
	"errors"
	"strconv"
	"syscall"

	"supervisor/internal/signals"
)

// Signal sends a signal to the child of a process, not to its group, and
// leaves its state alone. It fails with ErrBadName, ErrNotRunning or ErrFailed.
func (s *Supervisor) Signal(name string, sig syscall.Signal) error {
	p, err := s.process(name)
	if err != nil {
		return err
	}
	return askError(s, func(reply chan<- error) message { return signalOne{p, name, sig, reply} })
}

// SignalGroup signals those processes of a group that have a child. It fails
// with ErrBadName.
func (s *Supervisor) SignalGroup(name string, sig syscall.Signal) ([]Result, error) {
	return s.signalMany(members(name), sig)
}

// SignalAll does so for all groups.
func (s *Supervisor) SignalAll(sig syscall.Signal) ([]Result, error) {
	return s.signalMany(everyone, sig)
}

func (s *Supervisor) signalMany(of selection, sig syscall.Signal) ([]Result, error) {
	return s.many(of, func(selected []*process, b *batch) message { return signalMany{selected, sig, b} })
}

type signalOne struct {
	p     *process
	name  string
	sig   syscall.Signal
	reply chan<- error
}

func (m signalOne) apply(c *core) { m.reply <- c.signal(m.p, m.name, m.sig) }

type signalMany struct {
	selected []*process
	sig      syscall.Signal
	batch    *batch
}

func (m signalMany) apply(c *core) {
	for _, p := range m.selected {
		if p.state().Signallable() {
			m.batch.expect(p)(c.signal(p, display(p.config), m.sig))
		}
	}
	m.batch.seal()
}

func (c *core) signal(p *process, name string, sig syscall.Signal) error {
	if err := c.refuse(p, name); err != nil {
		return err
	}
	if !p.state().Signallable() || p.life.PID() == 0 {
		return fail(ErrNotRunning, name)
	}
	c.log.Debug("sending " + p.config.Name + " (pid " + strconv.Itoa(p.life.PID()) + ") sig " + signals.Name(sig))
	err := p.seat.Signal(sig, false)
	if err == nil {
		return nil
	}
	c.perform(p, p.life.SignalFailed("sending sig", err))
	if errors.Is(err, syscall.ESRCH) {
		return nil // it has just ended by itself, and that is on its way
	}
	return fail(ErrFailed, "unknown problem sending sig "+p.config.Name+" ("+strconv.Itoa(p.life.PID())+")")
}
