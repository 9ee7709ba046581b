package event

import (
	"encoding/binary"
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
	head, body := e.payload()
	return append(head, body...)
}

// payload returns the payload in two parts, of which the second, what a child
// wrote, can be long and is the event's own.
func (e Event) payload() (head, body []byte) {
	switch {
	case e.Type.Is(ProcessState):
		return e.stateChange(), nil
	case e.Type.Is(ProcessCommunication):
		return e.subject(" pid:%d\n", e.PID), Text(e.Data)
	case e.Type.Is(ProcessLog):
		return e.subject(" pid:%d channel:%s\n", e.PID, e.Channel), Text(e.Data)
	case e.Type == RemoteCommunication:
		return []byte("type:" + e.Kind + "\n"), e.Data
	case e.Type.Is(Tick):
		return strconv.AppendInt([]byte("when:"), e.When, 10), nil
	case e.Type.Is(ProcessGroup):
		return []byte("groupname:" + e.Group + "\n"), nil
	}
	return nil, nil
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

// Seal renders the header line followed by the payload of the event, ready to
// be written to a listener's stdin. What a child wrote is copied once, to where
// there is room for all of it.
func (v Envelope) Seal(e Event) []byte {
	head, body := e.payload()
	length := len(head) + len(body)
	if v.Unit == Characters {
		length = characters(head) + characters(body)
	}
	const digits, tokens = 20, len("ver:3.0 server: serial: pool: poolserial: eventname: len:\n")
	room := tokens + len(v.Server) + len(v.Pool) + len(e.Type.String()) + 3*digits
	sealed := make([]byte, 0, room+len(head)+len(body))
	sealed = fmt.Appendf(sealed, "ver:3.0 server:%s serial:%d pool:%s poolserial:%d eventname:%s len:%d\n",
		v.Server, v.Serial, v.Pool, v.PoolSerial, e.Type, length)
	return append(append(sealed, head...), body...)
}

// characters counts characters. Output is ASCII for the most part, of which
// eight are counted at a time: no character begins in one such part and ends in
// the next.
func characters(text []byte) int {
	n := 0
	for len(text) >= 8 && binary.NativeEndian.Uint64(text)&0x8080808080808080 == 0 {
		n += 8
		text = text[8:]
	}
	return n + utf8.RuneCount(text)
}
