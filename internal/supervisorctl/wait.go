package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"supervisor/internal/wire"
)

const (
	// waitSlice is the longest that the server is asked to wait at a time.
	waitSlice = 55 * time.Second
	// waitPoll is how often a server is asked that cannot wait itself.
	waitPoll = 500 * time.Millisecond
	// restSeconds is for how long a process must have been EXITED to count as one
	// that stays so: some servers take a second to start it again.
	restSeconds = 2
)

// goal is a process or group and the state that it should come to.
type goal struct {
	name  string
	state wire.ProcessState
}

// outlook is what can be said of a process that somebody waits for.
type outlook int

const (
	pending  outlook = iota
	reached          // it is in the state
	hopeless         // it is not, and without somebody's help it will not be
)

// arrival is what programs are told about a process that was waited for.
type arrival struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// wait waits until processes have come to a state, RUNNING if there is none in
// the name. It ends early if one of them never will.
func wait(s *session, ctx context.Context, arg string) error {
	names, limit, err := parseWait(arg)
	if err != nil {
		return err
	}
	if limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, limit, errTooLate)
		defer stop()
	}
	goals, err := s.goals(ctx, names)
	if err != nil || len(goals) == 0 {
		return err
	}
	infos, err := s.await(ctx, goals)
	switch {
	case err == nil, errors.Is(err, errTooLate) && infos != nil:
		s.tellOutlook(goals, infos)
		return nil
	case errors.Is(err, errTooLate):
		return because(err, &failure{"ERROR: supervisord does not answer", exitTooLate})
	case faultCode(err) == wire.ShutdownState:
		return because(err, &failure{"ERROR: supervisor shutting down", exitHopeless})
	case faultCode(err) == wire.BadName:
		return because(err, &failure{"ERROR: a process was removed while it was waited for", exitHopeless})
	case isGone(err):
		return because(err, &failure{"ERROR: supervisord went away", exitHopeless})
	}
	return err
}

// errTooLate is the end of --timeout.
var errTooLate = errors.New("timed out")

// parseWait reads NAME[:STATE] ... [--timeout SECONDS], in any order.
func parseWait(arg string) (names []string, limit time.Duration, err error) {
	words := strings.Fields(arg)
	for i := 0; i < len(words); i++ {
		value, isTimeout := strings.CutPrefix(words[i], "--timeout")
		if !isTimeout || value != "" && value[0] != '=' {
			names = append(names, words[i])
			continue
		}
		value = strings.TrimPrefix(value, "=")
		if value == "" && i+1 < len(words) {
			i++
			value = words[i]
		}
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil || !(seconds > 0 && seconds <= 1e9) {
			return nil, 0, &failure{"Error: bad timeout " + value + ": it is a number of seconds", exitUsage}
		}
		limit = time.Duration(seconds * float64(time.Second))
	}
	if err := refuseOptions(names); err != nil {
		return nil, 0, err
	}
	if len(names) == 0 {
		return nil, 0, &misuse{"Error: wait requires a process name", exitUsage}
	}
	return names, limit, nil
}

// cutState cuts the state off a name. Only the name of a state, in capitals, is
// one: everything else belongs to the name.
func cutState(given string) (name string, state wire.ProcessState) {
	if end := strings.LastIndexByte(given, ':'); end > 0 {
		if state, ok := wire.ParseProcessState(given[end+1:]); ok {
			return given[:end], state
		}
	}
	return given, wire.Running
}

// goals returns the processes that are meant, each once for each state. What is
// unknown is told, and then nothing is waited for.
func (s *session) goals(ctx context.Context, given []string) ([]goal, error) {
	all, err := s.allProcesses(ctx)
	if err != nil {
		return nil, err
	}
	var goals []goal
	known := true
	for _, word := range given {
		name, state := cutState(word)
		var found []wire.ProcessInfo
		switch n := parseName(name); {
		case name == allWord:
			found = all
		case isPattern(name):
			found = matching(all, name)
		case n.wholeGroup():
			found = ofGroup(all, n.group)
		default:
			if p, ok := findProcess(all, n); ok {
				found = append(found, p)
			}
		}
		if len(found) == 0 && name != allWord {
			known = false
			s.failGoal(word, name)
		}
		for _, p := range found {
			if g := (goal{displayName(p.Group, p.Name), state}); !slices.Contains(goals, g) {
				goals = append(goals, g)
			}
		}
	}
	if !known {
		return nil, nil
	}
	return goals, nil
}

// failGoal says that there is no such process. A word that ends in a state in small
// letters has probably not been meant as a name.
func (s *session) failGoal(word, name string) {
	p, text := newProblem(name, wire.BadName, "no such process"), "no such process"
	if end := strings.LastIndexByte(name, ':'); end > 0 && word == name {
		if state, ok := wire.ParseProcessState(strings.ToUpper(name[end+1:])); ok {
			text = fmt.Sprintf("no such process; states are in capitals: %s:%s", name[:end], state)
			p = newProblem(name, wire.BadName, text)
		}
	}
	s.fail(exitError, p, "%s: ERROR (%s)", name, text)
}

// await returns the processes of the goals, in their order, as soon as all are
// reached or one is hopeless. If that comes too late, it returns the error of ctx
// as well.
func (s *session) await(ctx context.Context, goals []goal) (infos []wire.ProcessInfo, err error) {
	names := make([]string, len(goals))
	for i, g := range goals {
		names[i] = g.name
	}
	changes := changes{s: s, names: names}
	for {
		slice := waitSlice
		if mayRestart(goals, infos) {
			slice = restSeconds * time.Second // then it is clear whether what has exited stays so
		}
		next, err := changes.next(ctx, slice)
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return infos, err
		}
		infos = next
		if left, lost := count(goals, infos); left == 0 || lost > 0 {
			return infos, nil
		}
	}
}

// mayRestart reports whether some process has exited so lately that it may yet be
// started again.
func mayRestart(goals []goal, infos []wire.ProcessInfo) bool {
	for i, p := range infos {
		if p.State == wire.Exited && goals[i].state != wire.Exited {
			return true
		}
	}
	return false
}

// count returns how many goals are not reached, and how many of them never will be.
func count(goals []goal, infos []wire.ProcessInfo) (left, lost int) {
	for i, g := range goals {
		switch g.outlook(infos[i]) {
		case pending:
			left++
		case hopeless:
			left, lost = left+1, lost+1
		}
	}
	return left, lost
}

// outlook returns what can be expected of a process. One that has failed for good,
// or has ended and is not started again, stays as it is until somebody starts it;
// one that is stopped may be about to be started.
func (g goal) outlook(p wire.ProcessInfo) outlook {
	switch {
	case p.State == g.state:
		return reached
	case p.State == wire.Fatal, p.State == wire.Exited && p.Now-p.Stop >= restSeconds:
		return hopeless
	}
	return pending
}

// tellOutlook tells what has become of each goal.
func (s *session) tellOutlook(goals []goal, infos []wire.ProcessInfo) {
	left, lost := count(goals, infos)
	status := exitTooLate
	if lost > 0 {
		status = exitHopeless
	}
	for i, g := range goals {
		p := infos[i]
		switch g.outlook(p) {
		case reached:
			s.give(arrival{g.name, p.State.String()}, "%s: %s", g.name, p.State)
		case hopeless:
			text := fmt.Sprintf("cannot become %s: it is %s", g.state, p.State)
			s.fail(status, newProblem(g.name, 0, text), "%s: ERROR (%s)", g.name, text)
		default:
			text := fmt.Sprintf("is not %s: it is %s", g.state, p.State)
			s.fail(status, newProblem(g.name, 0, text), "%s: ERROR (%s)", g.name, text)
		}
	}
	if left > 0 {
		s.status = status
	}
}

// changes tells what becomes of processes.
type changes struct {
	s     *session
	names []string // empty: all processes
	token string
	polls bool // the server cannot wait
}

// next returns the processes when something about them has changed since the last
// time, and after limit at the latest. The first time it returns at once.
func (c *changes) next(ctx context.Context, limit time.Duration) ([]wire.ProcessInfo, error) {
	if !c.polls {
		seconds := int((limit + time.Second - 1) / time.Second)
		answer, err := c.s.call(ctx, wire.WaitForChange, append([]string{}, c.names...), c.token, seconds)
		if faultCode(err) != wire.UnknownMethod {
			if err != nil {
				return nil, err
			}
			change, err := wire.ParseChange(answer)
			c.token = change.Token
			return change.Processes, err
		}
		c.polls = true
	} else {
		pause := time.NewTimer(min(waitPoll, limit))
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return c.look(ctx)
}

// look asks for the processes as they are.
func (c *changes) look(ctx context.Context) ([]wire.ProcessInfo, error) {
	all, err := c.s.allProcesses(ctx)
	if err != nil || len(c.names) == 0 {
		return all, err
	}
	infos := make([]wire.ProcessInfo, len(c.names))
	for i, name := range c.names {
		p, ok := findProcess(all, parseName(name))
		if !ok {
			return nil, wire.Fault(wire.BadName, name)
		}
		infos[i] = p
	}
	return infos, nil
}
