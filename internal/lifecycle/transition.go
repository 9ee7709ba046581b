package lifecycle

import (
	"fmt"
	"log/slog"
	"syscall"
	"time"

	"supervisor/internal/signals"
)

// minKillInterval keeps a child that not even SIGKILL removes (it waits for a
// dead disk) from being signalled in a tight loop when stopwaitsecs is 0.
const minKillInterval = time.Second

// become is the only writer of the state and the only source of Changed. A
// deadline belongs to one state and ends with it.
func (p *Process) become(to State) { p.change(Changed{To: to}) }

func (p *Process) change(c Changed) {
	c.From, c.PID, c.Tries = p.v.State, p.v.PID, p.v.Tries
	p.v.State = c.To
	p.v.Deadline = time.Time{}
	p.out = append(p.out, c)
}

// settle applies the deadline if it has passed.
func (p *Process) settle(now time.Time) {
	if p.v.Deadline.IsZero() || now.Before(p.v.Deadline) {
		return
	}
	switch p.v.State {
	case Starting:
		p.settleStart(now)
	case Backoff:
		if p.v.Retired {
			p.v.Deadline = time.Time{} // there is no next try: it waits for GiveUp
			return
		}
		p.spawn(now)
	case Stopping:
		p.log(slog.LevelWarn, "killing '%s' (%d) with SIGKILL", p.policy.Name, p.v.PID)
		p.v.Deadline = now.Add(max(p.policy.StopWait, minKillInterval))
		p.announce(syscall.SIGKILL, p.policy.KillAsGroup)
		p.out = append(p.out, Signal{PID: p.v.PID, Sig: syscall.SIGKILL, Group: p.policy.KillAsGroup})
	}
}

// settleStart makes a child that has stayed up for StartSecs RUNNING.
func (p *Process) settleStart(now time.Time) {
	if p.v.State != Starting || p.v.Deadline.IsZero() || now.Before(p.v.Deadline) {
		return
	}
	p.v.Tries = 0
	p.become(Running)
	p.log(slog.LevelInfo, "success: %s entered RUNNING state, process has stayed up for > than %d seconds (startsecs)",
		p.policy.Name, p.policy.StartSecs/time.Second)
}

// spawn asks for the next child.
func (p *Process) spawn(now time.Time) {
	p.v.Incarnation++
	p.v.Trouble = ""
	p.v.ExitStatus = 0
	p.v.Started = now
	p.become(Starting)
	p.out = append(p.out, Spawn{Incarnation: p.v.Incarnation})
}

// fail counts a failed start.
func (p *Process) fail() {
	p.v.Tries++
	p.become(Backoff)
	p.v.PID = 0
}

// retry decides whether a failed start is followed by another one.
func (p *Process) retry(now time.Time) {
	if p.v.Tries <= p.policy.StartRetries || p.v.StopAsked {
		p.v.Deadline = now.Add(time.Duration(p.v.Tries) * time.Second)
		return
	}
	p.v.Tries = 0
	p.become(Fatal)
	p.log(slog.LevelInfo, "gave up: %s entered FATAL state, too many start retries too quickly", p.policy.Name)
}

// exited ends a child that was up, and starts the next one if the policy asks
// for it: at once, and as often as it takes.
func (p *Process) exited(now time.Time, expected bool, exit Exit) {
	verdict := "expected"
	if !expected {
		verdict = "not expected"
		p.v.Trouble = fmt.Sprintf("Bad exit code %d", exit.Status)
	}
	p.v.Tries = 0
	p.change(Changed{To: Exited, Expected: expected})
	p.log(level(expected), "exited: %s (%s; %s)", p.policy.Name, exit.Text, verdict)
	p.v.PID = 0
	if p.v.Retired {
		return
	}
	if p.policy.Restart == RestartAlways || p.policy.Restart == RestartIfUnexpected && !expected {
		p.spawn(now)
	}
}

// stop signals a living child and gives it StopWait to go.
func (p *Process) stop(now time.Time) {
	p.announce(p.policy.StopSignal, p.policy.StopAsGroup)
	p.become(Stopping)
	p.v.Deadline = now.Add(p.policy.StopWait)
	p.out = append(p.out, Signal{PID: p.v.PID, Sig: p.policy.StopSignal, Group: p.policy.StopAsGroup})
}

// announce logs that the child or its process group is about to be signalled.
func (p *Process) announce(sig syscall.Signal, group bool) {
	whom := ""
	if group {
		whom = "process group "
	}
	p.log(slog.LevelDebug, "killing %s (pid %d) %swith signal %s", p.policy.Name, p.v.PID, whom, signals.Name(sig))
}

// level is how loudly the end of a child is logged.
func level(expected bool) slog.Level {
	if expected {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

func (p *Process) log(level slog.Level, format string, args ...any) {
	p.out = append(p.out, Log{Level: level, Text: fmt.Sprintf(format, args...)})
}

// flush hands the effects out; the caller owns them.
func (p *Process) flush() []Effect {
	out := p.out
	p.out = nil
	return out
}
