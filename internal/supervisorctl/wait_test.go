package supervisorctl

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// story is a server on which things happen: at each moment it knows something
// else about its processes.
type story struct {
	answers
	moments []moment
	old     bool // it cannot wait, as Supervisor cannot
	begun   time.Time
}

// moment is what is known from a time on: processes, or an error.
type moment struct {
	at    time.Duration
	infos []any
	err   error
}

func (s *story) Call(ctx context.Context, method string, params ...any) (any, error) {
	switch strings.TrimPrefix(method, "supervisor.") {
	case wire.GetAllProcessInfo:
		m, _ := s.now()
		return m.infos, m.err
	case wire.WaitForChange:
		if s.old {
			return nil, wire.Fault(wire.UnknownMethod, "")
		}
		return s.wait(ctx, params[1].(string), time.Duration(params[2].(int))*time.Second)
	}
	return s.answers.Call(ctx, method, params...)
}

// now returns what is known, and when that will change; 0: never.
func (s *story) now() (m moment, next time.Duration) {
	for _, later := range s.moments {
		if later.at > time.Since(s.begun) {
			return m, later.at
		}
		m = later
	}
	return m, 0
}

func (s *story) wait(ctx context.Context, token string, limit time.Duration) (any, error) {
	over := time.After(limit)
	for late := false; ; {
		m, next := s.now()
		if m.err != nil {
			return nil, m.err
		}
		if m.at.String() != token || late {
			return xmlrpc.Struct{{Name: "token", Value: m.at.String()}, {Name: "processes", Value: m.infos}}, nil
		}
		var change <-chan time.Time
		if next > 0 {
			change = time.After(next - time.Since(s.begun))
		}
		select {
		case <-change:
		case <-over:
			late = true
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// at is one process at a moment; now is the server's clock, stop its last end.
func at(after time.Duration, name, state string, now, stop int) moment {
	code, _ := wire.ParseProcessState(state)
	p := info(name, int(code), state, 1, "")
	return moment{at: after, infos: []any{append(p, xmlrpc.Member{Name: "now", Value: now}, xmlrpc.Member{Name: "stop", Value: stop})}}
}

func TestWait(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name, line string
		moments    []moment
		want       string
		status     int
		took       time.Duration // with a server that can wait
	}{
		{"at once", "wait x", []moment{at(0, "x", "RUNNING", 9, 0)}, "x: RUNNING\n", 0, 0},
		{"later", "wait x", []moment{at(0, "x", "STOPPED", 9, 0), at(7*s, "x", "STARTING", 9, 0), at(200*s, "x", "RUNNING", 9, 0)}, "x: RUNNING\n", 0, 200 * s},
		{"a state", "wait x:EXITED", []moment{at(0, "x", "RUNNING", 9, 0), at(3*s, "x", "EXITED", 12, 12)}, "x: EXITED\n", 0, 3 * s},
		{"too late", "wait x --timeout 10", []moment{at(0, "x", "STARTING", 9, 0)}, "x: ERROR (is not RUNNING: it is STARTING)\n", 8, 10 * s},
		{"too late, a part of a second", "wait --timeout=0.25 x:STOPPED", []moment{at(0, "x", "RUNNING", 9, 0)}, "x: ERROR (is not STOPPED: it is RUNNING)\n", 8, 250 * time.Millisecond},
		{"it fails for good", "wait x --timeout 99", []moment{at(0, "x", "BACKOFF", 9, 0), at(4*s, "x", "FATAL", 9, 0)},
			"x: ERROR (cannot become RUNNING: it is FATAL)\n", 9, 4 * s},
		{"it has ended", "wait x", []moment{at(0, "x", "EXITED", 9, 7)}, "x: ERROR (cannot become RUNNING: it is EXITED)\n", 9, 0},
		{"it is started again in time", "wait x", []moment{at(0, "x", "EXITED", 9, 8), at(s, "x", "STARTING", 10, 8), at(2*s, "x", "RUNNING", 11, 8)}, "x: RUNNING\n", 0, 2 * s},
		{"it is not started again", "wait x", []moment{at(0, "x", "EXITED", 9, 8), at(s, "x", "EXITED", 10, 8), at(2*s, "x", "EXITED", 11, 8)},
			"x: ERROR (cannot become RUNNING: it is EXITED)\n", 9, s},
		{"it is removed", "wait x", []moment{at(0, "x", "STOPPED", 9, 0), {at: s, err: fault(10)}}, "ERROR: a process was removed while it was waited for\n", 9, s},
		{"the server goes", "wait x", []moment{at(0, "x", "STOPPED", 9, 0), {at: s, err: fault(6)}}, "ERROR: supervisor shutting down\n", 9, s},
		{"the server breaks", "wait x", []moment{at(0, "x", "STOPPED", 9, 0), {at: s, err: errRefused}},
			"ERROR: supervisord went away\n", 9, s},
		{"the server is killed", "wait x", []moment{at(0, "x", "STOPPED", 9, 0), {at: s, err: io.ErrUnexpectedEOF}},
			"ERROR: supervisord went away\n", 9, s},
		{"unknown", "wait y x", []moment{at(0, "x", "STOPPED", 9, 0)}, "y: ERROR (no such process)\n", 1, 0},
		{"unknown group", "wait y:*", []moment{at(0, "x", "STOPPED", 9, 0)}, "y:*: ERROR (no such process)\n", 1, 0},
		{"pattern, group, all: once", "wait x* x:* all x:x", []moment{at(0, "x", "RUNNING", 9, 0)}, "x: RUNNING\n", 0, 0},
		{"no state", "wait x:Running", []moment{at(0, "x", "RUNNING", 9, 0)}, "x:Running: ERROR (no such process; states are in capitals: x:RUNNING)\n", 1, 0},
		{"no option", "wait --timout 3 x", nil, "Error: bad argument --timout\n" + usageOf("wait"), 2, 0},
		{"named like a state", "wait g:FATAL:RUNNING", []moment{at(0, "g:FATAL", "RUNNING", 9, 0)}, "g:FATAL: RUNNING\n", 0, 0},
		{"no name", "wait", nil, "Error: wait requires a process name\n" + usageOf("wait"), 2, 0},
		{"bad timeout", "wait x --timeout soon", nil, "Error: bad timeout soon: it is a number of seconds\n", 2, 0},
		{"no timeout", "wait x --timeout", nil, "Error: bad timeout : it is a number of seconds\n", 2, 0},
	} {
		for _, old := range []bool{false, true} {
			name := test.name
			if old {
				name += ", polled"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := &story{moments: test.moments, old: old, begun: time.Now()}
					got, status := new(ctl).runWith(t, always(server), strings.Fields(test.line)...)
					if old && test.name == "it is removed" {
						return // Supervisor would not tell of it by a fault
					}
					took := time.Since(server.begun)
					if got != test.want || status != test.status || took < test.took || took > test.took+time.Second || !old && took != test.took {
						t.Errorf("prints %q with status %d after %v\nwant   %q with status %d after %v", got, status, took, test.want, test.status, test.took)
					}
				})
			})
		}
	}
}

// Of several processes, one that has failed ends the wait for all.
func TestWaitForSeveral(t *testing.T) {
	both := func(after time.Duration, a, b string) moment {
		x, y := at(after, "a", a, 9, 0), at(after, "b", b, 9, 0)
		return moment{at: after, infos: []any{x.infos[0], y.infos[0]}}
	}
	for _, test := range []struct {
		moments []moment
		want    string
		status  int
	}{
		{[]moment{both(0, "STARTING", "STARTING"), both(time.Second, "RUNNING", "STARTING"), both(2*time.Second, "RUNNING", "RUNNING")},
			"a: RUNNING\nb: RUNNING\n", 0},
		{[]moment{both(0, "STARTING", "STARTING"), both(time.Second, "STARTING", "FATAL")},
			"a: ERROR (is not RUNNING: it is STARTING)\nb: ERROR (cannot become RUNNING: it is FATAL)\n", 9},
		{[]moment{both(0, "RUNNING", "STARTING")}, "a: RUNNING\nb: ERROR (is not RUNNING: it is STARTING)\n", 8},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := &story{moments: test.moments, begun: time.Now()}
			got, status := new(ctl).runWith(t, always(server), "wait", "a", "b", "--timeout", "60")
			if got != test.want || status != test.status {
				t.Errorf("prints %q with status %d, want %q with status %d", got, status, test.want, test.status)
			}
		})
	}
}
