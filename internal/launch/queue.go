package launch

import "sync"

// queue runs jobs one after the other, in the order in which they were added,
// on a goroutine of its own. Adding one never blocks.
type queue struct {
	mu      sync.Mutex
	jobs    []func()
	stopped bool
	wake    chan struct{} // has room for one: there is something to do
	done    chan struct{} // closed when the goroutine has ended
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
				job()
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

func (q *queue) take() (jobs []func(), stopped bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs, q.jobs = q.jobs, nil
	return jobs, q.stopped
}
