package supervisorctl

import (
	"context"
	"fmt"
	"sync"

	"supervisor/internal/wire"
)

// action is something that is done to one process, to a group or to all
// processes, and has a result for each process.
type action struct {
	one, group, all string // the methods
	done            string // what a success is called
	errors          map[wire.Code]string
	tellsFailure    bool      // the fault FAILED explains itself
	harmless        wire.Code // a fault that is not worth an exit status
	noGroup         int       // the exit status of an unknown group
}

// each does the action to whatever the names mean, one name after the other.
// params are those of the methods after the name.
func (s *session) each(ctx context.Context, a action, names []string, params ...any) error {
	if wantsAll(names) {
		answer, err := s.call(ctx, a.all, params...)
		if err != nil {
			return err
		}
		return s.showResults(a, answer)
	}
	meant, err := s.expand(ctx, names)
	if err != nil {
		return err
	}
	for _, names := range meant {
		if err := s.actTogether(ctx, a, names, params...); err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many processes of a pattern are dealt with at the same time. Each of
// them is waited for, for as long as startsecs or a stop takes, so a farm of workers
// takes its number of them over this. A server has room for four times as many
// connections.
const atOnce = 128

// actTogether does the action to everything that one name stood for: at the same
// time, since each may take a while. What comes of it is shown in order.
func (s *session) actTogether(ctx context.Context, a action, names []string, params ...any) error {
	if len(names) == 1 {
		return s.act(ctx, a, parseName(names[0]), params...)
	}
	if err := s.connect(); err != nil {
		return err
	}
	results, errs := make([]wire.Result, len(names)), make([]error, len(names))
	var calls sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for i, name := range names {
		free <- struct{}{}
		calls.Go(func() {
			results[i], errs[i] = s.actOn(ctx, a, parseName(name), params...)
			<-free
		})
	}
	calls.Wait()
	for i := range names {
		if errs[i] != nil {
			return errs[i]
		}
		if err := s.showResult(a, results[i]); err != nil {
			return err
		}
	}
	return nil
}

// act does the action to one process or group.
func (s *session) act(ctx context.Context, a action, name namespec, params ...any) error {
	if name.wholeGroup() {
		answer, err := s.call(ctx, a.group, append([]any{name.group}, params...)...)
		if faultCode(err) == wire.BadName {
			s.fail(a.noGroup, newProblem(name.given, wire.BadName, "no such group"), "%s: ERROR (no such group)", name.group)
			return nil
		}
		if err != nil {
			return err
		}
		return s.showResults(a, answer)
	}
	r, err := s.actOn(ctx, a, name, params...)
	if err != nil {
		return err
	}
	return s.showResult(a, r)
}

// actOn does the action to one process.
func (s *session) actOn(ctx context.Context, a action, name namespec, params ...any) (wire.Result, error) {
	r := wire.Result{Group: name.group, Name: name.process, Status: wire.Success}
	_, err := s.call(ctx, a.one, append([]any{name.given}, params...)...)
	if fault, ok := asFault(err); ok {
		r.Status, r.Description = wire.Code(fault.Code), fault.Text
		return r, nil
	}
	return r, err
}

// showResults shows the results of a whole group, in the order of the answer.
func (s *session) showResults(a action, answer any) error {
	results, err := wire.ParseResults(answer)
	if err != nil {
		return err
	}
	for _, r := range results {
		if err := s.showResult(a, r); err != nil {
			return err
		}
	}
	return nil
}

// showResult prints one result.
func (s *session) showResult(a action, r wire.Result) error {
	name := displayName(r.Group, r.Name)
	text, known := a.errors[r.Status]
	switch {
	case r.Status == wire.Success:
		s.did(name, a.done, a.done)
		return nil
	case r.Status == wire.Failed && a.tellsFailure:
		s.fail(a.exit(s, r.Status), newProblem(name, r.Status, r.Description), "%s", r.Description)
	case known:
		s.fail(a.exit(s, r.Status), newProblem(name, r.Status, text), "%s: ERROR (%s)", name, text)
	default:
		return valueError(fmt.Sprintf("Unknown result code %d for %s", r.Status, name))
	}
	return nil
}

// exit returns the exit status after a fault: the one so far, if it is harmless.
func (a action) exit(s *session, code wire.Code) int {
	if code == a.harmless {
		return s.status
	}
	return exitOf(code)
}

// exitOf returns the exit status of a fault about a process.
func exitOf(code wire.Code) int {
	switch code {
	case wire.SpawnError, wire.AbnormalTermination, wire.NotRunning:
		return exitProgram
	}
	return exitError
}
