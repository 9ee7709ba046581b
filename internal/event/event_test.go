package event

import (
	"strings"
	"testing"
)

// EVT-004 to EVT-019: payloads are fixed to the byte.
func TestPayload(t *testing.T) {
	about := func(typ Type, more func(*Event)) Event {
		e := Event{Type: typ, Process: "cat", Group: "pets", From: "STARTING", PID: 2766}
		if more != nil {
			more(&e)
		}
		return e
	}
	for _, tt := range []struct {
		id   string
		in   Event
		want string
	}{
		{"EVT-004", about(ProcessStateStarting, func(e *Event) { e.From, e.Tries = "STOPPED", 0 }), "processname:cat groupname:pets from_state:STOPPED tries:0"},
		{"EVT-005", about(ProcessStateRunning, nil), "processname:cat groupname:pets from_state:STARTING pid:2766"},
		{"EVT-005", about(ProcessStateStopping, nil), "processname:cat groupname:pets from_state:STARTING pid:2766"},
		{"EVT-006", about(ProcessStateExited, func(e *Event) { e.From, e.Expected = "RUNNING", true }), "processname:cat groupname:pets from_state:RUNNING expected:1 pid:2766"},
		{"EVT-006", about(ProcessStateExited, func(e *Event) { e.From = "RUNNING" }), "processname:cat groupname:pets from_state:RUNNING expected:0 pid:2766"},
		{"EVT-007", about(ProcessStateBackoff, func(e *Event) { e.Tries = 1 }), "processname:cat groupname:pets from_state:STARTING tries:1"},
		{"EVT-008", about(ProcessStateFatal, func(e *Event) { e.From = "BACKOFF" }), "processname:cat groupname:pets from_state:BACKOFF"},
		{"EVT-008", about(ProcessStateUnknown, func(e *Event) { e.From = "STOPPING" }), "processname:cat groupname:pets from_state:STOPPING"},
		{"EVT-009", about(ProcessStateStopped, func(e *Event) { e.From, e.PID = "BACKOFF", 0 }), "processname:cat groupname:pets from_state:BACKOFF pid:0"},
		{"EVT-012", about(ProcessLogStdout, func(e *Event) { e.Channel, e.Data = "stdout", []byte("hi\n") }), "processname:cat groupname:pets pid:2766 channel:stdout\nhi\n"},
		{"EVT-013", about(ProcessCommunicationStderr, func(e *Event) { e.Data = []byte("x") }), "processname:cat groupname:pets pid:2766\nx"},
		{"EVT-014", Event{Type: RemoteCommunication, Kind: "T", Data: []byte("DATA")}, "type:T\nDATA"},
		{"EVT-015", Event{Type: SupervisorStateChangeRunning}, ""},
		{"EVT-017", Event{Type: Tick5, When: 1201063880}, "when:1201063880"},
		{"EVT-019", Event{Type: ProcessGroupAdded, Group: "g"}, "groupname:g\n"},
		{"EVT-054", about(ProcessLogStderr, func(e *Event) { e.Channel, e.Data = "stderr", []byte("\x88\n") }), "processname:cat groupname:pets pid:2766 channel:stderr\nUndecodable: b'\\x88\\n'"},
	} {
		if got := string(tt.in.Payload()); got != tt.want {
			t.Errorf("%s: payload of %v = %q, want %q", tt.id, tt.in.Type, got, tt.want)
		}
	}
}

// EVT-001, EVT-055: token order, and what len counts.
func TestSeal(t *testing.T) {
	v := Envelope{Server: "supervisor", Serial: 21, Pool: "listener", PoolSerial: 10}
	if got, want := string(v.Seal(Event{Type: ProcessCommunicationStdout, Process: "a", Group: "b", PID: 7, Data: []byte("grün")})),
		"ver:3.0 server:supervisor serial:21 pool:listener poolserial:10 eventname:PROCESS_COMMUNICATION_STDOUT len:36\n"+
			"processname:a groupname:b pid:7\ngrün"; got != want {
		t.Errorf("Seal = %q, want %q", got, want)
	}
	v.Unit = Bytes
	if got, want := string(v.Seal(Event{Type: RemoteCommunication, Kind: "k", Data: []byte("grün")})),
		"ver:3.0 server:supervisor serial:21 pool:listener poolserial:10 eventname:REMOTE_COMMUNICATION len:12\ntype:k\ngrün"; got != want {
		t.Errorf("Seal in bytes = %q, want %q", got, want)
	}
}

// EVT-055: characters are counted wherever the first that is not ASCII stands.
func TestCharacters(t *testing.T) {
	for before := range 20 {
		for after := range 20 {
			text := strings.Repeat("a", before) + "ü€" + strings.Repeat("b", after)
			if got, want := characters([]byte(text)), before+2+after; got != want {
				t.Errorf("characters(%q) = %d, want %d", text, got, want)
			}
		}
	}
}

// EVT-020, EVT-021: the hierarchy, and one delivery for overlapping subscriptions.
func TestSubscriptions(t *testing.T) {
	for typ := range numTypes {
		if parsed, ok := ParseType(typ.String()); !ok || parsed != typ {
			t.Errorf("ParseType(%q) = %v, %v", typ.String(), parsed, ok)
		}
		if !SetOf(Any).Has(typ) {
			t.Errorf("a subscription to EVENT lacks %v", typ)
		}
	}
	if _, ok := ParseType("PROCESS_STATE_NAPPING"); ok {
		t.Error("ParseType accepted an unknown name")
	}
	if typ, ok := ParseType("tick_60"); !ok || typ != Tick60 {
		t.Error("ParseType is sensitive to letter case")
	}
	states := SetOf(ProcessState, ProcessStateExited)
	for typ := range numTypes {
		want := typ >= ProcessState && typ <= ProcessStateUnknown
		if states.Has(typ) != want {
			t.Errorf("PROCESS_STATE covers %v: %v, want %v", typ, !want, want)
		}
	}
}
