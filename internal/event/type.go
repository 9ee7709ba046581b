// Package event knows what a supervisor tells its listeners: the types of
// events, their payloads, and the envelope in which one travels.
//
// It is pure: an Event is a plain value, and rendering one depends on nothing
// but the value. Names and payloads are those of Supervisor (events.md,
// sections 1 to 3); listeners parse them, so they are fixed to the byte.
package event

import (
	"fmt"
	"strings"
)

// Type is one kind of event, or a kind of kinds that listeners may subscribe to.
type Type uint8

// The types. The abstract ones (Any, ProcessState, ...) are never sent; to
// subscribe to one is to subscribe to all below it.
const (
	Any Type = iota
	ProcessState
	ProcessStateStopped
	ProcessStateStarting
	ProcessStateRunning
	ProcessStateBackoff
	ProcessStateStopping
	ProcessStateExited
	ProcessStateFatal
	ProcessStateUnknown
	ProcessCommunication
	ProcessCommunicationStdout
	ProcessCommunicationStderr
	ProcessLog
	ProcessLogStdout
	ProcessLogStderr
	RemoteCommunication
	SupervisorStateChange
	SupervisorStateChangeRunning
	SupervisorStateChangeStopping
	Tick
	Tick5
	Tick60
	Tick3600
	ProcessGroup
	ProcessGroupAdded
	ProcessGroupRemoved
	numTypes
)

// types is the hierarchy: each type's wire name and the type above it.
var types = [numTypes]struct {
	name  string
	above Type
}{
	Any:                           {"EVENT", Any},
	ProcessState:                  {"PROCESS_STATE", Any},
	ProcessStateStopped:           {"PROCESS_STATE_STOPPED", ProcessState},
	ProcessStateStarting:          {"PROCESS_STATE_STARTING", ProcessState},
	ProcessStateRunning:           {"PROCESS_STATE_RUNNING", ProcessState},
	ProcessStateBackoff:           {"PROCESS_STATE_BACKOFF", ProcessState},
	ProcessStateStopping:          {"PROCESS_STATE_STOPPING", ProcessState},
	ProcessStateExited:            {"PROCESS_STATE_EXITED", ProcessState},
	ProcessStateFatal:             {"PROCESS_STATE_FATAL", ProcessState},
	ProcessStateUnknown:           {"PROCESS_STATE_UNKNOWN", ProcessState},
	ProcessCommunication:          {"PROCESS_COMMUNICATION", Any},
	ProcessCommunicationStdout:    {"PROCESS_COMMUNICATION_STDOUT", ProcessCommunication},
	ProcessCommunicationStderr:    {"PROCESS_COMMUNICATION_STDERR", ProcessCommunication},
	ProcessLog:                    {"PROCESS_LOG", Any},
	ProcessLogStdout:              {"PROCESS_LOG_STDOUT", ProcessLog},
	ProcessLogStderr:              {"PROCESS_LOG_STDERR", ProcessLog},
	RemoteCommunication:           {"REMOTE_COMMUNICATION", Any},
	SupervisorStateChange:         {"SUPERVISOR_STATE_CHANGE", Any},
	SupervisorStateChangeRunning:  {"SUPERVISOR_STATE_CHANGE_RUNNING", SupervisorStateChange},
	SupervisorStateChangeStopping: {"SUPERVISOR_STATE_CHANGE_STOPPING", SupervisorStateChange},
	Tick:                          {"TICK", Any},
	Tick5:                         {"TICK_5", Tick},
	Tick60:                        {"TICK_60", Tick},
	Tick3600:                      {"TICK_3600", Tick},
	ProcessGroup:                  {"PROCESS_GROUP", Any},
	ProcessGroupAdded:             {"PROCESS_GROUP_ADDED", ProcessGroup},
	ProcessGroupRemoved:           {"PROCESS_GROUP_REMOVED", ProcessGroup},
}

// String returns the wire name of the type.
func (t Type) String() string { return types[t].name }

// Is reports whether t is the type above, or one below it.
func (t Type) Is(above Type) bool {
	for {
		if t == above {
			return true
		}
		if t == Any {
			return false
		}
		t = types[t].above
	}
}

// ParseType returns the type of a wire name, in any letter case.
func ParseType(name string) (Type, bool) {
	name = strings.ToUpper(name)
	for t := range types {
		if types[t].name == name {
			return Type(t), true
		}
	}
	return 0, false
}

// MarshalText implements encoding.TextMarshaler: the name outlives the number.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Type) UnmarshalText(name []byte) error {
	parsed, ok := ParseType(string(name))
	if !ok {
		return fmt.Errorf("no event type is called %q", name)
	}
	*t = parsed
	return nil
}

// Set is a set of event types.
type Set uint32

// SetOf returns the concrete and abstract types that the given subscriptions
// cover. A type that two subscriptions cover is in the set once, so it is
// delivered once (events.md, section 3).
func SetOf(subscriptions ...Type) Set {
	var s Set
	for t := range numTypes {
		for _, above := range subscriptions {
			if t.Is(above) {
				s |= 1 << t
			}
		}
	}
	return s
}

// Has reports whether the set holds the type.
func (s Set) Has(t Type) bool { return s>>t&1 == 1 }
