package clock

import (
	"encoding/json"
	"testing"
	"time"
)

// reread is what becomes of a stamp in another process.
func reread(t *testing.T, s Stamp) Stamp {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again Stamp
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	return again
}

func TestNoMoment(t *testing.T) {
	r := Reading{Now: time.Now(), Monotonic: time.Hour}
	s := reread(t, r.Stamp(time.Time{}))
	if s != (Stamp{}) || !r.Deadline(s).IsZero() || !r.Past(s).IsZero() {
		t.Errorf("the zero time became %v, %v, %v", s, r.Deadline(s), r.Past(s))
	}
}

// A moment is the same by both clocks if nobody has set one.
func TestRoundTrip(t *testing.T) {
	now := time.Now()
	before := Reading{Now: now, Monotonic: time.Hour}
	after := Reading{Now: now.Add(3*time.Minute + 20*time.Microsecond), Monotonic: time.Hour + 3*time.Minute}
	started := now.Add(-10 * time.Second)
	s := reread(t, before.Stamp(started))
	if got := after.Past(s); !got.Round(0).Equal(started.Round(0)) {
		t.Errorf("shown as %v, was %v", got, started)
	}
	if got, want := after.Now.Sub(after.Deadline(s)), 3*time.Minute+10*time.Second; got != want {
		t.Errorf("was %v ago, want %v", got, want)
	}
}

// A day that somebody puts the clock on the wall forward by is no day.
func TestClockIsSet(t *testing.T) {
	now := time.Now()
	before := Reading{Now: now, Monotonic: time.Hour}
	after := Reading{Now: now.Add(24*time.Hour + time.Minute), Monotonic: time.Hour + time.Minute}
	s := reread(t, before.Stamp(now.Add(time.Minute+time.Second)))
	if got := after.Deadline(s).Sub(after.Now); got != time.Second {
		t.Errorf("the deadline comes in %v, want 1s", got)
	}
	if got := after.Now.Sub(after.Past(reread(t, before.Stamp(now)))); got != time.Minute {
		t.Errorf("an uptime became %v, want 1m", got)
	}
}
