package lifecycle

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

var epoch = time.Unix(1_700_000_000, 0)

func policy() Policy {
	return Policy{
		Name: "x", Restart: RestartIfUnexpected, StartSecs: time.Second, StartRetries: 3,
		ExitCodes: []int{0}, StopSignal: syscall.SIGTERM, StopWait: 10 * time.Second,
	}
}

// at is the moment that many seconds after the epoch of the tests.
func at(seconds float64) time.Time { return epoch.Add(time.Duration(seconds * float64(time.Second))) }

// transcript renders effects one a line, as the tests below spell them.
func transcript(effects []Effect) string {
	var b strings.Builder
	for _, e := range effects {
		switch e := e.(type) {
		case Spawn:
			fmt.Fprintf(&b, "spawn %d\n", e.Incarnation)
		case Signal:
			fmt.Fprintf(&b, "signal %d %v group=%v\n", e.PID, e.Sig, e.Group)
		case Changed:
			fmt.Fprintf(&b, "%v -> %v pid=%d tries=%d expected=%v\n", e.From, e.To, e.PID, e.Tries, e.Expected)
		case Log:
			fmt.Fprintf(&b, "%v %s\n", e.Level, e.Text)
		}
	}
	return b.String()
}

func expect(t *testing.T, effects []Effect, want string) {
	t.Helper()
	want = strings.ReplaceAll(strings.TrimLeft(want, "\n"), "\t", "")
	if got := transcript(effects); got != want {
		t.Errorf("effects:\n%swant:\n%s", got, want)
	}
}

func start(t *testing.T, p *Process, now time.Time) []Effect {
	t.Helper()
	effects, err := p.Start(now)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	return effects
}

func stop(t *testing.T, p *Process, now time.Time) []Effect {
	t.Helper()
	effects, err := p.Stop(now)
	if err != nil {
		t.Fatalf("Stop: %v", err)
	}
	return effects
}

// running returns a process that has been RUNNING since second 1, as pid 7.
func running(t *testing.T, policy Policy) *Process {
	t.Helper()
	p := New(policy)
	start(t, p, at(0))
	p.Spawned(at(0), 1, 7)
	p.Settle(at(1))
	if p.Vars().State != Running {
		t.Fatalf("state %v, want RUNNING", p.Vars().State)
	}
	return p
}

func TestStatesHaveTheReferencesNamesAndNumbers_PRO_001(t *testing.T) {
	for name, state := range map[string]State{
		"STOPPED": 0, "STARTING": 10, "RUNNING": 20, "BACKOFF": 30,
		"STOPPING": 40, "EXITED": 100, "FATAL": 200, "UNKNOWN": 1000,
	} {
		if state.String() != name {
			t.Errorf("State(%d) = %v, want %s", int(state), state, name)
		}
	}
}

func TestStartUntilRunning_PRO_003_PRO_004(t *testing.T) {
	p := New(policy())
	expect(t, start(t, p, at(0)), `
		STOPPED -> STARTING pid=0 tries=0 expected=false
		spawn 1
	`)
	expect(t, p.Spawned(at(0.1), 1, 7), `
		INFO spawned: 'x' with pid 7
	`)
	expect(t, p.Settle(at(1.099)), "")
	expect(t, p.Settle(at(1.1)), `
		STARTING -> RUNNING pid=7 tries=0 expected=false
		INFO success: x entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
	`)
	if v := p.Vars(); !v.Deadline.IsZero() || v.PID != 7 || !v.Started.Equal(at(0.1)) {
		t.Errorf("running process remembers %+v", v)
	}
}

func TestStartSecsZero_PRO_005(t *testing.T) {
	pol := policy()
	pol.StartSecs = 0
	p := New(pol)
	start(t, p, at(0))
	expect(t, p.Spawned(at(0), 1, 7), `
		INFO spawned: 'x' with pid 7
		STARTING -> RUNNING pid=7 tries=0 expected=false
		INFO success: x entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
	`)
	expect(t, p.Ended(at(0), 7, Exit{0, "exit status 0"}), `
		RUNNING -> EXITED pid=7 tries=0 expected=true
		INFO exited: x (exit status 0; expected)
	`)
}

func TestQuickExitsBackOffUntilFatal_PRO_006_PRO_007_PRO_008_PRO_009_PRO_011(t *testing.T) {
	pol := policy()
	pol.StartRetries = 2
	p := New(pol)
	start(t, p, at(0))
	p.Spawned(at(0), 1, 7)
	expect(t, p.Ended(at(0.5), 7, Exit{0, "exit status 0"}), `
		STARTING -> BACKOFF pid=7 tries=1 expected=false
		WARN exited: x (exit status 0; not expected)
	`)
	if v := p.Vars(); v.Trouble != "Exited too quickly (process log may have details)" || v.ExitStatus != 0 || v.PID != 0 {
		t.Errorf("after a quick exit: %+v", v)
	}
	expect(t, p.Settle(at(1.4)), "")
	expect(t, p.Settle(at(1.5)), `
		BACKOFF -> STARTING pid=0 tries=1 expected=false
		spawn 2
	`)
	p.Spawned(at(1.5), 2, 8)
	p.Ended(at(1.5), 8, Exit{1, "exit status 1"})
	expect(t, p.Settle(at(3.4)), "")
	expect(t, p.Settle(at(3.5)), `
		BACKOFF -> STARTING pid=0 tries=2 expected=false
		spawn 3
	`)
	p.Spawned(at(3.5), 3, 9)
	expect(t, p.Ended(at(3.6), 9, Exit{-1, "terminated by SIGKILL"}), `
		STARTING -> BACKOFF pid=9 tries=3 expected=false
		WARN exited: x (terminated by SIGKILL; not expected)
		BACKOFF -> FATAL pid=0 tries=0 expected=false
		INFO gave up: x entered FATAL state, too many start retries too quickly
	`)
	expect(t, p.Settle(at(1e6)), "")
}

func TestNoRetries_PRO_010(t *testing.T) {
	pol := policy()
	pol.StartRetries = 0
	p := New(pol)
	start(t, p, at(0))
	expect(t, p.SpawnFailed(at(0), 1, "can't find command '/x'"), `
		INFO spawnerr: can't find command '/x'
		STARTING -> BACKOFF pid=0 tries=1 expected=false
		BACKOFF -> FATAL pid=0 tries=0 expected=false
		INFO gave up: x entered FATAL state, too many start retries too quickly
	`)
	if got := p.Vars().Trouble; got != "can't find command '/x'" {
		t.Errorf("trouble %q", got)
	}
}

func TestExitOfARunningProcess_PRO_012_to_PRO_017(t *testing.T) {
	for _, tt := range []struct {
		id      string
		restart Restart
		codes   []int
		exit    Exit
		again   bool
		line    string
		trouble string
	}{
		{"PRO-012 PRO-014", RestartIfUnexpected, []int{0}, Exit{0, "exit status 0"}, false, "INFO exited: x (exit status 0; expected)", ""},
		{"PRO-013 PRO-014", RestartIfUnexpected, []int{0}, Exit{3, "exit status 3"}, true, "WARN exited: x (exit status 3; not expected)", ""},
		{"PRO-013", RestartNever, []int{0}, Exit{3, "exit status 3"}, false, "WARN exited: x (exit status 3; not expected)", "Bad exit code 3"},
		{"PRO-015", RestartAlways, []int{0}, Exit{0, "exit status 0"}, true, "INFO exited: x (exit status 0; expected)", ""},
		{"PRO-016", RestartIfUnexpected, []int{9}, Exit{9, "exit status 9"}, false, "INFO exited: x (exit status 9; expected)", ""},
		{"PRO-016", RestartIfUnexpected, []int{9}, Exit{0, "exit status 0"}, true, "WARN exited: x (exit status 0; not expected)", ""},
		{"PRO-017", RestartNever, nil, Exit{-1, "terminated by SIGKILL"}, false, "WARN exited: x (terminated by SIGKILL; not expected)", "Bad exit code -1"},
	} {
		t.Run(tt.id, func(t *testing.T) {
			pol := policy()
			pol.Restart, pol.ExitCodes = tt.restart, tt.codes
			p := running(t, pol)
			expected := strings.HasPrefix(tt.line, "INFO")
			want := fmt.Sprintf("RUNNING -> EXITED pid=7 tries=0 expected=%v\n%s\n", expected, tt.line)
			if tt.again {
				want += "EXITED -> STARTING pid=0 tries=0 expected=false\nspawn 2\n" // PRO-019: at once
			}
			expect(t, p.Ended(at(100), 7, tt.exit), want)
			if got := p.Vars().Trouble; got != tt.trouble {
				t.Errorf("trouble %q, want %q", got, tt.trouble)
			}
		})
	}
}

func TestStopOfARunningProcess_PRO_020_PRO_021_PRO_030(t *testing.T) {
	p := running(t, policy())
	expect(t, stop(t, p, at(5)), `
		DEBUG killing x (pid 7) with signal SIGTERM
		RUNNING -> STOPPING pid=7 tries=0 expected=false
		signal 7 terminated group=false
	`)
	if _, err := p.Stop(at(5)); !errors.Is(err, ErrNotRunning) {
		t.Errorf("a second stop: %v", err)
	}
	expect(t, p.Ended(at(6), 7, Exit{-1, "terminated by SIGTERM"}), `
		STOPPING -> STOPPED pid=7 tries=0 expected=false
		WARN stopped: x (terminated by SIGTERM)
	`)
	expect(t, p.Settle(at(1e6)), "") // PRO-028: and it stays down

	p = running(t, policy())
	stop(t, p, at(5))
	expect(t, p.Ended(at(6), 7, Exit{0, "exit status 0"}), `
		STOPPING -> STOPPED pid=7 tries=0 expected=false
		INFO stopped: x (exit status 0)
	`)
}

func TestStopEscalates_PRO_025_PRO_026_PRO_027(t *testing.T) {
	pol := policy()
	pol.StopAsGroup, pol.KillAsGroup, pol.StopSignal = true, true, syscall.SIGINT
	p := running(t, pol)
	expect(t, stop(t, p, at(5)), `
		DEBUG killing x (pid 7) process group with signal SIGINT
		RUNNING -> STOPPING pid=7 tries=0 expected=false
		signal 7 interrupt group=true
	`)
	expect(t, p.Settle(at(14.9)), "")
	for _, now := range []float64{15, 25, 35} { // again and again, without a new event
		expect(t, p.Settle(at(now)), `
			WARN killing 'x' (7) with SIGKILL
			DEBUG killing x (pid 7) process group with signal SIGKILL
			signal 7 killed group=true
		`)
	}
}

func TestStopDuringStart_PRO_022_PRO_023(t *testing.T) {
	p := New(policy())
	start(t, p, at(0))
	expect(t, stop(t, p, at(0)), "") // nothing to signal yet
	expect(t, p.Spawned(at(0.1), 1, 7), `
		INFO spawned: 'x' with pid 7
		DEBUG killing x (pid 7) with signal SIGTERM
		STARTING -> STOPPING pid=7 tries=0 expected=false
		signal 7 terminated group=false
	`)

	p = New(policy())
	start(t, p, at(0))
	stop(t, p, at(0))
	expect(t, p.SpawnFailed(at(0), 1, "no"), `
		INFO spawnerr: no
		STARTING -> BACKOFF pid=0 tries=1 expected=false
		BACKOFF -> STOPPED pid=0 tries=1 expected=false
	`)

	p = New(policy())
	start(t, p, at(0))
	p.SpawnFailed(at(0), 1, "no")
	expect(t, stop(t, p, at(0.5)), `
		DEBUG Attempted to kill x, which is in BACKOFF state.
		BACKOFF -> STOPPED pid=0 tries=1 expected=false
	`)
	expect(t, start(t, p, at(2)), ` 
		STOPPED -> STARTING pid=0 tries=0 expected=false
		spawn 2
	`[1:])
}

// A stop that comes together with the retry that has just come due wins: what
// time has decided is applied first, and the stop undoes it.
func TestStopOutranksADueRetry(t *testing.T) {
	p := New(policy())
	start(t, p, at(0))
	p.SpawnFailed(at(0), 1, "no")
	stop(t, p, at(1)) // the retry is due at this very moment
	p.Spawned(at(1.1), 2, 8)
	if got := p.Vars().State; got != Stopping {
		t.Errorf("state %v, want STOPPING", got)
	}
}

func TestManualStart_PRO_031(t *testing.T) {
	for _, from := range []State{Stopped, Exited, Fatal} {
		p := Restore(policy(), Vars{State: from, Tries: 2, Incarnation: 4})
		expect(t, start(t, p, at(0)), fmt.Sprintf("%v -> STARTING pid=0 tries=0 expected=false\nspawn 5\n", from))
	}
	for from, want := range map[State]error{Starting: ErrAlreadyStarted, Running: ErrAlreadyStarted, Backoff: ErrAlreadyStarted, Unknown: ErrUnknownState} {
		if _, err := Restore(policy(), Vars{State: from}).Start(at(0)); !errors.Is(err, want) {
			t.Errorf("start of a process in %v: %v, want %v", from, err, want)
		}
	}
	p := Restore(policy(), Vars{State: Stopping, PID: 7, Deadline: at(9)})
	expect(t, start(t, p, at(0)), "WARN process 'x' already running\n") // RPC-074
}

func TestRetiredProcessIsNotStarted_CLI_073_CLI_074(t *testing.T) {
	p := running(t, policy())
	p.Retire()
	expect(t, p.Ended(at(5), 7, Exit{3, "exit status 3"}), `
		RUNNING -> EXITED pid=7 tries=0 expected=false
		WARN exited: x (exit status 3; not expected)
	`)

	p = New(policy())
	start(t, p, at(0))
	p.SpawnFailed(at(0), 1, "no")
	p.Retire()
	expect(t, p.Settle(at(100)), "")
	expect(t, p.GiveUp(at(100)), "BACKOFF -> FATAL pid=0 tries=0 expected=false\n") // no "gave up" line
	if _, err := p.Start(at(100)); !errors.Is(err, ErrRetired) {
		t.Errorf("start of a retired process: %v", err)
	}
}

func TestSignalFailure(t *testing.T) {
	p := running(t, policy())
	stop(t, p, at(5))
	expect(t, p.SignalFailed("killing", syscall.ESRCH), "DEBUG unable to signal x (pid 7), it probably just exited on its own: no such process\n")
	expect(t, p.SignalFailed("killing", syscall.EPERM), `
		ERROR+4 unknown problem killing x (7):operation not permitted
		STOPPING -> UNKNOWN pid=7 tries=0 expected=false
	`)
	expect(t, p.Ended(at(9), 7, Exit{0, "exit status 0"}), `
		UNKNOWN -> STOPPED pid=7 tries=0 expected=false
		INFO stopped: x (exit status 0)
	`)
}

func TestStaleFactsChangeNothing(t *testing.T) {
	p := running(t, policy())
	before := p.Vars()
	expect(t, p.Spawned(at(2), 1, 9), "")
	expect(t, p.SpawnFailed(at(2), 1, "late"), "")
	expect(t, p.Ended(at(2), 6, Exit{0, ""}), "")
	expect(t, p.Ended(at(2), 0, Exit{0, ""}), "")
	if !reflect.DeepEqual(before, p.Vars()) {
		t.Errorf("stale facts changed %+v to %+v", before, p.Vars())
	}
}
