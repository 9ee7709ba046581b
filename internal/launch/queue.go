package launch

import (
	"context"
	"sync"
	"time"
)

// How long a job may take before those behind it are run beside it: the first
// one, and while others are late already.
const (
	turnPatience = time.Second
	latePatience = 20 * time.Millisecond
)

// queue runs jobs one after the other, in the order in which they were added.
// Adding one never blocks. A job that hangs, as one may whose disk does not
// answer, loses its turn: it goes on beside those that come after it.
type queue struct {
	mu      sync.Mutex
	jobs    []func()
	turn    time.Duration // how long a job may take before it loses its turn
	held    bool          // nothing is begun
	stopped bool
	late    int           // jobs that have lost their turn and are not done
	wake    chan struct{} // has room for one: there is something to do
	done    chan struct{} // closed when the goroutine has ended
	running tally
	busy    func(bool) // is told before a job is begun, and when none runs; nil: nobody is
	told    bool       // that it is busy
}

func (q *queue) start(turn time.Duration) {
	q.turn = turn
	q.wake = make(chan struct{}, 1)
	q.done = make(chan struct{})
	go q.run()
}

// add appends a job.
func (q *queue) add(job func()) {
	q.mu.Lock()
	q.jobs = append(q.jobs, job)
	q.mu.Unlock()
	q.signal()
}

// hold keeps the queue from beginning another job, and waits for those that have
// begun, but no longer than ctx. release lets it go on.
func (q *queue) hold(ctx context.Context) error {
	q.mu.Lock()
	q.held = true
	q.mu.Unlock()
	return q.running.wait(ctx)
}

func (q *queue) release() {
	q.mu.Lock()
	q.held = false
	q.mu.Unlock()
	q.signal()
}

// stop waits until the jobs added so far have run and ends the goroutine.
func (q *queue) stop() {
	q.mu.Lock()
	q.stopped = true
	q.mu.Unlock()
	q.signal()
	<-q.done
	_ = q.running.wait(context.Background()) // which does not end
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default: // it is about to look anyway
	}
}

func (q *queue) run() {
	defer close(q.done)
	for range q.wake {
		for q.waiting() {
			q.tell(true)
			if done := q.begin(); done != nil {
				q.await(done)
			}
		}
		q.tell(false)
		if q.ended() {
			return
		}
	}
}

// waiting reports whether there is a job to be begun.
func (q *queue) waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.jobs) > 0 && !q.held
}

// tell says whether jobs run. One that is late still does.
func (q *queue) tell(busy bool) {
	q.mu.Lock()
	busy = busy || q.late > 0
	q.mu.Unlock()
	if q.busy != nil && busy != q.told {
		q.told = busy
		q.busy(busy)
	}
}

// begin begins the next job and returns what is closed when it is done; nil: there
// is none to be begun any more.
func (q *queue) begin() (done chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.held || len(q.jobs) == 0 {
		return nil
	}
	job := q.jobs[0]
	q.jobs[0] = nil
	q.jobs = q.jobs[1:]
	done = make(chan struct{})
	q.running.run(func() { // with the lock held, so that hold sees all that have begun
		job()
		close(done)
	})
	return done
}

// ended reports whether there will never be a job again.
func (q *queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.stopped && !q.held && len(q.jobs) == 0
}

// await returns when a job is done or has lost its turn.
func (q *queue) await(done <-chan struct{}) {
	patience := time.NewTimer(q.patience())
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
		q.count(+1)
		q.running.run(func() {
			<-done
			q.count(-1)
			q.signal() // there may be nothing that runs now
		})
	}
}

func (q *queue) patience() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.late > 0 {
		return latePatience
	}
	return q.turn
}

func (q *queue) count(late int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.late += late
}
