// Package diagnose collects what package explain needs to know about a process:
// from the supervisor, its logs, the file system and the processes of the
// system. It looks when somebody asks, changes nothing, and owns nothing. What
// cannot be found out is left out.
package diagnose

import (
	"slices"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/explain"
	"supervisor/internal/lifecycle"
	"supervisor/internal/procs"
	"supervisor/internal/signals"
	"supervisor/internal/supervisor"
)

// Supervisor is what a Doctor needs of a *supervisor.Supervisor.
type Supervisor interface {
	Process(name string) (supervisor.Info, error)
	Processes() []supervisor.Info
	History(name string) (supervisor.History, error)
	Drift() (supervisor.Drift, error)
}

// Doctor explains the states of processes. It is safe for concurrent use.
type Doctor struct {
	supervisor  Supervisor
	environment func(*config.Process) []string
}

// New returns a Doctor. environment tells what the children of a process get.
func New(s Supervisor, environment func(*config.Process) []string) *Doctor {
	return &Doctor{s, environment}
}

// Explain says why a process is in the state that it is in. It fails with
// supervisor.ErrBadName.
func (d *Doctor) Explain(name string) (explain.Explanation, error) {
	info, err := d.supervisor.Process(name)
	if err != nil {
		return explain.Explanation{}, err
	}
	history, err := d.settled(name)
	if err != nil {
		return explain.Explanation{}, err
	}
	return explain.Explain(d.facts(info, history, time.Now())), nil
}

// soon is how long it is waited for what is being found out about a child that
// has just ended.
const soon = 30 * time.Second

// twoSteps is how long a program that goes to the background may be in between:
// what it has started starts another, and ends. What is seen in that moment is
// gone before anybody can do something about it.
const twoSteps = 500 * time.Millisecond

// settled returns what is remembered of a process when all is known about its
// last child, or soon.
func (d *Doctor) settled(name string) (supervisor.History, error) {
	h, err := d.supervisor.History(name)
	if err != nil || h.Exit == "" {
		return h, err
	}
	if h.Settled != nil {
		timer := time.NewTimer(soon)
		defer timer.Stop()
		select {
		case <-h.Settled:
		case <-timer.C:
		}
	}
	if between := twoSteps - time.Since(h.ExitAt); between > 0 && h.ExitCode == 0 {
		<-time.After(between)
	}
	return d.supervisor.History(name)
}

// facts finds out all that there is to know.
func (d *Doctor) facts(info supervisor.Info, h supervisor.History, now time.Time) explain.Facts {
	p, v := info.Config, info.Vars
	f := explain.Facts{
		Now:       now,
		Name:      info.Display(),
		Section:   p.Section,
		State:     v.State.String(),
		PID:       v.PID,
		Options:   options(p),
		Started:   v.Started,
		NextTry:   v.Deadline,
		Tries:     v.Tries,
		Trouble:   v.Trouble,
		Restarts:  h.Restarts,
		Lives:     lives(h),
		EndedWell: endedWell(h),
		Exit:      exit(p, h),
	}
	who := rightsOf(p.User)
	env := d.environment(p)
	f.Command = command(p.Command, env, who)
	if p.Directory != "" {
		f.Dir = who.enter(p.Directory)
	}
	if f.Exit != nil {
		f.Output = lastWords(info, f.Exit.At.Add(-f.Exit.Lived), h.LogsFrom)
		f.Files = files(explain.NamedFiles(f.Output.Lines), p.Directory)
	}
	byPID := make(map[int]string)
	for _, i := range d.supervisor.Processes() {
		if i.Vars.PID != 0 {
			byPID[i.Vars.PID] = i.Display()
		}
	}
	f.Left = named(leftBehind(v.PID, h, env, byPID, now), nil)
	if v.PID != 0 {
		f.Children = named(procs.Children(v.PID), nil)
	}
	if f.Exit != nil && f.Exit.OutOfMemory {
		if limit, ok := procs.MemoryLimit(); ok {
			f.Memory = explain.Limit(limit)
		}
	}
	if port := explain.WantedPort(f.Output.Lines, f.Command.Args); port != 0 {
		f.Port = explain.Port{Number: port, Listeners: named(procs.Listeners(port), byPID)}
	}
	d.drift(&f, p)
	return f
}

// drift adds how the configuration of the process on disk differs. A file that
// cannot be used is another trouble, which others tell of.
func (d *Doctor) drift(f *explain.Facts, p *config.Process) {
	drift, err := d.supervisor.Drift()
	if err != nil {
		return
	}
	for _, g := range drift.Changed {
		for _, o := range g.Options {
			if g.Group == p.Group && (o.Process == p.Name || o.Process == "") && !slices.Contains(f.Changed, o.Key) {
				f.Changed = append(f.Changed, o.Key)
			}
		}
	}
	f.Removed = slices.ContainsFunc(drift.Removed, func(g supervisor.Drifted) bool { return g.Group == p.Group })
}

func named(processes []procs.Process, names map[int]string) (list []explain.Process) {
	for _, p := range processes {
		list = append(list, explain.Process{PID: p.PID, Command: p.Command, Supervised: names[p.PID]})
	}
	return list
}

func options(p *config.Process) explain.Options {
	o := explain.Options{
		Command:      p.Command,
		Directory:    p.Directory,
		Autostart:    p.Autostart,
		Autorestart:  p.Autorestart.String(),
		StartSecs:    p.StartSecs,
		StartRetries: p.StartRetries,
		ExitCodes:    p.ExitCodes,
		StopSignal:   strings.TrimPrefix(signals.Name(p.StopSignal), "SIG"),
		StopWait:     p.StopWait,
		StopAsGroup:  p.StopAsGroup,
		KillAsGroup:  p.KillAsGroup,
	}
	if p.User != nil {
		o.User = p.User.Name
	}
	return o
}

// exit returns how the last child ended; nil: none has.
func exit(p *config.Process, h supervisor.History) *explain.Exit {
	if h.Exit == "" {
		return nil
	}
	e := &explain.Exit{
		At:          h.ExitAt,
		PID:         h.ExitPID,
		Lived:       h.Lived,
		Text:        h.Exit,
		Code:        h.ExitCode,
		OutOfMemory: h.OutOfMemory,
	}
	if name, ok := strings.CutPrefix(h.Exit, "terminated by "); ok {
		e.Signal, _, e.Core = strings.Cut(name, " (core dumped)")
	}
	const justBefore = 5 * time.Second
	if h.Signal != "" && !h.SignalAt.After(h.ExitAt) && h.ExitAt.Sub(h.SignalAt) < justBefore {
		e.Asked = h.Signal
	}
	for i, m := range h.Moments {
		if m.PID == h.ExitPID && i > 0 && h.Moments[i-1].State == lifecycle.Stopping { // the loop heard of the end then
			e.StopTook = max(m.At.Sub(h.Moments[i-1].At), 1)
			e.Killed = e.Signal == "SIGKILL" && signals.Name(p.StopSignal) != "SIGKILL" && e.StopTook >= p.StopWait
		}
	}
	return e
}

// endedWell reports whether one of the last children ended as if all were well.
func endedWell(h supervisor.History) bool {
	return slices.ContainsFunc(h.Moments, func(m supervisor.Moment) bool { return m.Why == "exit status 0" })
}

// lives returns how long the last children lived that ended by themselves after
// they had been up.
func lives(h supervisor.History) (all []time.Duration) {
	var born time.Time
	for _, m := range h.Moments {
		switch {
		case m.State == lifecycle.Starting:
			born = m.At
		case m.State == lifecycle.Exited && !born.IsZero():
			all = append(all, m.At.Sub(born))
		}
	}
	const enough = 5
	return all[max(0, len(all)-enough):]
}
