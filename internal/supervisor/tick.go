package supervisor

import (
	"time"

	"supervisor/internal/event"
)

// tickPeriods are the clock slices that listeners may subscribe to.
var tickPeriods = [...]struct {
	typ    event.Type
	period int64 // seconds
}{
	{event.Tick5, 5},
	{event.Tick60, 60},
	{event.Tick3600, 3600},
}

// ticks remembers the slice of the clock that each period was last seen in.
// While nobody subscribed there is no alarm, so an idle supervisor sleeps.
type ticks struct {
	alarm alarm
	slice [len(tickPeriods)]int64
}

// scheduleTick sets the alarm to the next slice that anybody subscribed to.
// Slices follow the wall clock, so one that has been set is noticed late at
// most by one period.
func (c *core) scheduleTick() {
	wall := c.now.Unix()
	var next int64
	for i, tick := range tickPeriods {
		if !c.subscribed(tick.typ) {
			c.ticks.slice[i] = 0
			continue
		}
		slice := wall - wall%tick.period
		if c.ticks.slice[i] == 0 {
			c.ticks.slice[i] = slice
		}
		if next == 0 || slice+tick.period < next {
			next = slice + tick.period
		}
	}
	c.ticks.alarm.ring = c.tick
	if next == 0 {
		c.alarms.set(&c.ticks.alarm, time.Time{})
		return
	}
	c.alarms.set(&c.ticks.alarm, c.now.Add(time.Unix(next, 0).Sub(c.now.Round(0))))
}

// tick emits the events of all slices that have begun. Slices that were missed
// are not made up for.
func (c *core) tick(now time.Time) {
	wall := now.Unix()
	for i, tick := range tickPeriods {
		slice := wall - wall%tick.period
		if c.subscribed(tick.typ) && slice != c.ticks.slice[i] {
			c.ticks.slice[i] = slice
			c.emit(event.Event{Type: tick.typ, When: slice})
		}
	}
	c.scheduleTick()
}

// subscribed reports whether any pool wants the type.
func (c *core) subscribed(t event.Type) bool {
	for _, g := range c.groups {
		if g.pool != nil && g.pool.Wants(t) {
			return true
		}
	}
	return false
}
