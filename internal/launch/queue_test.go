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

// While a job runs, one that is late, too, the queue says that it is busy; once for
// all that come one after the other.
func TestQueueTellsThatItIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said []bool
		q := queue{busy: func(busy bool) { said = append(said, busy) }}
		q.start(turnPatience)
		expect := func(when string, want ...bool) {
			t.Helper()
			synctest.Wait()
			if !slices.Equal(said, want) {
				t.Errorf("%s it has said %v, want %v", when, said, want)
			}
			said = nil
		}
		expect("at first")
		during := false
		all := make(chan struct{}) // closed when there are ten, or the first might be done before there is a second
		for range 10 {
			q.add(func() {
				<-all
				during = during || !slices.Equal(said, []bool{true})
			})
		}
		close(all)
		expect("after ten jobs", true, false)
		if during {
			t.Error("a job ran unannounced")
		}
		hang := make(chan struct{})
		q.add(func() { <-hang })
		time.Sleep(2 * turnPatience)
		q.add(func() {})
		expect("while one is late", true)
		close(hang)
		expect("when it is done", false)
		q.stop()
		expect("at the end")
	})
}
