package lifecycle

// State is the state of a process, with Supervisor's own number for it
// (process.md, section 1). Clients see both the number and the name.
type State int

// The states.
const (
	Stopped  State = 0    // not started yet, or stopped on request
	Starting State = 10   // starting, or started and not yet up for startsecs
	Running  State = 20   // up
	Backoff  State = 30   // failed to start; will be tried again
	Stopping State = 40   // told to stop, not gone yet
	Exited   State = 100  // ended by itself after having been up
	Fatal    State = 200  // failed to start too often
	Unknown  State = 1000 // could not be signalled
)

// States returns all of them.
func States() []State {
	return []State{Stopped, Starting, Running, Backoff, Stopping, Exited, Fatal, Unknown}
}

// String returns the name that clients and events show.
func (s State) String() string {
	switch s {
	case Stopped:
		return "STOPPED"
	case Starting:
		return "STARTING"
	case Running:
		return "RUNNING"
	case Backoff:
		return "BACKOFF"
	case Stopping:
		return "STOPPING"
	case Exited:
		return "EXITED"
	case Fatal:
		return "FATAL"
	}
	return "UNKNOWN"
}

// Down reports whether nothing is running and nothing will be started without
// a new reason: a group of such processes may be removed.
func (s State) Down() bool {
	return s == Stopped || s == Exited || s == Fatal || s == Unknown
}

// Wanted reports whether the process is up or on its way up. Only such a
// process can be stopped, and it cannot be started again.
func (s State) Wanted() bool { return s == Starting || s == Running || s == Backoff }

// Signallable reports whether there is a child that can be sent a signal.
func (s State) Signallable() bool { return s == Starting || s == Running || s == Stopping }
