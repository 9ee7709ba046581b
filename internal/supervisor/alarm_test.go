package supervisor

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Alarms ring in the order of their moments, those of one moment in the order
// in which they were set, and each once; however they were moved before.
func TestAlarmsRingInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var q alarms
		var rung []int
		start := time.Unix(0, 0)
		all := make([]*alarm, 20)
		for i := range all {
			all[i] = &alarm{}
			all[i].ring = func(time.Time) { rung = append(rung, i) }
		}
		for range 100 {
			a := all[rng.IntN(len(all))]
			if rng.IntN(4) == 0 {
				q.set(a, time.Time{})
			} else {
				q.set(a, start.Add(time.Duration(rng.IntN(10))*time.Second))
			}
		}
		var want []int
		for i, a := range all {
			if a.slot != 0 && !a.at.After(start.Add(5*time.Second)) {
				want = append(want, i)
			}
		}
		slices.SortFunc(want, func(i, j int) int {
			if c := all[i].at.Compare(all[j].at); c != 0 {
				return c
			}
			return int(all[i].turn) - int(all[j].turn)
		})
		q.ring(start.Add(5 * time.Second))
		if !slices.Equal(rung, want) {
			t.Fatalf("rung %v, want %v", rung, want)
		}
		if next := q.next(); !next.IsZero() && !next.After(start.Add(5*time.Second)) {
			t.Fatalf("an alarm at %v is still set", next)
		}
	}
}
