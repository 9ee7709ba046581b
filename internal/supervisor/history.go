package supervisor

import (
	"time"

	"supervisor/internal/lifecycle"
)

// momentsKept bounds the history of a process.
const momentsKept = 20

// Moment is one change of state.
type Moment struct {
	At    time.Time
	State lifecycle.State
	PID   int    // of the child at that time; 0: none
	Why   string // how the child ended, or why there was none; empty: the change has another reason
}

// History is what is remembered of a process since its group became active: an
// immutable value.
type History struct {
	Moments  []Moment  // the latest, oldest first
	Restarts int       // how often it was started again without being asked for
	Exit     string    // how the last child ended; empty: none has
	ExitAt   time.Time // when
	ExitCode int       // of the last child; -1 if a signal ended it
}

// History returns what is remembered of a process. It fails with ErrBadName.
func (s *Supervisor) History(name string) (History, error) {
	p, err := s.process(name)
	if err != nil {
		return History{}, err
	}
	return p.history(), nil
}

// Histories visits every process, in the order of Processes, with what is
// remembered of it.
func (s *Supervisor) Histories(visit func(Info, History)) {
	for _, p := range s.table.Load().sorted {
		visit(*p.info.Load(), p.history())
	}
}

// history is nothing for a process that has never changed, which costs nothing.
func (p *process) history() History {
	if h := p.past.Load(); h != nil {
		return *h
	}
	return History{}
}

// remember adds a change to the history of a process.
func (c *core) remember(p *process, change lifecycle.Changed) {
	old := p.history()
	h := old
	h.Moments = make([]Moment, 0, min(len(old.Moments)+1, momentsKept))
	h.Moments = append(h.Moments, old.Moments[max(0, len(old.Moments)+1-momentsKept):]...)
	m := Moment{At: c.now, State: change.To, PID: change.PID}
	switch change.To {
	case lifecycle.Starting:
		if change.From == lifecycle.Backoff || p.ended != nil {
			h.Restarts++
		}
	case lifecycle.Backoff, lifecycle.Exited, lifecycle.Stopped:
		if p.ended != nil {
			m.Why = p.ended.Text
			h.Exit, h.ExitAt, h.ExitCode = p.ended.Text, c.now, p.ended.Status
		} else if change.To == lifecycle.Backoff {
			m.Why = p.life.Vars().Trouble
		}
	}
	h.Moments = append(h.Moments, m)
	p.past.Store(&h)
}
