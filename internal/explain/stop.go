package explain

import (
	"fmt"
	"slices"
)

// The causes in this file are about processes that are stopped, stopping or
// well.

// neverStarted: nobody has asked for it yet.
func neverStarted(f *Facts) (Explanation, bool) {
	if !f.Started.IsZero() || f.Exit != nil {
		return Explanation{}, false
	}
	e := Explanation{
		Cause:  "never-started",
		Answer: f.Name + " was never started: with autostart=false supervisord waits until it is asked to.",
		Steps:  []Step{{Say: "Start it", Run: "supervisorctl start " + f.Name}},
	}
	if f.Options.Autostart {
		e.Answer = f.Name + " was not started since it was added."
		return e, true
	}
	return e, true
}

// stoppedWhileFailing: the stop came between two tries.
func stoppedWhileFailing(f *Facts) (Explanation, bool) {
	if f.Trouble == "" || f.Exit != nil && f.Exit.StopTook > 0 {
		return Explanation{}, false
	}
	return Explanation{
		Cause:    "stopped",
		Answer:   f.Name + " was stopped by request, while it waited to be started again after a failure.",
		Evidence: []string{"The failure was: " + f.Trouble + "."},
		Steps:    []Step{{Say: "Start it, and ask again if it fails", Run: "supervisorctl start " + f.Name}},
	}, true
}

// killedAfterWait: it did not heed the signal.
func killedAfterWait(f *Facts) (Explanation, bool) {
	if f.Exit == nil || !f.Exit.Killed {
		return Explanation{}, false
	}
	e := Explanation{
		Cause: "killed-after-stopwaitsecs",
		Answer: fmt.Sprintf("%s was stopped by request, but did not end within stopwaitsecs=%d of SIG%s, so supervisord killed it.",
			f.Name, seconds(f.Options.StopWait), f.Options.StopSignal),
	}
	if swallows(f) {
		e.Cause = "shell-swallows-signals"
		e.Evidence = append(e.Evidence, "Its command is a shell that waits for what it has started, and SIG"+f.Options.StopSignal+" went to the shell only.")
		if len(f.Left) > 0 {
			e.Evidence = append(e.Evidence, "What the shell had started lives on: "+list(f.Left)+".")
			e.Steps = append(e.Steps, Step{Say: "End what lives on", Run: "kill " + pids(f.Left)})
		}
		e.Steps = append(e.Steps, f.reachAll())
		return e, true
	}
	e.Steps = []Step{f.set("If it needs longer to end in order, give it time", "stopwaitsecs", fmt.Sprint(max(60, 3*seconds(f.Options.StopWait))))}
	if known := stopSignals[f.program()]; known != "" && known != f.Options.StopSignal {
		e.Steps = append(e.Steps, f.set(f.program()+" ends in order at another signal", "stopsignal", known))
	} else {
		e.Steps = append(e.Steps, Step{Say: "If it waits for another signal, name that in stopsignal= of [" + f.Section + "]", Edits: Configuration})
	}
	return e, true
}

// stopSignals are those at which well-known programs end in order.
var stopSignals = map[string]string{"nginx": "QUIT", "postgres": "INT", "php-fpm": "QUIT", "apache2": "WINCH", "httpd": "WINCH", "uwsgi": "QUIT", "haproxy": "USR1"}

// leftBehindStopped: it is stopped, and what it had started is not.
func leftBehindStopped(f *Facts) (Explanation, bool) {
	if len(f.Left) == 0 || f.Exit == nil {
		return Explanation{}, false
	}
	e := Explanation{
		Cause:  "left-behind",
		Answer: fmt.Sprintf("%s was stopped by request, but %s, which it had started, lives on.", f.Name, list(f.Left)),
		Steps:  []Step{{Say: "End what lives on", Run: "kill " + pids(f.Left)}},
	}
	if swallows(f) {
		e.Cause = "shell-swallows-signals"
		e.Evidence = []string{"Its command is a shell, and SIG" + f.Options.StopSignal + " went to the shell only, which did not pass it on."}
		e.Steps = append(e.Steps, f.reachAll())
		return e, true
	}
	e.Evidence = []string{"The signal went to the first process only (stopasgroup=" + fmt.Sprint(f.Options.StopAsGroup) + ")."}
	e.Steps = append(e.Steps, f.set("Let a stop reach all processes of the group", "stopasgroup", "true"))
	return e, true
}

func stopped(f *Facts) (Explanation, bool) {
	e := Explanation{
		Cause:  "stopped",
		Answer: f.Name + " was stopped by request.",
		Steps:  []Step{{Say: "Start it", Run: "supervisorctl start " + f.Name}},
	}
	if f.Exit != nil {
		e.Evidence = []string{fmt.Sprintf("It %s, %s after it had been told to stop.", f.Exit.how(), span(f.Exit.StopTook))}
	}
	return e, true
}

func stopping(f *Facts) (Explanation, bool) {
	e := Explanation{
		Cause: "stopping",
		Answer: fmt.Sprintf("%s was told to stop with SIG%s and has not ended yet; supervisord kills it %d seconds (stopwaitsecs) after that.",
			f.Name, f.Options.StopSignal, seconds(f.Options.StopWait)),
	}
	if swallows(f) && len(f.Children) > 0 {
		e.Cause = "shell-swallows-signals"
		e.Evidence = []string{"Its command is a shell that waits for " + list(f.Children) + ", which has not got the signal."}
		e.Steps = []Step{f.reachAll()}
	}
	return e, true
}

func starting(f *Facts) (Explanation, bool) {
	if f.PID == 0 {
		return Explanation{Cause: "starting", Answer: f.Name + " is being started."}, true
	}
	up := f.Now.Sub(f.Started)
	return Explanation{
		Cause: "starting",
		Answer: fmt.Sprintf("%s is up, with pid %d, for %s; it counts as started after startsecs=%d.",
			f.Name, f.PID, span(up), seconds(f.Options.StartSecs)),
	}, true
}

// leftBehindRunning: it runs, and so does something that an earlier child of it
// has left behind.
func leftBehindRunning(f *Facts) (Explanation, bool) {
	if len(f.Left) == 0 {
		return Explanation{}, false
	}
	if f.Command.Stay != nil {
		return background(f)
	}
	e := Explanation{
		Cause: "left-behind",
		Answer: fmt.Sprintf("%s runs, with pid %d, but %s lives on, which an earlier child of it had started and which supervisord cannot watch.",
			f.Name, f.PID, list(f.Left)),
		Steps: []Step{{Say: "End what lives on", Run: "kill " + pids(f.Left)}},
	}
	if swallows(f) {
		e.Cause = "shell-swallows-signals"
		e.Evidence = []string{"Its command is a shell; a stop or restart reaches the shell only."}
	}
	if !f.Options.StopAsGroup {
		e.Steps = append(e.Steps, f.set("Let a stop reach all processes of the group", "stopasgroup", "true"))
	}
	return e, true
}

func healthy(f *Facts) (Explanation, bool) {
	e := Explanation{
		Cause:  "running",
		Answer: fmt.Sprintf("%s is well: it runs with pid %d for %s, which is longer than startsecs=%d.", f.Name, f.PID, span(f.Now.Sub(f.Started)), seconds(f.Options.StartSecs)),
	}
	if f.Restarts > 0 && f.Exit != nil {
		line := fmt.Sprintf("It was started anew %s without being asked for", times(f.Restarts))
		if f.Exit.StopTook == 0 { // otherwise that end is not what it was started anew for
			line += "; the last child before this one " + f.Exit.how()
			if f.Exit.OutOfMemory {
				line += ", for want of memory"
			}
		}
		e.Evidence = append(e.Evidence, line+".")
	}
	if swallows(f) && len(f.Children) > 0 {
		e.Evidence = append(e.Evidence, "Its command is a shell that has started "+list(f.Children)+"; a stop will reach the shell only.")
		e.Steps = []Step{f.reachAll()}
	}
	if !slices.Contains([]string{"true", "unexpected"}, f.Options.Autorestart) {
		e.Evidence = append(e.Evidence, "If it ends, it is not started again (autorestart="+f.Options.Autorestart+").")
	}
	return e, true
}

func unknownState(f *Facts) (Explanation, bool) {
	return Explanation{
		Cause:    "unknown-state",
		Answer:   f.Name + " is in an unknown state, because supervisord could not send it a signal.",
		Evidence: []string{"supervisord may not signal a process that runs as somebody else unless it is root itself."},
		Steps:    []Step{{Say: "The log of supervisord says which signal it was and why", Run: "supervisorctl maintail"}},
	}, true
}
