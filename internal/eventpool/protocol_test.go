package eventpool

import (
	"reflect"
	"strings"
	"testing"

	"supervisor/internal/event"
)

// What a listener says before it has been sent anything. A row's chunks are
// written one by one.
func TestAcknowledged(t *testing.T) {
	const toReady, toUnknown = "DEBG a: ACKNOWLEDGED -> READY", "DEBG a: ACKNOWLEDGED -> UNKNOWN"
	for _, tt := range []struct {
		id     string
		chunks []string
		want   []string
	}{
		{"EVT-030 READY", []string{"READY\n"}, []string{toReady}},
		{"EVT-035 byte by byte", strings.Split("READY\n", ""), []string{toReady}},
		{"EVT-036 junk", []string{"hello\n"}, []string{toUnknown, "WARN a" + violated}},
		{"EVT-036 short junk waits for six bytes", []string{"abc", "d"}, nil},
		{"EVT-036 short junk is junk at six bytes", []string{"abc", "def"}, []string{toUnknown, "WARN a" + violated}},
		{"EVT-036 not quite READY", []string{"READYx\n"}, []string{toUnknown, "WARN a" + violated}},
		{"EVT-036 a carriage return", []string{"READY\r\n"}, []string{toUnknown, "WARN a" + violated}},
		{"EVT-036 UNKNOWN is final", []string{"junk\n\n", "READY\n", "x"}, []string{toUnknown, "WARN a" + violated}},
		{"EVT-037 anything while READY", []string{"READY\n", "x"}, []string{toReady, "DEBG a: READY -> UNKNOWN", "WARN a" + violated}},
		{"EVT-037 READY twice at once", []string{"READY\nREADY\n"}, []string{toReady, "DEBG a: READY -> UNKNOWN", "WARN a" + violated}},
		{"an empty chunk is nothing", []string{"READY\n", ""}, []string{toReady}},
	} {
		h := newHarness(t, 10, "a")
		h.did(h.Spawned(0))
		h.wrote(0, tt.chunks...)
		h.want(tt.id, tt.want...)
	}
}

// EVT-036, EVT-039: UNKNOWN gets no events, and only a new incarnation leaves it.
func TestUnknown(t *testing.T) {
	h := newHarness(t, 10, "a")
	h.did(h.Running(0, true))
	if h.Deaf(0) {
		t.Error("a new listener is not heard")
	}
	h.wrote(0, "what is this?\n")
	if !h.Deaf(0) {
		t.Error("EVT-036: an UNKNOWN listener is heard")
	}
	h.forget()
	h.accept(0)
	h.wrote(0, "READY\n")
	h.want("EVT-036")
	h.did(h.Died(0))
	h.did(h.Spawned(0))
	h.want("EVT-039: not logged")
	h.ready(0)
	h.want("EVT-039", "DEBG a: ACKNOWLEDGED -> READY", "send 0 to a", "DEBG event 0 sent to listener a")
}

// What a busy listener says. Event 0 was sent to it; no other waits, and it is
// sent nothing more, so that the rows show the protocol alone.
func TestResult(t *testing.T) {
	processed := []string{"DEBG a: event was processed", "DEBG a: BUSY -> ACKNOWLEDGED"}
	rejected := []string{"WARN a: event was rejected", "DEBG a: BUSY -> ACKNOWLEDGED",
		"DEBG rebuffering event 0 for pool p (buf size=0, max=10)"}
	bad := func(line string) []string {
		return []string{"WARN a: bad result line: '" + line + "'", "DEBG a: BUSY -> UNKNOWN", "WARN a" + violated,
			"DEBG rebuffering event 0 for pool p (buf size=0, max=10)"}
	}
	then := func(lines []string, more ...string) []string { return append(lines[:len(lines):len(lines)], more...) }
	const toReady, toUnknown = "DEBG a: ACKNOWLEDGED -> READY", "DEBG a: ACKNOWLEDGED -> UNKNOWN"
	long := strings.Repeat("z", maxLine)

	for _, tt := range []struct {
		id   string
		in   string
		want []string
	}{
		{"EVT-032 OK", "RESULT 2\nOK", processed},
		{"EVT-032 incomplete line", "RESULT 2", nil},
		{"EVT-032 incomplete result", "RESULT 2\nO", nil},
		{"EVT-033 FAIL", "RESULT 4\nFAIL", rejected},
		{"EVT-034 other text", "RESULT 3\nYES", rejected},
		{"EVT-034 letter case", "RESULT 2\nok", rejected},
		{"EVT-034 OK and more", "RESULT 3\nOK\n", rejected},
		{"EVT-034 a result with newlines and NULs", "RESULT 4\nO\nK\x00", rejected},
		{"EVT-035 READY at once", "RESULT 2\nOKREADY\n", then(processed, toReady)},
		{"EVT-035 READY after a rejection", "RESULT 4\nFAILREADY\n", then(rejected, toReady)},
		{"EVT-035 too short a length", "RESULT 2\nFAIL", rejected},
		{"EVT-036 junk after a result", "RESULT 2\nOKjunkjunk", then(processed, toUnknown, "WARN a"+violated)},
		{"EVT-037 READY twice after a result", "RESULT 2\nOKREADY\nR", then(processed, toReady, "DEBG a: READY -> UNKNOWN", "WARN a"+violated)},
		{"EVT-051 RESULT 0", "RESULT 0\n", rejected},
		{"EVT-051 RESULT 0 and READY", "RESULT 0\nREADY\n", then(rejected, toReady)},

		{"EVT-038 no number", "RESULT x\n", bad("RESULT x")},
		{"EVT-038 empty number", "RESULT \n", bad("RESULT ")},
		{"EVT-038 READY instead", "READY\n", bad("READY")},
		{"EVT-038 empty line", "\n", bad("")},
		{"EVT-038 fraction", "RESULT 2.0\nOK", bad("RESULT 2.0")},
		{"EVT-038 hexadecimal", "RESULT 0x2\nOK", bad("RESULT 0x2")},
		{"EVT-038 digits of another script", "RESULT ٢\nOK", bad("RESULT ٢")},
		{"EVT-038 blank inside", "RESULT 1 2\nOK", bad("RESULT 1 2")},
		{"EVT-038 blank that is not ASCII", "RESULT \u00a02\nOK", bad("RESULT \u00a02")},
		{"EVT-038 separator", "RESULT \x1c2\nOK", bad("RESULT \x1c2")},
		{"EVT-038 NUL", "RESULT 2\x00\nOK", bad("RESULT 2\x00")},
		{"EVT-038 sign only", "RESULT +\nOK", bad("RESULT +")},
		{"EVT-038 two signs", "RESULT ++2\nOK", bad("RESULT ++2")},
		{"EVT-038 sign apart", "RESULT + 2\nOK", bad("RESULT + 2")},
		{"EVT-038 underscore last", "RESULT 2_\nOK", bad("RESULT 2_")},
		{"EVT-038 underscore first", "RESULT _2\nOK", bad("RESULT _2")},
		{"EVT-038 two underscores", "RESULT 0__2\nOK", bad("RESULT 0__2")},
		{"EVT-038 quote", "RESULT it's\n", bad("RESULT it's")},
		{"EVT-038 not UTF-8", "RESULT \xff\nOK", bad(`Undecodable: b'RESULT \xff'`)},
		{"EVT-038 nothing is heard after it", "RESULT x\nREADY\n", bad("RESULT x")},
		{"EVT-038 negative, which makes the reference fail", "RESULT -1\nOK", bad("RESULT -1")},
		{"EVT-038 more than may be kept", "RESULT 1048577\n", bad("RESULT 1048577")},
		{"EVT-038 more than an int holds", "RESULT 99999999999999999999999\n", bad("RESULT 99999999999999999999999")},
		{"EVT-038 endless line", long + "z", bad(long)},
		{"EVT-038 a number too far out", "RESULT" + strings.Repeat(" ", maxLine-6) + "2\nOK", bad("RESULT" + strings.Repeat(" ", maxLine-6))},
		{"EVT-038 endless line that ends too late", long + "z\n", bad(long)},

		{"the prefix is not checked", "abcdefg2\nOK", processed},
		{"the prefix is bytes", "R\xffSULT 2\nOK", processed},
		{"blanks as int allows", "RESULT \t\v2 \f\r\nOK", processed},
		{"sign as int allows", "RESULT +2\nOK", processed},
		{"zeros as int allows", "RESULT 0_02\nOK", processed},
		{"the longest line", "RESULT " + strings.Repeat(" ", maxLine-8) + "2\nOK", processed},
		{"the longest line is waited for", long, nil},
		{"the longest result", "RESULT 1048576\n" + strings.Repeat("y", maxResult), rejected},
	} {
		h := busyHarness(t)
		h.wrote(0, tt.in)
		h.want(tt.id, tt.want...)
		if len(tt.in) < maxResult {
			h = busyHarness(t)
			h.wrote(0, strings.Split(tt.in, "")...)
			h.want(tt.id+", rune by rune", tt.want...)
		}
	}
}

// EVT-054: an event whose data could not be decoded is an event like others.
func TestInStepAfterUndecodable(t *testing.T) {
	h := newHarness(t, 10, "a")
	h.ready(0)
	e := event.Event{Type: event.ProcessLogStdout, Process: "cat", Group: "cat", PID: 7, Channel: "stdout", Data: []byte("\x88\n")}
	h.did(h.Accepted(0, e))
	header, payload, _ := strings.Cut(string(h.sent[0].Data), "\n")
	if want := "processname:cat groupname:cat pid:7 channel:stdout\nUndecodable: b'\\x88\\n'"; payload != want {
		t.Errorf("payload %q, want %q", payload, want)
	}
	if !strings.HasSuffix(header, " len:73") || len(payload) != 73 {
		t.Errorf("header %q for %d bytes", header, len(payload))
	}
	h.forget()
	h.accept(1)
	h.wrote(0, "RESULT 2\nOKREADY\n")
	if len(h.sent) != 1 || h.sent[0].Serial != 1 {
		t.Errorf("sent %v", h.sent)
	}
}

// What a listener writes is copied: the caller may use its buffer again.
func TestChunkIsCopied(t *testing.T) {
	h := busyHarness(t)
	buffer := []byte("RESULT 2\nO")
	h.did(h.Wrote(0, buffer))
	clear(buffer)
	h.wrote(0, "K")
	h.want("copied", "DEBG a: event was processed", "DEBG a: BUSY -> ACKNOWLEDGED")
}

// busyHarness returns a pool whose only listener has event 0 and will be sent no
// other, because its process is stopping.
func busyHarness(t *testing.T) *harness {
	h := newHarness(t, 10, "a")
	h.ready(0)
	h.accept(0)
	h.did(h.Running(0, false))
	h.forget()
	return h
}

// FuzzWrote: EVT-035, it does not matter how a listener's output is cut into
// chunks, and little of it is kept.
func FuzzWrote(f *testing.F) {
	for _, seed := range []string{"RESULT 2\nOKREADY\n", "RESULT 4\nFAILREADY\nx", "RESULT 0\nRE", "RESULT x\nREADY\n", "\n\n\n", "RESULT 1_0\n0123456789READY"} {
		f.Add([]byte(seed), []byte{3, 1, 0, 9})
	}
	f.Add([]byte(strings.Repeat("=", maxLine+2)), []byte{255})
	f.Fuzz(func(t *testing.T, output, cuts []byte) {
		whole, cut := busyHarness(t), busyHarness(t)
		whole.did(whole.Wrote(0, output))
		for rest := output; len(rest) > 0; {
			n := 1
			if len(cuts) > 0 {
				n, cuts = int(cuts[0]), cuts[1:]
			}
			n = min(n, len(rest))
			cut.did(cut.Wrote(0, rest[:n]))
			rest = rest[n:]
			if kept := len(cut.state.Listeners[0].Input); kept > maxLine+1+maxResult {
				t.Fatalf("%d bytes are kept", kept)
			}
		}
		if !reflect.DeepEqual(whole.State(), cut.State()) {
			t.Errorf("at once: %+v\nin chunks: %+v", whole.State(), cut.State())
		}
		cut.want("in chunks", whole.lines...)
	})
}
