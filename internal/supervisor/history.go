package supervisor

import (
	"slices"
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
	Moments  []Moment      // the latest, oldest first
	Restarts int           // how often it was started again without being asked for
	Exit     string        // how the last child ended; empty: none has
	ExitAt   time.Time     // when
	ExitCode int           // of the last child; -1 if a signal ended it
	ExitPID  int           // of the last child
	Lived    time.Duration // of the last child
	LogsFrom [2]int64      // where in its logs, stdout and stderr, begin the words of the last child

	Signal      string          // that somebody asked to be sent last; empty: none
	SignalAt    time.Time       // when
	OutOfMemory bool            // the kernel killed something for want of memory as the last child was killed
	Settled     <-chan struct{} // closed when all is known about the last child; nil: it is
	Left        []Remnant       // what children have left behind when they ended; the latest last
}

// remnantsKept bounds what is remembered of what was left behind.
const remnantsKept = 32

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
			exit := p.ended.Exit
			m.Why = exit.Text
			h.Exit, h.ExitAt, h.ExitCode, h.ExitPID = exit.Text, p.ended.At, exit.Status, change.PID
			h.Lived, h.OutOfMemory, h.Settled = p.lived, false, p.settle
			h.LogsFrom = p.ended.LogsFrom
		} else if change.To == lifecycle.Backoff {
			m.Why = p.life.Vars().Trouble
		}
	}
	h.Moments = append(h.Moments, m)
	p.past.Store(&h)
}

// rememberAftermath adds what was found out about a child after its end.
func (c *core) rememberAftermath(p *process, a Aftermath) {
	h := p.history()
	h.Left = slices.Concat(h.Left, a.Left[:min(len(a.Left), remnantsKept/2)]) // the eldest, not all that they have started
	h.Left = h.Left[max(0, len(h.Left)-remnantsKept):]
	if p.settle != nil && a.PID == h.ExitPID {
		defer close(p.settle)
		p.settle, h.Settled = nil, nil
	}
	h.OutOfMemory = a.OutOfMemory && a.PID == h.ExitPID
	p.past.Store(&h)
	c.published = true
	c.ledger.noteProcess(p)
}

// rememberSignal adds a signal that somebody has sent.
func (c *core) rememberSignal(p *process, name string) {
	h := p.history()
	h.Signal, h.SignalAt = name, c.now
	p.past.Store(&h)
	c.ledger.noteProcess(p)
}

// expectAftermath lets those who ask about the last child wait until all is
// known about it.
func (p *process) expectAftermath(coming bool) {
	if p.settle != nil {
		close(p.settle)
		p.settle = nil
	}
	if coming {
		p.settle = make(chan struct{})
	}
}
