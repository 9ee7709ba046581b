// Package supervisor is the one loop that owns everything that changes: the
// groups and their processes, the event pools, the waiting requests, the time.
//
// A Supervisor is a handle. Its methods either read what the loop has
// published (they never wait for it) or send it one message and wait for the
// reply. The package promises:
//
//   - The loop never blocks: no disk or network, no fork, no send that can wait.
//   - Everything reaches it through one inbox; the order of arrival is the
//     order of history.
//   - What time has already decided is applied before any message, so the
//     result does not depend on which of two ready messages came first.
//   - A request answered is a request visible: the published view shows the
//     change before the reply is sent.
//   - Run returns only when no process is alive and no start is under way.
package supervisor

import (
	"log/slog"
	"sync/atomic"

	"supervisor/internal/clock"
	"supervisor/internal/config"
)

// State is the state of the supervisor itself, with Supervisor's numbers.
type State int32

// The states of a supervisor.
const (
	Running    State = 1
	Restarting State = 0
	Shutdown   State = -1
)

// String returns the name that clients see.
func (s State) String() string {
	switch s {
	case Running:
		return "RUNNING"
	case Restarting:
		return "RESTARTING"
	}
	return "SHUTDOWN"
}

// Options is what a Supervisor is made from.
type Options struct {
	Config   *config.Config
	Load     func() (*config.Config, error) // reads the configuration anew
	Launcher Launcher
	Log      *slog.Logger
	Serial   uint64 // the serial of the next event; goes on over a restart

	Image  *Image        // where to go on, and if that is on the way out, to a restart; nil: nothing has been yet
	Ending bool          // what the image has is only stopped, as by Shutdown, and nothing is started
	Ledger *Ledger       // nil: nothing is kept for another process
	Clock  clock.Reading // by which the times of the image are understood
}

// Supervisor is a handle to the loop. It is safe for concurrent use.
type Supervisor struct {
	inbox      chan message
	done       chan struct{} // closed when Run has returned
	began      chan struct{} // closed when the groups that Run began with are published
	load       func() (*config.Config, error)
	launcher   Launcher
	identifier string

	// Published by the loop, read by everybody.
	state       atomic.Int32
	latest      atomic.Pointer[config.Config]
	table       atomic.Pointer[table]
	onDisk      atomic.Pointer[config.Config] // what was read last to compare it with what runs
	noticed     atomic.Pointer[string]        // the difference that was logged last
	wantsOutput atomic.Bool                   // some pool subscribed to PROCESS_LOG events
	core        *core
}

// message is anything that the loop reacts to, one at a time, in the order of
// arrival. apply runs on the loop.
type message interface{ apply(*core) }

// inboxSize is room for a burst: senders wait when it is full, the loop never.
const inboxSize = 1024

// New returns a Supervisor that does nothing until Run.
func New(o Options) *Supervisor {
	s := &Supervisor{
		inbox:      make(chan message, inboxSize),
		done:       make(chan struct{}),
		began:      make(chan struct{}),
		load:       o.Load,
		launcher:   o.Launcher,
		identifier: o.Config.Daemon.Identifier,
	}
	s.core = &core{handle: s, log: o.Log, state: Running, serial: o.Serial}
	s.core.begin = s.core.startUp
	if o.Ledger != nil {
		s.core.ledger = ledger{Ledger: *o.Ledger, on: true, events: make(map[*group]map[uint64]bool)}
	}
	s.state.Store(int32(Running))
	s.latest.Store(o.Config)
	if o.Image != nil {
		s.core.serial = o.Image.Serial
		to := Running
		switch {
		case o.Ending:
			to = Shutdown
		case o.Image.Leaving:
			to = Restarting
		}
		s.core.begin = func(groups []Prepared) { s.core.resume(o.Image, o.Clock, groups, to) }
		s.latest.Store(o.Image.Latest)
	}
	s.onDisk.Store(o.Config)
	s.table.Store(&table{})
	return s
}

// Outcome is how a run ended.
type Outcome struct {
	Restart bool   // a restart was asked for, not a shutdown
	Serial  uint64 // the serial of the next event
}

// Run starts what the configuration says and supervises it until a shutdown or
// a restart is asked for and everything has stopped. It is called once. The
// groups were made ready by Prepare, in the order of the configuration, or are
// those of the image, which Check has found possible, in its order.
func (s *Supervisor) Run(groups []Prepared) Outcome {
	defer close(s.done)
	return s.core.run(groups)
}

// State returns the state of the supervisor.
func (s *Supervisor) State() State { return State(s.state.Load()) }

// Config returns the configuration that was read last. It may be newer than
// what runs (see Reload).
func (s *Supervisor) Config() *config.Config { return s.latest.Load() }

// Identifier is what this instance calls itself, for as long as it runs: a
// configuration that is read later does not change it.
func (s *Supervisor) Identifier() string { return s.identifier }

// Began is closed when the groups that Run has begun with can be seen and asked
// for.
func (s *Supervisor) Began() <-chan struct{} { return s.began }

// Done is closed when Run has returned.
func (s *Supervisor) Done() <-chan struct{} { return s.done }

// post sends the loop a message. It reports false if the loop has ended.
func (s *Supervisor) post(m message) bool {
	select {
	case s.inbox <- m:
		return true
	case <-s.done:
		return false
	}
}

// ask sends the loop a request and waits for its reply, or for the end of the
// loop. The reply channel must have room for the reply.
func ask[T any](s *Supervisor, reply <-chan T, m message) (T, error) {
	var none T
	if !s.post(m) {
		return none, ErrShutdown
	}
	select {
	case r := <-reply:
		return r, nil
	case <-s.done:
	}
	select { // the reply may have been the loop's last act
	case r := <-reply:
		return r, nil
	default:
		return none, ErrShutdown
	}
}

// askError is ask for requests that are answered with an error or nil.
func askError(s *Supervisor, makeMessage func(reply chan<- error) message) error {
	reply := make(chan error, 1)
	err, lost := ask(s, reply, makeMessage(reply))
	if lost != nil {
		return lost
	}
	return err
}
