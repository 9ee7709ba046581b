package wire

// ProcessState is the code of a process' state (process.md, section 1).
type ProcessState int

// The states of a process.
const (
	Stopped  ProcessState = 0
	Starting ProcessState = 10
	Running  ProcessState = 20
	Backoff  ProcessState = 30
	Stopping ProcessState = 40
	Exited   ProcessState = 100
	Fatal    ProcessState = 200
	Unknown  ProcessState = 1000
)

// String returns the name of the state.
func (s ProcessState) String() string {
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

// ParseProcessState returns the state of a name.
func ParseProcessState(name string) (s ProcessState, ok bool) {
	for _, s := range []ProcessState{Stopped, Starting, Running, Backoff, Stopping, Exited, Fatal, Unknown} {
		if s.String() == name {
			return s, true
		}
	}
	return Unknown, false
}
