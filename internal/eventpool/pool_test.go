package eventpool

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"supervisor/internal/event"
)

// harness is a pool under test whose effects are kept as a transcript: the log
// lines as they are, and "send SERIAL to NAME".
type harness struct {
	*Pool
	t     *testing.T
	lines []string
	sent  []Send
}

// newHarness returns a pool named p of the given size, with debug lines on.
func newHarness(t *testing.T, size int, listeners ...string) *harness {
	return &harness{t: t, Pool: New(Config{
		Name: "p", Server: "supervisor", Size: size, Listeners: listeners, Debug: true,
		Subscriptions: event.SetOf(event.Any),
	})}
}

func (h *harness) did(effects []Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case Send:
			h.sent = append(h.sent, e)
			h.lines = append(h.lines, fmt.Sprintf("send %d to %s", e.Serial, h.name(e.Listener)))
		case Log:
			tag := map[slog.Level]string{slog.LevelError: "ERRO", slog.LevelWarn: "WARN", slog.LevelDebug: "DEBG"}[e.Level]
			h.lines = append(h.lines, tag+" "+e.Text)
		}
	}
}

// accept lets ticks with the given serials happen.
func (h *harness) accept(serials ...uint64) {
	for _, s := range serials {
		h.did(h.Accepted(s, event.Event{Type: event.Tick5, When: int64(5 * s)}))
	}
}

// ready makes a listener RUNNING and READY.
func (h *harness) ready(i int) {
	h.did(h.Running(i, true))
	h.wrote(i, "READY\n")
}

func (h *harness) wrote(i int, chunks ...string) {
	for _, c := range chunks {
		h.did(h.Wrote(i, []byte(c)))
	}
}

// forget drops the transcript so far.
func (h *harness) forget() { h.lines, h.sent = nil, nil }

// want compares the transcript since the last time with the given lines.
func (h *harness) want(id string, lines ...string) {
	h.t.Helper()
	if !slices.Equal(h.lines, lines) {
		h.t.Errorf("%s: got\n\t%s\nwant\n\t%s", id, strings.Join(h.lines, "\n\t"), strings.Join(lines, "\n\t"))
	}
	h.forget()
}

const violated = ": has entered the UNKNOWN state and will no longer receive events, " +
	"this usually indicates the process violated the eventlistener protocol"

// EVT-001, EVT-002, EVT-003, EVT-055: the header names server and pool, the
// caller's serial and the pool's own, and len counts what the pool is told to.
func TestHeader(t *testing.T) {
	for _, tt := range []struct {
		unit event.Unit
		len  int
	}{{event.Characters, 11}, {event.Bytes, 12}} {
		h := newHarness(t, 10, "a", "b")
		h.config.Server, h.config.Unit = "central", tt.unit
		h.ready(0)
		h.ready(1)
		h.did(h.Accepted(41, event.Event{Type: event.RemoteCommunication, Kind: "k", Data: []byte("grün")}))
		h.did(h.Accepted(57, event.Event{Type: event.Tick5, When: 5}))
		for i, want := range []string{
			fmt.Sprintf("ver:3.0 server:central serial:41 pool:p poolserial:0 eventname:REMOTE_COMMUNICATION len:%d\ntype:k\ngrün", tt.len),
			"ver:3.0 server:central serial:57 pool:p poolserial:1 eventname:TICK_5 len:6\nwhen:5",
		} {
			if got := string(h.sent[i].Data); got != want {
				t.Errorf("sent %q, want %q", got, want)
			}
		}
	}
}

// EVT-050: the serial is the caller's, and goes on; a new pool counts anew.
func TestNewPoolCountsAnew(t *testing.T) {
	for _, serial := range []uint64{0, 7} {
		h := newHarness(t, 10, "a")
		h.ready(0)
		h.accept(serial)
		if want := fmt.Sprintf(" serial:%d pool:p poolserial:0 ", serial); !bytes.Contains(h.sent[0].Data, []byte(want)) {
			t.Errorf("header %q lacks %q", h.sent[0].Data, want)
		}
	}
}

// EVT-020, EVT-021: a pool wants what it has subscribed to and no more.
func TestWants(t *testing.T) {
	p := New(Config{Name: "p", Size: 1, Subscriptions: event.SetOf(event.ProcessState, event.ProcessStateExited)})
	for typ, want := range map[event.Type]bool{
		event.ProcessStateExited: true, event.ProcessStateFatal: true, event.Tick5: false, event.RemoteCommunication: false,
	} {
		if p.Wants(typ) != want {
			t.Errorf("Wants(%v) = %v", typ, !want)
		}
	}
}

func TestWaiting(t *testing.T) {
	t.Run("EVT-030 until READY, in either order", func(t *testing.T) {
		h := newHarness(t, 10, "a")
		h.accept(0, 1)
		h.did(h.Running(0, true))
		h.want("running, not ready")
		h.wrote(0, "READY\n")
		h.want("ready", "DEBG a: ACKNOWLEDGED -> READY", "send 0 to a", "DEBG event 0 sent to listener a")
	})
	t.Run("EVT-031 until RUNNING", func(t *testing.T) {
		h := newHarness(t, 10, "a")
		h.accept(0)
		h.wrote(0, "READY\n")
		h.want("ready, not running", "DEBG a: ACKNOWLEDGED -> READY")
		h.did(h.Running(0, true))
		h.want("running", "send 0 to a", "DEBG event 0 sent to listener a")
	})
	t.Run("EVT-031 not while stopping, but the result still counts", func(t *testing.T) {
		h := newHarness(t, 10, "a")
		h.ready(0)
		h.accept(0, 1)
		h.did(h.Running(0, false))
		h.forget()
		h.wrote(0, "RESULT 2\nOKREADY\n")
		h.want("stopping", "DEBG a: event was processed", "DEBG a: BUSY -> ACKNOWLEDGED", "DEBG a: ACKNOWLEDGED -> READY")
	})
	t.Run("EVT-052 EVT-032 buffered events come in order", func(t *testing.T) {
		h := newHarness(t, 3, "a")
		h.accept(0, 1, 2)
		h.ready(0)
		h.wrote(0, "RESULT 2\nOK", "READY\n", "RESULT 2\nOK", "READY\n")
		if got := serials(h.sent); !slices.Equal(got, []uint64{0, 1, 2}) {
			t.Errorf("sent %v", got)
		}
	})
}

// EVT-046: the lines of one event, exactly; READY -> BUSY is not among them.
func TestRoundTripLines(t *testing.T) {
	h := newHarness(t, 10, "a")
	h.ready(0)
	h.forget()
	h.accept(0)
	h.wrote(0, "RESULT 2\nOK", "READY\n")
	h.want("EVT-046",
		"send 0 to a",
		"DEBG event 0 sent to listener a",
		"DEBG a: event was processed",
		"DEBG a: BUSY -> ACKNOWLEDGED",
		"DEBG a: ACKNOWLEDGED -> READY")
}

// EVT-046: without debug, an ordinary event says nothing.
func TestNoDebugLines(t *testing.T) {
	h := newHarness(t, 10, "a")
	h.config.Debug = false
	h.ready(0)
	h.accept(0)
	h.wrote(0, "RESULT 2\nOK", "READY\n")
	h.want("quiet", "send 0 to a")
}

// EVT-042: each event goes to one listener, the first free in order.
func TestPoolOfThree(t *testing.T) {
	h := newHarness(t, 10, "a", "b", "c")
	for i := range 3 {
		h.ready(2 - i)
	}
	h.accept(0, 1)
	h.wrote(0, "RESULT 2\nOKREADY\n")
	h.accept(2, 3, 4)
	h.wrote(1, "RESULT 2\nOKREADY\n")
	var got []string
	for _, s := range h.sent {
		got = append(got, fmt.Sprintf("%d %s", s.Serial, h.name(s.Listener)))
	}
	if want := []string{"0 a", "1 b", "2 a", "3 c", "4 b"}; !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

// EVT-033, EVT-041: a rejected event comes again, the same to the byte, before
// later ones, and to a pool mate if one is free. Other pools are out of reach
// by construction.
func TestRejected(t *testing.T) {
	h := newHarness(t, 10, "a")
	h.ready(0)
	h.accept(0, 1)
	h.forget()
	h.wrote(0, "RESULT 4\nFAIL", "READY\n")
	again := h.sent[0]
	h.want("EVT-033",
		"WARN a: event was rejected",
		"DEBG a: BUSY -> ACKNOWLEDGED",
		"DEBG rebuffering event 0 for pool p (buf size=1, max=10)",
		"DEBG a: ACKNOWLEDGED -> READY",
		"send 0 to a",
		"DEBG event 0 sent to listener a")
	if want := "ver:3.0 server:supervisor serial:0 pool:p poolserial:0 eventname:TICK_5 len:6\nwhen:0"; string(again.Data) != want {
		t.Errorf("sent again as %q, want %q", again.Data, want)
	}

	h = newHarness(t, 10, "a", "b")
	h.ready(0)
	h.accept(0)
	h.ready(1)
	h.forget()
	h.wrote(0, "RESULT 4\nFAIL")
	h.want("EVT-033 by a pool mate",
		"WARN a: event was rejected",
		"DEBG a: BUSY -> ACKNOWLEDGED",
		"DEBG rebuffering event 0 for pool p (buf size=0, max=10)",
		"send 0 to b",
		"DEBG event 0 sent to listener b")
}

// EVT-040: the event of a listener that dies goes to a pool mate, or to the
// next incarnation.
func TestDied(t *testing.T) {
	h := newHarness(t, 10, "a", "b")
	h.ready(0)
	h.ready(1)
	h.accept(0, 1, 2)
	h.wrote(0, "RESULT 2\nO")
	h.forget()
	h.did(h.Died(0))
	h.want("nobody free", "DEBG rebuffering event 0 for pool p (buf size=1, max=10)")
	h.wrote(1, "RESULT 2\nOKREADY\n")
	h.want("a pool mate",
		"DEBG b: event was processed", "DEBG b: BUSY -> ACKNOWLEDGED", "DEBG b: ACKNOWLEDGED -> READY",
		"send 0 to b", "DEBG event 0 sent to listener b")
	h.did(h.Spawned(0))
	h.wrote(0, "READY\n")
	h.want("a new start is not yet RUNNING, and has forgotten half a result", "DEBG a: ACKNOWLEDGED -> READY")
	h.did(h.Running(0, true))
	h.want("RUNNING", "send 2 to a", "DEBG event 2 sent to listener a")
}

func TestDiedIdle(t *testing.T) {
	h := newHarness(t, 10, "a")
	h.ready(0)
	h.forget()
	h.did(h.Died(0))
	h.accept(0)
	h.want("EVT-052: a dead listener is sent nothing, and its death is not the pool's to log")
}

func TestOverflow(t *testing.T) {
	t.Run("EVT-043 EVT-044 the oldest is lost", func(t *testing.T) {
		h := newHarness(t, 3, "a")
		h.accept(0, 1, 2)
		h.want("full")
		h.accept(3, 4)
		h.want("overflow",
			"ERRO pool p event buffer overflowed, discarding event 0",
			"ERRO pool p event buffer overflowed, discarding event 1")
		h.ready(0)
		if h.sent[0].Serial != 2 {
			t.Errorf("sent %d first", h.sent[0].Serial)
		}
		if !bytes.Contains(h.sent[0].Data, []byte("poolserial:2 ")) {
			t.Errorf("the pool serial of a discarded event is used again: %q", h.sent[0].Data)
		}
	})
	t.Run("EVT-043 an event that comes back displaces the oldest that waits", func(t *testing.T) {
		for _, back := range []func(*harness){
			func(h *harness) { h.wrote(0, "RESULT 4\nFAIL") },
			func(h *harness) { h.did(h.Died(0)) },
		} {
			h := newHarness(t, 3, "a")
			h.ready(0)
			h.accept(0, 1, 2, 3)
			h.forget()
			back(h)
			if got, want := h.lines[len(h.lines)-2:], []string{
				"DEBG rebuffering event 0 for pool p (buf size=3, max=3)",
				"ERRO pool p event buffer overflowed, discarding event 1",
			}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if got := h.buffered(); !slices.Equal(got, []uint64{0, 2, 3}) {
				t.Errorf("buffer holds %v", got)
			}
		}
	})
	t.Run("what has left the buffer leaves the memory", func(t *testing.T) {
		h := newHarness(t, 3, "a")
		h.accept(0, 1)
		before := h.state.Buffer
		h.ready(0)
		if before[0].Data != nil {
			t.Errorf("the buffer still holds %q", before[0].Data)
		}
	})
	t.Run("EVT-043 errors are logged without debug", func(t *testing.T) {
		h := newHarness(t, 1, "a")
		h.config.Debug = false
		h.accept(0, 1)
		h.want("overflow", "ERRO pool p event buffer overflowed, discarding event 0")
	})
}

// A listener whose stdin is closed is passed over, and not asked again.
func TestRefused(t *testing.T) {
	h := newHarness(t, 10, "a", "b")
	h.ready(0)
	h.ready(1)
	h.forget()
	h.accept(0)
	h.did(h.Refused(0, 0))
	h.want("the next is tried",
		"send 0 to a", "DEBG event 0 sent to listener a",
		"DEBG epipe occurred while sending event 0 to listener a, listener state unchanged",
		"DEBG rebuffering event 0 for pool p (buf size=0, max=10)",
		"send 0 to b", "DEBG event 0 sent to listener b")
	h.did(h.Refused(1, 0))
	h.want("and nobody twice",
		"DEBG epipe occurred while sending event 0 to listener b, listener state unchanged",
		"DEBG rebuffering event 0 for pool p (buf size=0, max=10)")
	h.accept(1)
	h.want("nor for the next event")

	h.did(h.Refused(0, 0))
	h.want("a refusal by a listener that has no event means nothing")
	h.did(h.Died(1))
	h.ready(1)
	h.forget()
	h.did(h.Refused(1, 1))
	h.want("nor does one of an event that it does not have")
	h.did(h.Refused(1, 0))
	h.forget()

	h.wrote(0, "x")
	h.want("it is still READY", "DEBG a: READY -> UNKNOWN", "WARN a"+violated)
	h.did(h.Spawned(1))
	h.ready(1)
	h.want("a new incarnation has a new stdin",
		"DEBG b: ACKNOWLEDGED -> READY", "send 0 to b", "DEBG event 0 sent to listener b")
}

func TestRefusedAfterOutput(t *testing.T) {
	h := newHarness(t, 10, "a")
	h.ready(0)
	h.accept(0)
	h.wrote(0, "RES")
	h.forget()
	h.did(h.Refused(0, 0))
	h.want("what it wrote as if busy, it wrote while READY",
		"DEBG epipe occurred while sending event 0 to listener a, listener state unchanged",
		"DEBG rebuffering event 0 for pool p (buf size=0, max=10)",
		"DEBG a: READY -> UNKNOWN", "WARN a"+violated)
}

func serials(sent []Send) (all []uint64) {
	for _, s := range sent {
		all = append(all, s.Serial)
	}
	return all
}

func (h *harness) buffered() (all []uint64) {
	for _, e := range h.state.Buffer {
		all = append(all, e.Serial)
	}
	return all
}

// One event from acceptance to READY, as a busy supervisor sees it.
func BenchmarkRoundTrip(b *testing.B) {
	for _, debug := range []bool{false, true} {
		b.Run(fmt.Sprintf("debug=%v", debug), func(b *testing.B) {
			p := New(Config{Name: "p", Server: "supervisor", Size: 10, Listeners: []string{"a"}, Debug: debug})
			p.Running(0, true)
			p.Wrote(0, []byte("READY\n"))
			e := event.Event{Type: event.ProcessStateRunning, Process: "cat", Group: "cat", From: "STARTING", PID: 2766}
			answer := []byte("RESULT 2\nOKREADY\n")
			b.ReportAllocs()
			for serial := uint64(0); b.Loop(); serial++ {
				if len(p.Accepted(serial, e)) == 0 {
					b.Fatal("not sent")
				}
				p.Wrote(0, answer)
			}
		})
	}
}
