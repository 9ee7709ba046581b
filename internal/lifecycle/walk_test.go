package lifecycle

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// edges are all changes of state that may happen (docs/states.md).
var edges = map[State][]State{
	Stopped:  {Starting},
	Starting: {Running, Backoff, Stopping, Unknown},
	Running:  {Exited, Stopping, Unknown},
	Backoff:  {Starting, Fatal, Stopped},
	Stopping: {Stopped, Unknown},
	Exited:   {Starting},
	Fatal:    {Starting},
	Unknown:  {Stopped},
}

// world plays what surrounds one process: it answers its effects and holds it
// to its invariants.
type world struct {
	t       *testing.T
	p       *Process
	now     time.Time
	state   State
	asked   int // incarnation whose Spawn is unanswered; 0: none
	child   int // living pid; 0: none
	nextPID int
	down    bool // a stop was granted and nobody has started it since
	retired bool
	onEdge  func(from, to State) // nil: nobody wants to know
}

func (w *world) carryOut(effects []Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case Changed:
			w.changed(e)
		case Spawn:
			if w.asked != 0 || w.child != 0 {
				w.t.Fatalf("spawn %d while incarnation %d is under way or pid %d lives", e.Incarnation, w.asked, w.child)
			}
			if w.down || w.retired {
				w.t.Fatalf("spawned after stop (down=%v retired=%v)", w.down, w.retired)
			}
			w.asked = e.Incarnation
		case Signal:
			if e.PID != w.child || e.PID == 0 {
				w.t.Fatalf("signal to pid %d while %d lives", e.PID, w.child)
			}
		}
	}
	v := w.p.Vars()
	if v.State != w.state {
		w.t.Fatalf("state %v without a change from %v", v.State, w.state)
	}
	if v.PID != w.child {
		w.t.Fatalf("%v: pid %d, but %d lives", v.State, v.PID, w.child)
	}
	if (v.State == Starting) != (w.asked != 0 || w.child != 0 && v.State == Starting) {
		w.t.Fatalf("%v with spawn %d under way", v.State, w.asked)
	}
	if (v.State.Down() || v.State == Running) && !v.Deadline.IsZero() {
		w.t.Fatalf("a timer outlived its state: %v has deadline %v", v.State, v.Deadline)
	}
	if (v.State == Backoff && !w.retired || v.State == Stopping) && v.Deadline.IsZero() {
		w.t.Fatalf("%v waits for nothing", v.State)
	}
}

func (w *world) changed(c Changed) {
	if c.From != w.state {
		w.t.Fatalf("change from %v, but the state was %v", c.From, w.state)
	}
	for _, to := range edges[c.From] {
		if to == c.To {
			w.state = c.To
			if w.onEdge != nil {
				w.onEdge(c.From, c.To)
			}
			return
		}
	}
	w.t.Fatalf("no edge %v -> %v", c.From, c.To)
}

// step plays one input, chosen by what.
func (w *world) step(what byte) {
	switch what % 12 {
	case 0, 1:
		effects, err := w.p.Start(w.now)
		if err == nil && w.state != Stopping {
			w.down = false
		}
		w.carryOut(effects)
	case 2:
		effects, err := w.p.Stop(w.now)
		if err == nil {
			w.carryOut(effects)
			w.down = true
			return
		}
		w.carryOut(effects)
	case 3, 4, 5:
		if w.asked != 0 {
			w.nextPID++
			incarnation := w.asked
			w.asked, w.child = 0, w.nextPID
			w.carryOut(w.p.Spawned(w.now, incarnation, w.nextPID))
		}
	case 6:
		if w.asked != 0 {
			incarnation := w.asked
			w.asked = 0
			w.carryOut(w.p.SpawnFailed(w.now, incarnation, "no"))
		}
	case 7, 8:
		if pid := w.child; pid != 0 {
			w.child = 0
			w.carryOut(w.p.Ended(w.now, pid, Exit{Status: int(what) % 3, Text: "exit status"}))
		}
	case 9:
		w.settle(time.Duration(what) * 10 * time.Millisecond)
	case 10:
		w.settle(time.Duration(what) * 100 * time.Millisecond)
	case 11:
		switch {
		case what < 200: // facts about children long gone
			w.carryOut(w.p.Ended(w.now, w.nextPID+1, Exit{}))
			w.carryOut(w.p.Spawned(w.now, w.p.Vars().Incarnation-1, 1))
		case what < 240:
			if w.child != 0 && w.state.Signallable() {
				err := syscall.Errno(syscall.ESRCH)
				if what > 230 {
					err = syscall.EPERM
				}
				w.carryOut(w.p.SignalFailed("killing", err))
			}
		default: // when what is started later has been stopped, it is the turn of this one
			if w.retired {
				w.carryOut(w.p.GiveUp(w.now))
			}
			w.retired = true
			w.p.Retire()
		}
	}
	w.p = Restore(w.p.policy, w.p.Vars()) // nothing is remembered outside Vars
}

// settle lets time pass. A deadline that is over and stays would keep the loop
// busy for ever.
func (w *world) settle(d time.Duration) {
	w.now = w.now.Add(d)
	w.carryOut(w.p.Settle(w.now))
	if deadline := w.p.Deadline(); !deadline.IsZero() && !deadline.After(w.now) {
		w.t.Fatalf("%v has the deadline %v at %v", w.state, deadline, w.now)
	}
}

func newWorld(t *testing.T, restart Restart, startSecs, retries int) *world {
	pol := policy()
	pol.Restart, pol.StartSecs, pol.StartRetries = restart, time.Duration(startSecs)*time.Second, retries
	return &world{t: t, p: New(pol), now: epoch, nextPID: 100}
}

func TestRandomWalk(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 1))
		w := newWorld(t, Restart(rng.IntN(3)), rng.IntN(3), rng.IntN(4))
		for range 500 {
			w.step(byte(rng.Uint32()))
		}
	}
}

func FuzzProcess(f *testing.F) {
	f.Add([]byte{0, 3, 10, 7, 3, 2, 7, 0, 6, 9, 10, 251})
	f.Add([]byte{1, 0, 2, 3, 8, 10, 203, 239})
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) == 0 {
			return
		}
		w := newWorld(t, Restart(script[0]%3), int(script[0]>>2)%3, int(script[0]>>4)%4)
		for _, what := range script[1:] {
			w.step(what)
		}
	})
}

func TestRefusedRequestsChangeNothing(t *testing.T) {
	p := New(policy())
	if _, err := p.Stop(epoch); !errors.Is(err, ErrNotRunning) {
		t.Errorf("stop of a stopped process: %v", err)
	}
	if v := p.Vars(); v.State != Stopped || v.Incarnation != 0 {
		t.Errorf("a refused stop left %+v", v)
	}
}
