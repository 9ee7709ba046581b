// Package clock keeps moments for another process.
//
// Within a process a time.Time is known by two clocks: the one on the wall, which
// people read and can set, and one that only ever goes forward, by which durations
// and deadlines are reckoned. The second is lost when a moment is written down. A
// Stamp has both, so that a deadline comes when it should and an uptime goes on
// even if the clock on the wall has been set in between.
//
// The package reads no clock: a Reading is made by whoever may.
package clock

import "time"

// Reading is one instant by both clocks.
type Reading struct {
	Now       time.Time     // by this process
	Monotonic time.Duration // by the machine's clock that cannot be set; the same for all processes
}

// Stamp is a moment as it is written down. The zero Stamp is no moment, as the
// zero time.Time is none.
type Stamp struct {
	Wall      time.Time     `json:",omitzero"`
	Monotonic time.Duration `json:",omitzero"` // since the machine's start
}

// slack is how far the two clocks may have drifted apart before the one on the
// wall counts as set. It is gently pulled right all the time (adjtimex(2)).
const slack = time.Second

// Stamp returns a moment of this process as it is written down.
func (r Reading) Stamp(t time.Time) Stamp {
	if t.IsZero() {
		return Stamp{}
	}
	return Stamp{Wall: t.Round(0).UTC(), Monotonic: r.Monotonic + t.Sub(r.Now)}
}

// Deadline returns the moment by the clock that cannot be set.
func (r Reading) Deadline(s Stamp) time.Time {
	if s.Wall.IsZero() {
		return time.Time{}
	}
	return r.Now.Add(s.Monotonic - r.Monotonic)
}

// Past returns a moment that people have been shown: they are shown the same one
// again, unless the clock on the wall has been set since.
func (r Reading) Past(s Stamp) time.Time {
	t := r.Deadline(s)
	if off := s.Wall.Sub(t.Round(0)); off.Abs() < slack {
		return t.Add(off)
	}
	return t
}
