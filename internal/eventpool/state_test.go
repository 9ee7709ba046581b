package eventpool

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// A pool written out in the middle of everything goes on where it was.
func TestStateSurvivesJSON(t *testing.T) {
	old := newHarness(t, 10, "a", "b", "c", "d")
	for i := range 3 {
		old.ready(i)
	}
	old.accept(0, 1, 2, 3, 4)
	old.wrote(0, "RESULT 2\nO") // half a result
	old.wrote(1, "RESULT x\n")  // UNKNOWN, and its event waits again
	old.did(old.Refused(2, 2))  // READY, but its stdin is closed
	old.did(old.Running(3, true))

	young := newHarness(t, 10, "a", "b", "c", "d")
	if err := young.Restore(throughJSON(t, old.State())); err != nil {
		t.Fatal(err)
	}
	if got, want := young.State(), old.State(); !reflect.DeepEqual(got, want) {
		t.Fatalf("restored %+v\nwant %+v", got, want)
	}
	old.forget()
	for _, h := range []*harness{old, young} {
		h.wrote(0, "KREADY\n")
		h.wrote(3, "READY\n")
		h.accept(5)
		h.did(h.Died(0))
	}
	if len(old.sent) == 0 {
		t.Error("nothing was sent afterwards")
	}
	young.want("afterwards", old.lines...)
}

// What State returns does not change behind its holder's back.
func TestStateIsACopy(t *testing.T) {
	h := newHarness(t, 3, "a")
	h.ready(0)
	h.accept(0, 1, 2, 3)
	h.wrote(0, "RESULT 2")
	before := h.State()
	written, _ := json.Marshal(before)
	h.wrote(0, "\nNOREADY\n")
	h.accept(4, 5)
	if after, _ := json.Marshal(before); string(after) != string(written) {
		t.Errorf("State has become %s\nand was %s", after, written)
	}
}

func TestRestoreRefuses(t *testing.T) {
	for _, tt := range []struct {
		state State
		want  string
	}{
		{State{}, "cannot restore pool p: the state has 0 listeners, the pool 1"},
		{State{Listeners: []Listener{{}}}, "cannot restore pool p: listener a has an impossible state 0"},
		{State{Listeners: []Listener{{State: Busy}}}, "cannot restore pool p: listener a is BUSY but"},
		{State{Listeners: []Listener{{State: Ready, Event: &Event{}}}}, "cannot restore pool p: listener a is READY but"},
	} {
		h := newHarness(t, 10, "a")
		before := h.State()
		if err := h.Restore(tt.state); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("Restore(%+v) = %v, want %q", tt.state, err, tt.want)
		}
		if !reflect.DeepEqual(h.State(), before) {
			t.Errorf("a refused Restore(%+v) has changed the pool", tt.state)
		}
	}
}

// A buffer that is longer than the pool's new size shrinks when it is used.
func TestRestoreLargerBuffer(t *testing.T) {
	large, small := newHarness(t, 4, "a"), newHarness(t, 2, "a")
	large.accept(0, 1, 2, 3)
	if err := small.Restore(large.State()); err != nil {
		t.Fatal(err)
	}
	small.accept(4)
	small.want("shrunk",
		"ERRO pool p event buffer overflowed, discarding event 0",
		"ERRO pool p event buffer overflowed, discarding event 1",
		"ERRO pool p event buffer overflowed, discarding event 2")
}

func throughJSON(t *testing.T, s State) State {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back State
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}
