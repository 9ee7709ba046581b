package spawn

import (
	"sync/atomic"
	"time"
)

const (
	// shortest is how much time there is between two looks at all pipes, unless
	// there is hurry. A look after a longer silence is not put off.
	shortest = time.Millisecond
	// hurry is how long there are no pauses after one was too long for somebody: who
	// writes fast must not wait for us, and who asks is waited for.
	hurry = 100 * time.Millisecond
)

// pauses says when to look at the pipes: so seldom that many of them have something
// to say each time, and so often that no writer has to wait. The zero value is ready.
type pauses struct {
	began   time.Time    // what is before all others
	last    time.Time    // look
	hurried atomic.Int64 // when somebody was in a hurry last, since the beginning
}

// next returns how long to wait before a look that could be now.
func (p *pauses) next(now time.Time) time.Duration {
	pause := max(0, shortest-now.Sub(p.last))
	if hurried := time.Duration(p.hurried.Load()); hurried != 0 && now.Sub(p.began)-hurried < hurry {
		pause = 0
	}
	p.last = now.Add(pause)
	return pause
}

// hasten says that a pause now would hold somebody up. It may be called at any time.
func (p *pauses) hasten(now time.Time) { p.hurried.Store(int64(now.Sub(p.began))) }
