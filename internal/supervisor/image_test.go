package supervisor

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/clock"
	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/lifecycle"
)

// read reads the clocks of a machine that was started when the bubble began.
func (w *world) read() (clock.Reading, error) {
	return clock.Reading{Now: time.Now(), Monotonic: time.Since(w.began)}, nil
}

// handOver has another loop go on where this one stands.
func (w *world) handOver() { w.handOverAs(func(*Options) {}) }

func (w *world) handOverAs(edit func(*Options)) {
	w.t.Helper()
	old := w.s
	frozen, err := old.Freeze(w.read)
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := json.Marshal(frozen.Image)
	if err != nil {
		w.t.Fatal(err)
	}
	var image Image
	if err := json.Unmarshal(text, &image); err != nil {
		w.t.Fatal(err)
	}
	if err := image.Check(); err != nil {
		w.t.Fatal(err)
	}
	now, _ := w.read()
	options := Options{
		Config:   &config.Config{Daemon: config.Daemon{Identifier: "supervisor"}},
		Load:     func() (*config.Config, error) { return w.loads, nil },
		Launcher: w,
		Log:      slog.New(w),
		Image:    &image,
		Clock:    now,
	}
	edit(&options)
	w.s = New(options)
	ready := frozen.Groups
	for i, g := range image.Configs() {
		ready[i].Group = g
	}
	old.core.leave = departure{begun: true} // its process is no more
	frozen.Thaw()
	<-w.outcome
	go func() { w.outcome <- w.s.Run(ready) }()
	synctest.Wait()
}

// What happens depends on nothing but what the loop has written down: a run that
// is handed over again and again has the same transcript as one that is not.
func TestHandingOverChangesNothing(t *testing.T) {
	groups := func() []*config.Group {
		return []*config.Group{
			audience(100, event.Any),
			together("pets", 5, app("cat"), app("dog", manual), app("mule", func(p *config.Process) { p.StopWait = 3 * time.Second })),
			alone("crasher"),
			alone("quick", func(p *config.Process) { p.StartRetries = 2 }),
			alone("missing", func(p *config.Process) { p.StartRetries = 1 }),
			alone("slow", func(p *config.Process) { p.StartSecs = 8 * time.Second }),
		}
	}
	programs := map[string]program{
		"ears": listener, "cat": forever, "dog": forever, "mule": stubborn, "slow": forever,
		"crasher": lives(5*time.Second, 3), "quick": lives(100*time.Millisecond, 0),
	}
	play := func(between func(*world)) (transcript string) {
		transcribe(t, groups(), programs, func(w *world) {
			w.mu.Lock()
			w.traces = map[string]Aftermath{"crasher": {Left: []Remnant{{PID: 4711, Born: 1, Command: "sleep 60"}}, OutOfMemory: true}}
			w.mu.Unlock()
			step := func(d time.Duration) {
				w.wait(d)
				between(w)
			}
			step(500 * time.Millisecond)
			step(600 * time.Millisecond)
			w.all()
			w.do("stop mule", func() error { return w.s.Stop("pets:mule", false) })
			step(time.Second) // its patience is not over
			step(5 * time.Second)
			w.all()
			w.do("start dog", func() error { return w.s.Start("pets:dog", false) })
			w.do("signal dog", func() error { return w.s.Signal("pets:dog", "HUP") })
			step(3 * time.Second)
			w.do("remove", func() error { return w.s.RemoveGroup("missing") })
			between(w)
			w.do("add", func() error { return w.s.AddGroup("missing") })
			step(20 * time.Second)
			w.do("remote", func() error { return w.s.SendRemoteEvent("kind", "data") })
			between(w)
			w.all()
			w.s.Histories(func(i Info, h History) { w.say("    %s %s", i.Display(), written(t, h)) })
			w.end()
			transcript = w.lines.String()
		})
		return transcript
	}
	want := play(func(*world) {})
	got := play((*world).handOver)
	if got != want {
		before, after := strings.Split(want, "\n"), strings.Split(got, "\n")
		for i := range min(len(before), len(after)) {
			if before[i] != after[i] {
				t.Fatalf("line %d is\n%s\nwant\n%s\nall of it:\n%s", i, after[i], before[i], got)
			}
		}
		t.Errorf("transcript of %d lines, want %d", len(after), len(before))
	}
}

// What the daemon remembers of a process is kept as soon as it is known, not with
// the next change of its state: why a program was killed is asked for after the
// daemon was, too.
func TestLedgerKeepsHistories(t *testing.T) {
	groups := []*config.Group{alone("cat"), alone("crasher", func(p *config.Process) { p.Autorestart = config.Never })}
	programs := map[string]program{"cat": stubborn, "crasher": lives(2*time.Second, 3)}
	transcribe(t, groups, programs, func(w *world) {
		w.mu.Lock()
		w.traces = map[string]Aftermath{"crasher": {Left: []Remnant{{PID: 4711, Born: 1, Command: "sleep 60"}}, OutOfMemory: true}}
		w.mu.Unlock()
		w.wait(time.Second)
		kept := make(map[string][]byte)
		now, _ := w.read()
		w.handOverAs(func(o *Options) {
			o.Ledger = &Ledger{Clock: now, Keep: func(entries []Entry) {
				for _, e := range entries {
					kept[e.Key] = e.Value
				}
			}}
		})
		w.wait(5 * time.Second)
		w.do("signal", func() error { return w.s.Signal("cat", "HUP") })
		image, err := ImageOf(kept, w.s.Config())
		if err != nil {
			t.Fatal(err)
		}
		for i, of := range image.Groups {
			h, err := w.s.History(of.Config.Name)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := written(t, *image.Groups[i].Processes[0].Past.restored(now)), written(t, h); !bytes.Equal(got, want) {
				t.Errorf("kept is\n%s\nwant\n%s", got, want)
			}
		}
		w.end()
	})
}

// written is a history as people are shown it.
func written(t *testing.T, h History) []byte {
	t.Helper()
	text, err := json.Marshal(struct {
		History
		Settled bool // whether all is known
	}{h, h.Settled == nil})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A loop that goes on in order to end stops everything as a shutdown does, and starts
// nothing: neither what had been asked for nor what is due.
func TestEnding(t *testing.T) {
	groups := []*config.Group{
		audience(10, event.SupervisorStateChange, event.ProcessState),
		together("pets", 5, app("cat"), app("mule", func(p *config.Process) { p.StopWait = 3 * time.Second })),
		alone("asked", manual),
		alone("crasher"),
		alone("quick", func(p *config.Process) { p.StartRetries = 100 }),
	}
	programs := map[string]program{
		"ears": listener, "cat": forever, "mule": stubborn, "asked": forever,
		"crasher": lives(3*time.Second, 3), "quick": lives(100*time.Millisecond, 0),
	}
	play(t, groups, programs, func(w *world) {
		w.wait(2 * time.Second)
		w.all()
		w.handOverAs(func(o *Options) {
			o.Ending = true
			asked := &o.Image.Groups[slices.IndexFunc(o.Image.Groups, func(g GroupImage) bool { return g.Config.Name == "asked" })]
			asked.Processes[0].Vars.State, asked.Processes[0].Vars.Incarnation = lifecycle.Starting, 1
		})
		w.say("    the supervisor is in state %v", w.s.State())
		w.do("start", func() error { return w.s.Start("asked", false) })
	})
}

// A loop that goes on from one that was killed on its way out goes the rest of it, and
// whoever runs it starts anew.
func TestKilledOnTheWayOut(t *testing.T) {
	groups := []*config.Group{
		together("pets", 5, app("cat"), app("mule", func(p *config.Process) { p.StopWait = 3 * time.Second })),
		alone("asked", manual),
	}
	programs := map[string]program{"cat": forever, "mule": stubborn, "asked": forever}
	play(t, groups, programs, func(w *world) {
		w.wait(2 * time.Second)
		w.handOverAs(func(o *Options) {
			o.Image.Leaving = true
			asked := &o.Image.Groups[slices.IndexFunc(o.Image.Groups, func(g GroupImage) bool { return g.Config.Name == "asked" })]
			asked.Processes[0].Vars.State, asked.Processes[0].Vars.Incarnation = lifecycle.Starting, 1
		})
		w.say("    the supervisor is in state %v", w.s.State())
		w.do("start", func() error { return w.s.Start("asked", false) })
	})
}

// A loop that was frozen in vain goes on as if nothing had been, and what was due
// meanwhile happens then.
func TestThaw(t *testing.T) {
	transcribe(t, []*config.Group{alone("cat")}, map[string]program{"cat": forever}, func(w *world) {
		w.wait(500 * time.Millisecond)
		frozen, err := w.s.Freeze(w.read)
		if err != nil {
			t.Fatal(err)
		}
		w.wait(time.Minute)
		if info, _ := w.s.Process("cat"); info.Vars.State != lifecycle.Starting {
			t.Errorf("a frozen loop moved: %v", info.Vars.State)
		}
		frozen.Thaw()
		synctest.Wait()
		if info, _ := w.s.Process("cat"); info.Vars.State != lifecycle.Running {
			t.Errorf("the state is %v", info.Vars.State)
		}
		if err := w.s.Shutdown(); err != nil {
			t.Error(err)
		}
		if _, err := w.s.Freeze(w.read); err != ErrShutdown {
			t.Errorf("freezing on the way out: %v", err)
		}
		w.end()
	})
}

func TestImpossibleImages(t *testing.T) {
	one := `{"Latest": {}, "Groups": [{"Config": {"Name": "g", "Processes": [{"Name": "p"}]}, "Processes": [{"Vars": {"State": 20}}]}]}`
	for _, c := range []struct{ image, want string }{
		{one, ""},
		{`{}`, "no configuration"},
		{`{"Latest": {}, "Groups": [{}]}`, "no configuration"},
		{strings.Replace(one, `[{"Vars": {"State": 20}}]`, `[]`, 1), "0 processes"},
		{strings.Replace(one, "20", "21", 1), "state 21"},
		{strings.Replace(one, `"Name": "g"`, `"Name": "g", "Kind": 2`, 1), "listener or not"},
	} {
		var image Image
		if err := json.Unmarshal([]byte(c.image), &image); err != nil {
			t.Fatal(err)
		}
		err := image.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.image, err, c.want)
		}
	}
}

// An image that passes the check can be gone on from, whatever it is.
func FuzzImage(f *testing.F) {
	f.Add([]byte(`{"Latest": {}, "Groups": [{"Config": {"Name": "g", "Processes": [{"Name": "p"}]}, "Processes": [{"Vars": {"State": 10}, "Past": {"Moments": [{}]}}]}]}`))
	f.Add([]byte(`{"Latest": {}, "Groups": [{"Config": {"Name": "l", "Kind": 2, "Processes": [{}]}, "Pool": {"Buffer": [{"Data": "YQ=="}], "Listeners": [{"State": 30}]}, "Processes": [{"Vars": {"State": 0}}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var image Image
		if json.Unmarshal(text, &image) != nil || image.Check() != nil {
			return
		}
		s := New(Options{Config: &config.Config{}, Log: slog.New(slog.DiscardHandler), Image: &image})
		ready := make([]Prepared, len(image.Groups))
		for i, g := range image.Configs() {
			ready[i] = Prepared{Group: g}
			for range g.Processes {
				ready[i].Seats = append(ready[i].Seats, &instantSeat{})
			}
		}
		s.core.resume(&image, clock.Reading{Now: time.Now()}, ready, Running)
		s.core.image(clock.Reading{Now: time.Now()})
	})
}
