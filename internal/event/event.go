package event

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"supervisor/internal/pyrepr"
)

// Event is one thing that happened, at the moment it happened. Which fields
// mean something depends on the type; the others are zero.
type Event struct {
	Type    Type
	Process string // the name of the process, without its group
	Group   string // the name of the group

	From     string // PROCESS_STATE_*: the state before
	PID      int    // the child's pid; 0 if there was none
	Tries    int    // STARTING, BACKOFF: failed starts in a row so far
	Expected bool   // EXITED: the exit code is one of exitcodes

	When    int64  // TICK_*: start of the slice, in seconds since the epoch
	Channel string // PROCESS_LOG_*: "stdout" or "stderr"
	Kind    string // REMOTE_COMMUNICATION: the sender's word for it
	Data    []byte // PROCESS_LOG_*, PROCESS_COMMUNICATION_*, REMOTE_COMMUNICATION
}

// Payload renders the event's payload (events.md, section 2). It is valid
// UTF-8: child output that is not is shown as the repr of its bytes.
func (e Event) Payload() []byte {
	switch {
	case e.Type.Is(ProcessState):
		return e.stateChange()
	case e.Type.Is(ProcessCommunication):
		return append(e.subject(" pid:%d\n", e.PID), Text(e.Data)...)
	case e.Type.Is(ProcessLog):
		return append(e.subject(" pid:%d channel:%s\n", e.PID, e.Channel), Text(e.Data)...)
	case e.Type == RemoteCommunication:
		return append([]byte("type:"+e.Kind+"\n"), e.Data...)
	case e.Type.Is(Tick):
		return strconv.AppendInt([]byte("when:"), e.When, 10)
	case e.Type.Is(ProcessGroup):
		return []byte("groupname:" + e.Group + "\n")
	}
	return nil
}

func (e Event) stateChange() []byte {
	switch e.Type {
	case ProcessStateStarting, ProcessStateBackoff:
		return e.subject(" from_state:%s tries:%d", e.From, e.Tries)
	case ProcessStateExited:
		expected := 0
		if e.Expected {
			expected = 1
		}
		return e.subject(" from_state:%s expected:%d pid:%d", e.From, expected, e.PID)
	case ProcessStateRunning, ProcessStateStopping, ProcessStateStopped:
		return e.subject(" from_state:%s pid:%d", e.From, e.PID)
	}
	return e.subject(" from_state:%s", e.From)
}

// subject renders who the event is about, followed by the formatted rest.
func (e Event) subject(format string, args ...any) []byte {
	return fmt.Appendf([]byte("processname:"+e.Process+" groupname:"+e.Group), format, args...)
}

// Text returns child output as a listener and the activity log show it:
// unchanged if it is UTF-8, else as the repr of its bytes.
func Text(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	return append([]byte("Undecodable: "), pyrepr.Bytes(data)...)
}

// Unit is what the len token of an envelope counts.
type Unit uint8

// Listeners that read text count characters, as Supervisor does; listeners
// that read bytes may ask for bytes (payload_length=bytes).
const (
	Characters Unit = iota
	Bytes
)

// Envelope is the header of a delivery. Serial numbers the event among all,
// PoolSerial among those of its pool; a redelivery keeps both.
type Envelope struct {
	Server     string
	Serial     uint64
	Pool       string
	PoolSerial uint64
	Unit       Unit
}

// Seal renders the header line followed by the payload, ready to be written
// to a listener's stdin.
func (v Envelope) Seal(t Type, payload []byte) []byte {
	length := len(payload)
	if v.Unit == Characters {
		length = utf8.RuneCount(payload)
	}
	return append(fmt.Appendf(nil, "ver:3.0 server:%s serial:%d pool:%s poolserial:%d eventname:%s len:%d\n",
		v.Server, v.Serial, v.Pool, v.PoolSerial, t, length), payload...)
}
