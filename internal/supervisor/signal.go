package supervisor

import (
	"errors"
	"strconv"
	"syscall"

	"supervisor/internal/signals"
)

// Signal sends a signal, given by name or number, to the child of a process,
// not to its group, and leaves its state alone. It fails with ErrBadName,
// ErrBadSignal, ErrNotRunning or ErrFailed.
func (s *Supervisor) Signal(name, signal string) error {
	p, err := s.process(name)
	if err != nil {
		return err
	}
	return askError(s, func(reply chan<- error) message { return signalOne{p, name, parseSignal(signal), reply} })
}

// SignalGroup signals those processes of a group that have a child. It fails
// with ErrBadName; a signal that does not exist fails for each of them.
func (s *Supervisor) SignalGroup(name, signal string) ([]Result, error) {
	return s.signalMany(members(name), signal)
}

// SignalAll does so for all groups.
func (s *Supervisor) SignalAll(signal string) ([]Result, error) {
	return s.signalMany(everyone, signal)
}

func (s *Supervisor) signalMany(of selection, signal string) ([]Result, error) {
	return s.many(of, func(selected []*process, b *batch) message {
		return signalMany{selected, parseSignal(signal), b}
	})
}

// parsedSignal is a signal as it was asked for, or why there is none.
type parsedSignal struct {
	sig syscall.Signal
	err error
}

func parseSignal(text string) parsedSignal {
	sig, err := signals.Parse(text)
	if err != nil {
		return parsedSignal{err: fail(ErrBadSignal, text)}
	}
	return parsedSignal{sig: sig}
}

type signalOne struct {
	p      *process
	name   string
	signal parsedSignal
	reply  chan<- error
}

func (m signalOne) apply(c *core) { m.reply <- c.signal(m.p, m.name, m.signal) }

type signalMany struct {
	selected []*process
	signal   parsedSignal
	batch    *batch
}

func (m signalMany) apply(c *core) {
	for _, p := range m.selected {
		if p.state().Signallable() {
			m.batch.expect(p, false)(c.signal(p, display(p.config), m.signal))
		}
	}
	m.batch.seal()
}

func (c *core) signal(p *process, name string, signal parsedSignal) error {
	if err := c.refuse(p, name); err != nil {
		return err
	}
	if signal.err != nil {
		return signal.err
	}
	if !p.state().Signallable() || p.life.PID() == 0 {
		return fail(ErrNotRunning, name)
	}
	pid := strconv.Itoa(p.life.PID())
	c.log.Debug("sending " + p.config.Name + " (pid " + pid + ") sig " + signals.Name(signal.sig))
	err := p.seat.Signal(signal.sig, false)
	if err == nil {
		c.rememberSignal(p, signals.Name(signal.sig))
		return nil
	}
	c.perform(p, p.life.SignalFailed("sending sig", err))
	if errors.Is(err, syscall.ESRCH) {
		return nil // it has just ended by itself, and that is on its way
	}
	return fail(ErrFailed, "unknown problem sending sig "+p.config.Name+" ("+pid+")")
}
