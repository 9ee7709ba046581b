// Package lifecycle is the state machine of one supervised process.
//
// It is pure: it starts no goroutine, reads no clock, and touches no file,
// process or signal. Time comes in as an argument; whatever should happen in
// the world comes out as a list of effects for the caller to carry out.
//
// Inputs that state a fact are named in the past (Spawned, Ended); requests
// are imperatives (Start, Stop). The rules are those of process.md, section 2;
// docs/states.md shows every edge.
package lifecycle

import (
	"errors"
	"log/slog"
	"slices"
	"syscall"
	"time"

	"supervisor/internal/severity"
)

// The reasons for which a request is refused.
var (
	ErrAlreadyStarted = errors.New("already started")
	ErrNotRunning     = errors.New("not running")
	ErrUnknownState   = errors.New("in an unknown process state")
	ErrRetired        = errors.New("going down")
)

// Restart says whether a process that has exited is started again.
type Restart uint8

// The restart policies.
const (
	RestartNever Restart = iota
	RestartAlways
	RestartIfUnexpected // unless the exit status is one of ExitCodes
)

// Policy is what the configuration decides about a process.
type Policy struct {
	Name         string // as the log shows it
	Restart      Restart
	StartSecs    time.Duration // how long it must stay up to count as started
	StartRetries int           // failed starts after the first before giving up
	ExitCodes    []int         // the exit statuses that are expected
	StopSignal   syscall.Signal
	StopWait     time.Duration // how long it may take to stop before it is killed
	StopAsGroup  bool          // send StopSignal to the process group
	KillAsGroup  bool          // send SIGKILL to the process group
}

// Vars is all that a Process remembers: a plain value that can be written out
// and read back. Times mean something only together with the clock that they were
// read from, so whoever writes a Vars has to write them his own way.
type Vars struct {
	State       State
	Incarnation int       // counts the children asked for
	PID         int       // the child; 0 while there is none
	Started     time.Time `json:"-"` // of the last child; zero if there was none
	Stopped     time.Time `json:"-"` // end of the last child; zero if there was none
	Deadline    time.Time `json:"-"` // what it means depends on the state; zero: none
	Tries       int       // failed starts in a row
	ExitStatus  int       // of the last child; -1 if a signal ended it
	Trouble     string    // why the last start or run went wrong; empty: it did not
	StopAsked   bool      // a stop came before the answer to Spawn
	Retired     bool      // the supervisor is going down: nothing is started any more
}

// Exit is how a child ended.
type Exit struct {
	Status int    // exit status; -1 if a signal ended the child
	Text   string // "exit status 1", "terminated by SIGKILL"
}

// Process is the state machine. Create one with New or Restore.
type Process struct {
	policy Policy
	v      Vars
	out    []Effect
}

// New returns a process that was never started.
func New(policy Policy) *Process { return Restore(policy, Vars{}) }

// Restore returns a process that goes on where Vars was taken.
func Restore(policy Policy, v Vars) *Process { return &Process{policy: policy, v: v} }

// Vars returns a copy of all that the process remembers.
func (p *Process) Vars() Vars { return p.v }

// State returns the present state.
func (p *Process) State() State { return p.v.State }

// PID returns the pid of the child; 0: there is none.
func (p *Process) PID() int { return p.v.PID }

// Deadline returns the moment at which Settle has something to do; zero: none.
func (p *Process) Deadline() time.Time { return p.v.Deadline }

// Settle applies what time has decided by now.
func (p *Process) Settle(now time.Time) []Effect {
	p.settle(now)
	return p.flush()
}

// Start asks for the process to be up. While it is still stopping this is no
// error, and nothing happens.
func (p *Process) Start(now time.Time) ([]Effect, error) {
	p.settle(now)
	switch p.v.State {
	case Stopped, Exited, Fatal:
		if p.v.Retired {
			return p.flush(), ErrRetired
		}
		p.v.Tries = 0 // a person asked: old failures do not count
		p.spawn(now)
		return p.flush(), nil
	case Stopping:
		p.log(slog.LevelWarn, "process '%s' already running", p.policy.Name)
		return p.flush(), nil
	case Unknown:
		return p.flush(), ErrUnknownState
	}
	return p.flush(), ErrAlreadyStarted
}

// Stop asks for the process to be down.
func (p *Process) Stop(now time.Time) ([]Effect, error) {
	p.settle(now)
	switch p.v.State {
	case Backoff: // a stop outranks a retry that has just come due
		p.log(slog.LevelDebug, "Attempted to kill %s, which is in BACKOFF state.", p.policy.Name)
		p.become(Stopped)
	case Starting, Running:
		if p.v.PID == 0 {
			p.v.StopAsked = true // there is no child to signal yet
			break
		}
		p.stop(now)
	default:
		return p.flush(), ErrNotRunning
	}
	return p.flush(), nil
}

// Retire forbids any further start: the supervisor is going down. What runs
// goes on running until it is stopped.
func (p *Process) Retire() { p.v.Retired = true }

// GiveUp stops the process because the supervisor is going down. One that
// waits for its next try becomes FATAL at once, and one that is down stays so.
func (p *Process) GiveUp(now time.Time) []Effect {
	if p.v.State == Backoff {
		p.v.Tries = 0
		p.become(Fatal)
		return p.flush()
	}
	effects, _ := p.Stop(now) // what is not running needs no stop
	return effects
}

// Spawned says that the child asked for exists. The answer to an earlier
// incarnation changes nothing.
func (p *Process) Spawned(at time.Time, incarnation, pid int) []Effect {
	if p.v.State != Starting || p.v.PID != 0 || incarnation != p.v.Incarnation {
		return nil
	}
	p.v.PID = pid
	p.v.Started = at
	p.v.Deadline = at.Add(p.policy.StartSecs)
	p.log(slog.LevelInfo, "spawned: '%s' with pid %d", p.policy.Name, pid)
	if p.v.StopAsked {
		p.v.StopAsked = false
		p.stop(at)
	}
	p.settle(at)
	return p.flush()
}

// SpawnFailed says that there will be no child, and why.
func (p *Process) SpawnFailed(at time.Time, incarnation int, reason string) []Effect {
	if p.v.State != Starting || p.v.PID != 0 || incarnation != p.v.Incarnation {
		return nil
	}
	p.v.Trouble = reason
	p.log(slog.LevelInfo, "spawnerr: %s", reason)
	p.fail()
	p.retry(at)
	if p.v.StopAsked {
		p.v.StopAsked = false
		if p.v.State == Backoff {
			p.become(Stopped)
		}
	}
	return p.flush()
}

// Ended says that the child is gone. The end of a child that is not the
// present one changes nothing.
func (p *Process) Ended(at time.Time, pid int, exit Exit) []Effect {
	if pid == 0 || pid != p.v.PID {
		return nil
	}
	p.settleStart(at)
	p.v.Stopped = at
	p.v.ExitStatus = exit.Status
	expected := slices.Contains(p.policy.ExitCodes, exit.Status)
	switch p.v.State {
	case Stopping, Unknown:
		p.become(Stopped)
		p.log(level(expected), "stopped: %s (%s)", p.policy.Name, exit.Text)
		p.v.PID = 0
	case Starting:
		p.v.ExitStatus = 0 // the reference does not count it as an exit
		p.v.Trouble = "Exited too quickly (process log may have details)"
		p.fail()
		p.log(slog.LevelWarn, "exited: %s (%s; not expected)", p.policy.Name, exit.Text)
		p.retry(at)
	case Running:
		p.exited(at, expected, exit)
	}
	return p.flush()
}

// SignalFailed says that a signal could not be sent, and what it was for
// ("killing", "sending sig"). That the child was gone already is no failure:
// its end is on the way.
func (p *Process) SignalFailed(purpose string, err error) []Effect {
	if errors.Is(err, syscall.ESRCH) {
		p.log(slog.LevelDebug, "unable to signal %s (pid %d), it probably just exited on its own: %v", p.policy.Name, p.v.PID, err)
		return p.flush()
	}
	p.log(severity.Critical, "unknown problem %s %s (%d):%v", purpose, p.policy.Name, p.v.PID, err)
	p.become(Unknown)
	return p.flush()
}
