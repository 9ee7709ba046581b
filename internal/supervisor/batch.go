package supervisor

import "supervisor/internal/config"

// Result is what became of one process in a request about many.
type Result struct {
	Process *config.Process
	Err     error // nil: success
}

// batch gathers the results of a request about many processes: first those
// for which nobody has to wait, in the order of asking, then the others as
// they come in (rpc.md, section 6).
type batch struct {
	atOnce  []Result
	later   []Result
	pending int
	sealed  bool // all processes have been asked
	reply   chan<- []Result
}

// expect returns the function that takes one process' result. waits says
// whether that result takes more than a moment.
func (b *batch) expect(p *process, waits bool) func(error) {
	b.pending++
	if waits {
		return func(err error) {
			b.later = append(b.later, Result{p.config, err})
			b.arrived()
		}
	}
	place := len(b.atOnce)
	b.atOnce = append(b.atOnce, Result{Process: p.config})
	return func(err error) {
		b.atOnce[place].Err = err
		b.arrived()
	}
}

func (b *batch) arrived() {
	b.pending--
	b.deliver()
}

// seal says that no more processes will be asked.
func (b *batch) seal() {
	b.sealed = true
	b.deliver()
}

func (b *batch) deliver() {
	if b.sealed && b.pending == 0 {
		b.reply <- append(b.atOnce, b.later...)
	}
}

// selection names the processes that a request about many is about.
type selection func(*Supervisor) ([]*process, error)

// everyone selects all processes.
func everyone(s *Supervisor) ([]*process, error) { return s.table.Load().everything(), nil }

// members selects the processes of one group, by priority.
func members(name string) selection {
	return func(s *Supervisor) ([]*process, error) {
		g, err := s.group(name)
		if err != nil {
			return nil, err
		}
		return g.byPriority(), nil
	}
}

// many sends a request about the selected processes and waits for its results.
func (s *Supervisor) many(of selection, makeMessage func([]*process, *batch) message) ([]Result, error) {
	selected, err := of(s)
	if err != nil {
		return nil, err
	}
	reply := make(chan []Result, 1)
	return ask(s, reply, makeMessage(selected, &batch{reply: reply}))
}
