package launch

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A start that hung held up all starts that came after it, of everybody.
func TestHangingJobLosesItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q queue
		q.start(turnPatience)
		begin := time.Now()
		hang := make(chan struct{})
		for range 50 {
			q.add(func() { <-hang })
		}
		var order []int
		done := make(chan time.Duration, 1)
		for i := range 100 { // only one of these runs at a time: order needs no lock
			q.add(func() { order = append(order, i) })
		}
		q.add(func() { done <- time.Since(begin) })
		if took := <-done; took > turnPatience+50*latePatience {
			t.Errorf("they were held up for %v", took)
		}
		if len(order) != 100 || !slices.IsSorted(order) {
			t.Errorf("they ran in the order %v", order)
		}
		close(hang)
		q.stop() // waits for those that hung
		if q.late != 0 {
			t.Errorf("%d are said to hang", q.late)
		}
	})
}
