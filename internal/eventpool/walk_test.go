package eventpool

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"supervisor/internal/event"
)

// EVT-042, EVT-052: whatever happens in whatever order, each accepted event is
// in exactly one place, and the place is the one that the effects told.
func TestRandomWalk(t *testing.T) {
	for seed := range uint64(200) {
		w := newWalk(t, seed)
		for range 300 {
			input, effects := w.step()
			w.follow(effects)
			w.check()
			if t.Failed() {
				t.Fatalf("seed %d, after %s", seed, input)
			}
		}
	}
}

// walk is a model of a pool that is told nothing but the effects.
type walk struct {
	*harness
	rand     *rand.Rand
	next     uint64            // serial of the next event
	waiting  []uint64          // in the buffer
	busy     map[int]uint64    // with a listener
	gone     map[uint64]string // processed or discarded
	sentOnce map[uint64][]byte // what was sent first
	newest   int64             // highest serial sent so far
}

func newWalk(t *testing.T, seed uint64) *walk {
	r := rand.New(rand.NewPCG(seed, 0))
	names := []string{"a", "b", "c"}[:1+r.IntN(3)]
	return &walk{
		harness: newHarness(t, 1+r.IntN(6), names...), rand: r, newest: -1,
		busy: map[int]uint64{}, gone: map[uint64]string{}, sentOnce: map[uint64][]byte{},
	}
}

// step gives the pool a random input, more often than not a sensible one.
func (w *walk) step() (string, []Effect) {
	i := w.rand.IntN(len(w.config.Listeners))
	switch n := w.rand.IntN(20); n {
	default:
		w.waiting = append(w.waiting, w.next)
		w.next++
		return "Accepted", w.Accepted(w.next-1, event.Event{Type: event.Tick5, When: int64(w.next - 1)})
	case 0:
		return "Spawned", w.Spawned(i)
	case 1:
		return "Died", w.Died(i)
	case 2, 3, 4:
		running := n > 2
		return fmt.Sprint("Running ", i, running), w.Running(i, running)
	case 5, 6, 7, 8, 9, 10, 11:
		says := []string{"READY\n", "RESULT 2\nOK", "RESULT 2\nOKREADY\n", "RESULT 4\nFAIL", "RESULT 4\nFAILREADY\n", "READY\nRE", "RESULT x\n", "\n"}
		said := says[min(w.rand.IntN(len(says)), w.rand.IntN(len(says)))]
		from := w.rand.IntN(3) * w.rand.IntN(len(said)) / 2 // cut at random, but often whole
		said = said[:len(said)-min(from, len(said))]
		return fmt.Sprintf("Wrote %d %q", i, said), w.Wrote(i, []byte(said))
	case 12:
		serial := w.busy[i]
		if w.rand.IntN(4) == 0 {
			serial++
		}
		return fmt.Sprint("Refused ", i, serial), w.Refused(i, serial)
	case 13: // another daemon takes over
		successor := New(w.config)
		if err := successor.Restore(throughJSON(w.t, w.State())); err != nil {
			w.t.Fatal(err)
		}
		w.Pool = successor
		return "Restore", nil
	}
}

// follow moves the events of the model as the effects say.
func (w *walk) follow(effects []Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case Send:
			w.send(e)
		case Log:
			w.read(e.Text)
		}
	}
}

func (w *walk) send(e Send) {
	// An overflow is told after the arrival that caused it was modelled, so
	// that by now the buffer is exact, and its front is what must be sent.
	if len(w.waiting) == 0 || w.waiting[0] != e.Serial {
		w.t.Errorf("sent %d while %v wait", e.Serial, w.waiting)
		return
	}
	w.waiting = w.waiting[1:]
	if other, busy := w.busy[e.Listener]; busy {
		w.t.Errorf("sent %d to listener %d, which has %d", e.Serial, e.Listener, other)
	}
	w.busy[e.Listener] = e.Serial
	if first, again := w.sentOnce[e.Serial]; !again {
		if int64(e.Serial) <= w.newest {
			w.t.Errorf("sent %d for the first time after %d", e.Serial, w.newest)
		}
		w.newest = int64(e.Serial)
		w.sentOnce[e.Serial] = e.Data
		if want := fmt.Appendf(nil, " poolserial:%d ", e.Serial); !bytes.Contains(e.Data, want) {
			w.t.Errorf("all were accepted, so%swas expected in %q", want, e.Data)
		}
	} else if !bytes.Equal(first, e.Data) {
		w.t.Errorf("sent first %q, then %q", first, e.Data)
	}
}

func (w *walk) read(line string) {
	var serial uint64
	if name, ok := strings.CutSuffix(line, ": event was processed"); ok {
		i := slices.Index(w.config.Listeners, name)
		if _, busy := w.busy[i]; !busy {
			w.t.Errorf("listener %d has processed nothing", i)
		}
		w.gone[w.busy[i]] = "processed"
		delete(w.busy, i)
	} else if n, _ := fmt.Sscanf(line, "rebuffering event %d for pool p ", &serial); n == 1 {
		for i, s := range w.busy {
			if s == serial {
				delete(w.busy, i)
			}
		}
		w.waiting = slices.Insert(w.waiting, 0, serial)
	} else if n, _ := fmt.Sscanf(line, "pool p event buffer overflowed, discarding event %d", &serial); n == 1 {
		i := slices.Index(w.waiting, serial)
		if i < 0 || i > 1 { // 1: behind the one that came back and caused it
			w.t.Errorf("discarded %d of %v", serial, w.waiting)
			return
		}
		w.waiting = slices.Delete(w.waiting, i, i+1)
		w.gone[serial] = "discarded"
	}
}

// check compares the pool with the model.
func (w *walk) check() {
	if got := w.buffered(); !slices.Equal(got, w.waiting) {
		w.t.Errorf("buffer holds %v, want %v", got, w.waiting)
	}
	if len(w.waiting) > w.config.Size {
		w.t.Errorf("buffer of %d holds %d", w.config.Size, len(w.waiting))
	}
	busy := map[int]uint64{}
	for i, l := range w.state.Listeners {
		if l.Event != nil {
			busy[i] = l.Event.Serial
		}
		if (l.Event != nil) != (l.State == Busy) {
			w.t.Errorf("listener %d is %v with event %v", i, l.State, l.Event)
		}
		if len(w.waiting) > 0 && l.free() {
			w.t.Errorf("%v wait while listener %d is free", w.waiting, i)
		}
		if l.State == Ready && l.Input != nil || l.State == Unknown && l.Input != nil {
			w.t.Errorf("listener %d is %v and keeps %q", i, l.State, l.Input)
		}
	}
	if !reflect.DeepEqual(busy, w.busy) {
		w.t.Errorf("busy with %v, want %v", busy, w.busy)
	}
	if places := len(w.waiting) + len(w.busy) + len(w.gone); uint64(places) != w.next {
		w.t.Errorf("%d events are in %d places", w.next, places)
	}
	if w.effects != nil {
		w.t.Errorf("effects were kept back: %v", w.effects)
	}
}
