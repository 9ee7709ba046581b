package launch

import (
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
	stopped bool
	late    int           // jobs that have lost their turn and are not done
	wake    chan struct{} // has room for one: there is something to do
	done    chan struct{} // closed when the goroutine has ended
	running sync.WaitGroup
}

func (q *queue) start() {
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

// stop waits until the jobs added so far have run and ends the goroutine.
func (q *queue) stop() {
	q.mu.Lock()
	q.stopped = true
	q.mu.Unlock()
	q.signal()
	<-q.done
	q.running.Wait()
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
		for {
			jobs, stopped := q.take()
			for _, job := range jobs {
				q.turn(job)
			}
			if len(jobs) > 0 {
				continue
			}
			if stopped {
				return
			}
			break
		}
	}
}

// turn runs a job, and returns when it is done or has lost its turn.
func (q *queue) turn(job func()) {
	done := make(chan struct{})
	q.running.Go(func() {
		job()
		close(done)
	})
	patience := time.NewTimer(q.patience())
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
		q.count(+1)
		q.running.Go(func() {
			<-done
			q.count(-1)
		})
	}
}

func (q *queue) patience() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.late > 0 {
		return latePatience
	}
	return turnPatience
}

func (q *queue) count(late int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.late += late
}

func (q *queue) take() (jobs []func(), stopped bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs, q.jobs = q.jobs, nil
	return jobs, q.stopped
}
