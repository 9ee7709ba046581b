package supervisor

import (
	"container/heap"
	"time"
)

// alarm is a moment at which the loop has to do something. Its owner sets and
// clears it; the loop holds one timer for the earliest of all.
type alarm struct {
	at   time.Time
	turn uint64 // among alarms at the same moment, the one set first rings first
	slot int    // 1 + position in the queue; 0: not set
	ring func(now time.Time)
}

// alarms is the queue of all that are set, earliest first.
type alarms struct {
	queue alarmHeap
	turns uint64 // how often an alarm has been set
}

// set moves an alarm to a moment; the zero time clears it.
func (q *alarms) set(a *alarm, at time.Time) {
	switch {
	case at.IsZero():
		if a.slot != 0 {
			heap.Remove(&q.queue, a.slot-1)
		}
	case a.slot == 0:
		q.turns++
		a.at, a.turn = at, q.turns
		heap.Push(&q.queue, a)
	case !a.at.Equal(at):
		q.turns++
		a.at, a.turn = at, q.turns
		heap.Fix(&q.queue, a.slot-1)
	}
}

// next returns the earliest moment that is set; zero: none.
func (q *alarms) next() time.Time {
	if len(q.queue) == 0 {
		return time.Time{}
	}
	return q.queue[0].at
}

// ring clears and rings, in their order, all alarms that are due.
func (q *alarms) ring(now time.Time) {
	for len(q.queue) > 0 && !now.Before(q.queue[0].at) {
		heap.Pop(&q.queue).(*alarm).ring(now)
	}
}

// alarmHeap implements heap.Interface.
type alarmHeap []*alarm

func (h alarmHeap) Len() int { return len(h) }
func (h alarmHeap) Less(i, j int) bool {
	return h[i].at.Before(h[j].at) || h[i].at.Equal(h[j].at) && h[i].turn < h[j].turn
}
func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].slot, h[j].slot = i+1, j+1
}

// Push appends an alarm.
func (h *alarmHeap) Push(x any) {
	a := x.(*alarm)
	*h = append(*h, a)
	a.slot = len(*h)
}

// Pop removes the last alarm.
func (h *alarmHeap) Pop() any {
	last := len(*h) - 1
	a := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	a.slot = 0
	return a
}
