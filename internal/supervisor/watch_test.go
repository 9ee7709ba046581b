package supervisor

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/lifecycle"
)

// A watcher is told once, however much has happened, and no more when it has
// stopped; what it then reads is the newest.
func TestChanges(t *testing.T) {
	groups := []*config.Group{alone("good", manual), alone("other", manual)}
	play(t, groups, map[string]program{"good": forever, "other": forever}, func(w *world) {
		changes, stop := w.s.Changes()
		told := func() bool {
			synctest.Wait()
			select {
			case <-changes:
				return true
			default:
				return false
			}
		}
		if told() {
			t.Error("a watcher was told of a change that was none")
		}
		w.do("start good", func() error { return w.s.Start("good", true) })
		if !told() || told() {
			t.Error("two changes of state are not one wake-up")
		}
		if _, err := w.s.Process("good"); err != nil || told() {
			t.Error("reading is no change")
		}
		stop()
		w.do("start other", func() error { return w.s.Start("other", true) })
		if told() {
			t.Error("somebody was told who no longer watches")
		}
		w.s.Changes() // and never looks: it must not hold up the loop
		w.do("stop good", func() error { return w.s.Stop("good", true) })
		w.do("stop other", func() error { return w.s.Stop("other", true) })
	})
}

// An onlooker sees the events in order, costs no serial, and one that does not
// look loses the oldest and is told how many.
func TestHappenings(t *testing.T) {
	play(t, []*config.Group{alone("good", manual)}, map[string]program{"good": forever}, func(w *world) {
		happenings, stop := w.s.Happenings()
		asleep, _ := w.s.Happenings()
		w.do("start good", func() error { return w.s.Start("good", true) })
		const sent = happeningsKept + 10
		for i := range sent {
			if i == happeningsKept/2 {
				for range happeningsKept/2 + 2 { // the two states, and half of what has been sent
					h := <-happenings.C
					w.say("    %v %s%s", h.Event.Type, h.Event.Process, h.Event.Kind)
				}
			}
			if err := w.s.SendRemoteEvent(fmt.Sprint(i), strings.Repeat("x", 2*happeningBytes)); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		if lost := happenings.Lost(); lost != 0 {
			t.Errorf("%d lost by one who was quick", lost)
		}
		first, lost := <-asleep.C, asleep.Lost()
		if lost != 12 || asleep.Lost() != 0 || first.Event.Kind != "10" || len(first.Event.Data) != happeningBytes {
			t.Errorf("the sleeper wakes to %s after %d lost, with %d bytes; want 10 after 12, with %d",
				first.Event.Kind, lost, len(first.Event.Data), happeningBytes)
		}
		if len(asleep.C) != happeningsKept-1 {
			t.Errorf("%d more are kept, want %d", len(asleep.C), happeningsKept-1)
		}
		stop()
		before := len(happenings.C)
		w.do("stop good", func() error { return w.s.Stop("good", true) })
		if len(happenings.C) != before {
			t.Error("somebody sees what happens who no longer looks")
		}
	})
}

// Output is not shown to onlookers: there may be gigabytes of it.
func TestHappeningsWithoutOutput(t *testing.T) {
	c := &core{onlookers: []*Onlooker{{send: make(chan Happening, 1)}}}
	c.show(event.Event{Type: event.ProcessLogStdout})
	if len(c.onlookers[0].send) != 0 {
		t.Error("an onlooker sees a PROCESS_LOG event")
	}
}

// What is remembered of processes that crash, of one that never ran, and of
// one that was stopped and started by hand.
func TestHistory(t *testing.T) {
	groups := []*config.Group{
		alone("crasher"), alone("missing", func(p *config.Process) { p.StartRetries = 1 }),
		alone("byhand"), alone("idle", manual),
	}
	programs := map[string]program{"crasher": lives(5*time.Second, 3), "byhand": forever}
	play(t, groups, programs, func(w *world) {
		w.wait(11 * time.Second)
		w.do("stop byhand", func() error { return w.s.Stop("byhand", true) })
		w.do("start byhand", func() error { return w.s.Start("byhand", true) })
		w.s.Histories(func(i Info, h History) {
			w.say("    %s: %d restarts, last exit %q (%d) after %v, of one that lived %v", i.Display(), h.Restarts, h.Exit, h.ExitCode, since(w.began, h.ExitAt), h.Lived)
			for _, m := range h.Moments {
				w.say("        after %v %v pid %d %s", since(w.began, m.At), m.State, m.PID, m.Why)
			}
			again, err := w.s.History(i.Display())
			if err != nil || !reflect.DeepEqual(again, h) {
				t.Errorf("%s has two histories: %v", i.Display(), err)
			}
		})
		if _, err := w.s.History("nobody"); err == nil {
			t.Error("nobody has a history")
		}
	})
}

func since(began, at time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	return at.Sub(began)
}

// The history of a process that has changed a thousand times is as short as
// that of one that has changed twenty times, and what was given out stays.
func TestHistoryIsBounded(t *testing.T) {
	c := &core{now: time.Unix(0, 0)}
	p := &process{life: lifecycle.New(lifecycle.Policy{})}
	var kept History
	for i := range 1000 {
		c.now = c.now.Add(time.Second)
		c.remember(p, lifecycle.Changed{From: lifecycle.Backoff, To: lifecycle.Starting, PID: i})
		if i == 500 {
			kept = p.history()
		}
	}
	h := p.history()
	if len(h.Moments) != momentsKept || h.Restarts != 1000 || h.Moments[momentsKept-1].PID != 999 || h.Moments[0].PID != 1000-momentsKept {
		t.Errorf("%d moments, %d restarts, pids %d to %d", len(h.Moments), h.Restarts, h.Moments[0].PID, h.Moments[len(h.Moments)-1].PID)
	}
	if kept.Moments[momentsKept-1].PID != 500 {
		t.Error("a history has changed after it was read")
	}
}

// Drift looks and leaves everything as it is, unlike Reload.
func TestDrift(t *testing.T) {
	play(t, []*config.Group{alone("good", manual)}, map[string]program{"good": forever}, func(w *world) {
		w.loads = &config.Config{Groups: []*config.Group{alone("good"), alone("new")}}
		was := w.s.Config()
		if _, err := w.s.Drift(); err != nil {
			t.Error(err)
		}
		diff, err := w.s.Drift() // again: it is logged once
		if err != nil || len(diff.Added) != 1 || len(diff.Changed) != 1 || len(diff.Removed) != 0 {
			t.Errorf("the drift is %+v, %v", diff, err)
		}
		if w.s.Config() != was {
			t.Error("a look at the file has changed the configuration")
		}
	})
}
