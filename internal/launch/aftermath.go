package launch

import (
	"cmp"
	"errors"
	"sync"
	"syscall"
	"time"

	"supervisor/internal/procs"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// What a child leaves behind is looked for as it ends: later it may not be known
// any more whose it was, if it does not show its environment. A look costs a
// walk through all processes of the system, so it is taken when there is a
// reason, never more often than once in lookEvery for a process that dies again
// and again, and for all at once that have died during the look before.
const (
	lookEvery = time.Second
	// briefly is how long something that puts itself into the background may
	// take to do so.
	briefly = time.Minute
	// memoryEcho is how long after the kernel killed for want of memory a death
	// may be one of those that are counted already.
	memoryEcho = time.Minute
)

// look is what there is to find out about a child after its end.
type look struct {
	seat   *seat
	child  *child
	exit   spawn.Exit
	killed bool // by somebody else; the kernel, perhaps
	left   bool // it may have left something behind
	report func(supervisor.Report)
}

// lookAt returns what is worth finding out. It decides with one system call.
func (s *seat) lookAt(c *child, e spawn.Exit, report func(supervisor.Report)) look {
	killed := e.Status.Signaled() && e.Status.Signal() == syscall.SIGKILL && !c.killed.Load()
	return look{s, c, e, killed, s.maySeeRemnants(c, e), report}
}

func (k look) worthwhile() bool { return k.killed || k.left }

// looks are those that are waiting for the one that is under way.
type looks struct {
	mu      sync.Mutex
	waiting []look
	busy    bool // somebody is looking
	under   tally
	walk    func(...procs.Child) [][]procs.Process // procs.Left

	oomKills int       // that the kernel had counted at the last look
	oomAt    time.Time // the last look at which there were more than before
}

// add takes a look, beside the loop, which has heard of the end by then.
func (l *looks) add(k look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, k)
	if !l.busy {
		l.busy = true
		l.under.run(l.work)
	}
}

func (l *looks) work() {
	for {
		l.mu.Lock()
		batch := l.waiting
		l.waiting = nil
		l.busy = len(batch) > 0
		l.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		l.take(batch)
	}
}

// take looks at the system once, for all.
func (l *looks) take(batch []look) {
	left := l.leftBy(batch)
	counted, newly := l.countOOM()
	for i, k := range batch {
		a := supervisor.Aftermath{PID: k.exit.PID}
		for _, p := range left[i] {
			a.Left = append(a.Left, supervisor.Remnant(p))
		}
		// Where the kernel counts, its log needs to be read only if a kill that was
		// counted at the look before may be this one.
		mayBe := !counted || time.Since(l.oomAt) < memoryEcho
		a.OutOfMemory = k.killed && (newly || mayBe && procs.OOMVictim(k.exit.PID))
		k.report(a)
	}
}

// leftBy returns what the children of some looks have left behind, as far as it
// is worthwhile.
func (l *looks) leftBy(batch []look) map[int][]procs.Process {
	var children []procs.Child
	var of []int
	for i, k := range batch {
		if k.left {
			children, of = append(children, k.seat.description(k.child, k.exit)), append(of, i)
		}
	}
	if len(children) == 0 {
		return nil
	}
	left := make(map[int][]procs.Process)
	for i, processes := range l.walk(children...) {
		left[of[i]] = processes
	}
	return left
}

// countOOM reports whether the kernel counts what it kills for want of memory,
// and whether it has killed anything since this was asked last.
func (l *looks) countOOM() (counted, newly bool) {
	n, counted := procs.OOMKills()
	newly = counted && n != l.oomKills
	if newly {
		l.oomKills, l.oomAt = n, time.Now()
	}
	return counted, newly
}

// description says by what the processes of a child can be known.
func (s *seat) description(c *child, e spawn.Exit) procs.Child {
	return procs.Child{
		PID:     e.PID,
		Name:    s.config.Name,
		Group:   s.config.Group,
		Server:  cmp.Or(s.config.ServerURL, s.launcher.ServerURL),
		Program: c.file,
		Args:    c.args,
		Started: c.started,
		Next:    func() time.Time { return s.begunAfter(c) },
		Known:   s.launcher.Spawner.Knows,
	}
}

// begunAfter returns when the next child after c was begun; zero: none was.
func (s *seat) begunAfter(c *child) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun.After(c.started) {
		return s.begun
	}
	return time.Time{}
}

// maySeeRemnants reports whether there is a reason to look: somebody of the
// child's process group lives, or it has ended by itself, soon and as if all
// were well, which is how a program goes to the background.
func (s *seat) maySeeRemnants(c *child, e spawn.Exit) bool {
	err := syscall.Kill(-e.PID, 0)
	group := err == nil || errors.Is(err, syscall.EPERM)
	left := e.Status.Exited() && e.Status.ExitStatus() == 0 && !c.signalled.Load() && e.At.Sub(c.started) < briefly
	if !group && !left {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.At.Sub(s.look) < lookEvery {
		return false
	}
	s.look = e.At
	return true
}
