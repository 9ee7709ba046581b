package supervisor

import (
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
)

// PRO-066: a wall clock that jumps neither hangs a process that starts, backs
// off or stops, nor hurries it. No test can set the clock of its machine, so
// what is tested is the cause: each moment that the loop remembers also has a
// reading of the clock that only goes on, and package time compares by that one.
// The test runs in real time because fake time has no such reading.
func TestDeadlinesIgnoreTheWallClock(t *testing.T) {
	patient := func(p *config.Process) { p.StartSecs, p.StopWait = time.Hour, time.Hour }
	again := func(p *config.Process) { p.StartRetries = 1000 } // or it might have given up before it is looked at
	groups := []*config.Group{alone("slow", patient), alone("failing", again), alone("stubborn", patient), alone("up", func(p *config.Process) { p.StartSecs = 0 })}
	w := &world{t: t, programs: map[string]program{"slow": forever, "stubborn": stubborn, "up": forever}, began: time.Now()}
	w.s = New(Options{Config: &config.Config{Groups: groups}, Launcher: w, Log: slog.New(w)})
	var ready []Prepared
	for _, g := range groups {
		seats, _ := w.Prepare(g)
		ready = append(ready, Prepared{g, seats})
	}
	done := make(chan Outcome)
	go func() { done <- w.s.Run(ready) }()
	changes, stop := w.s.Changes()
	defer stop()
	reach := func(name string, state lifecycle.State) lifecycle.Vars {
		for {
			// While a child is only asked for, its start has no moment yet.
			info, err := w.s.Process(name)
			if err == nil && info.Vars.State == state && (info.Vars.PID != 0 || state == lifecycle.Backoff) {
				return info.Vars
			}
			select {
			case <-changes:
			case <-time.After(30 * time.Second):
				t.Fatalf("%s is %v, not %v (%v)", name, info.Vars.State, state, err)
			}
		}
	}
	reach("stubborn", lifecycle.Starting)
	if err := w.s.Stop("stubborn", false); err != nil {
		t.Fatal(err)
	}
	for what, moment := range map[string]time.Time{
		"start of a process that starts":     reach("slow", lifecycle.Starting).Started,
		"deadline of a process that starts":  reach("slow", lifecycle.Starting).Deadline,
		"next try of a process":              reach("failing", lifecycle.Backoff).Deadline,
		"deadline of a process that stops":   reach("stubborn", lifecycle.Stopping).Deadline,
		"start of a process, for its uptime": reach("up", lifecycle.Running).Started,
	} {
		if !strings.Contains(moment.String(), " m=") {
			t.Errorf("the %s is by the wall clock: %v", what, moment)
		}
	}
	for _, seat := range w.seats {
		if l := seat.alive(); l != nil {
			l.signals <- syscall.SIGKILL
		}
	}
	if err := w.s.Shutdown(); err != nil {
		t.Fatal(err)
	}
	<-done
}

// A retry that comes due while the daemon goes down and another program has not
// stopped yet is no reason to do anything; once it made the loop spin for ever.
func TestShutdownWhileARetryIsDue(t *testing.T) {
	groups := []*config.Group{alone("failing"), alone("stubborn")}
	play(t, groups, map[string]program{"stubborn": stubborn}, func(w *world) {
		w.wait(1500 * time.Millisecond)
	})
}
