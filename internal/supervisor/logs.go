package supervisor

import (
	"errors"
	"fmt"

	"supervisor/internal/lifecycle"
)

// ClearLogs empties the logs of a process. The work is done by the caller's
// goroutine; the loop has no part in it. It fails with ErrBadName or ErrFailed.
func (s *Supervisor) ClearLogs(name string) error {
	p, err := s.process(name)
	if err != nil {
		return err
	}
	return p.clearLogs(name)
}

// ClearAllLogs empties the logs of all processes.
func (s *Supervisor) ClearAllLogs() []Result {
	all := s.table.Load().everything()
	results := make([]Result, len(all))
	for i, p := range all {
		results[i] = Result{p.config, p.clearLogs(display(p.config))}
	}
	return results
}

func (p *process) clearLogs(name string) error {
	if err := p.seat.ClearLogs(); err != nil {
		return fail(ErrFailed, name)
	}
	return nil
}

// ReopenLogs opens the logs of all living children anew, because something
// else has renamed them.
func (s *Supervisor) ReopenLogs() error {
	var errs []error
	for _, p := range s.table.Load().sorted {
		if p.info.Load().Vars.PID == 0 || p.info.Load().Vars.State == lifecycle.Unknown {
			continue
		}
		if err := p.seat.ReopenLogs(); err != nil {
			errs = append(errs, fmt.Errorf("cannot reopen the logs of %s: %w", display(p.config), err))
		}
	}
	return errors.Join(errs...)
}
