//go:build linux

package surroundings

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/wire"
	"supervisor/test/stage"
)

// clockConfiguration has a program for each thing that waits, two that write, and
// one that hears the clock.
const clockConfiguration = `[supervisord]
logfile=$DIR/supervisord.log
pidfile=$DIR/supervisord.pid
childlogdir=$DIR
[unix_http_server]
file=$DIR/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:steady]
command=/bin/cat
startsecs=0
[program:slow]
command=/bin/cat
startsecs=3
autostart=false
[program:failing]
command=/bin/false
startretries=2
startsecs=60
autostart=false
[program:hasty]
command=/bin/cat
startsecs=100
startretries=0
autostart=false
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'
stdout_logfile=$DIR/stubborn.log
startsecs=0
stopwaitsecs=3
stopasgroup=true
[program:talker]
command=/bin/sh -c 'i=1000; while :; do echo line $i; i=$((i+1)); sleep 0.02; done'
stdout_logfile=$DIR/talker.log
stdout_logfile_maxbytes=400
stdout_logfile_backups=50
[eventlistener:ears]
command=/bin/sh $DIR/listener
events=TICK
`

// tickListener writes down the events of the clock.
const tickListener = `
while echo READY && read -r header; do
	echo "$header $(head -c "${header##*len:}")" >>$STAGE/ticks
	printf 'RESULT 2\nOK'
done
`

// How the clock is set, one after the other.
var settings = []struct {
	name  string
	ahead []time.Duration
}{
	{"an hour and a bit ahead", []time.Duration{time.Hour + 7*time.Second}},
	{"an hour and a half behind", []time.Duration{-90 * time.Minute}},
	{"forty days ahead", []time.Duration{40 * 24 * time.Hour}},
	{"forty days behind", []time.Duration{-40 * 24 * time.Hour}},
	{"ten years ahead", []time.Duration{10 * 365 * 24 * time.Hour}},
	{"to and fro", []time.Duration{40 * 24 * time.Hour, -40 * 24 * time.Hour, 5 * time.Hour}},
}

// PRO-066: a wall clock that jumps while processes start, fail, stop and write.
// Whatever waits neither hangs nor is hurried; whatever shows or tells the time
// follows at once, but for the uptime (DIF-016).
func TestClockIsSet(t *testing.T) {
	programs, err := stage.BuildWithClock(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range settings {
		t.Run(setting.name, func(t *testing.T) {
			t.Parallel()
			set(t, programs, setting.ahead)
		})
	}
}

func set(t *testing.T, programs stage.Programs, ahead []time.Duration) {
	since := time.Now()
	s := stage.New(t, clockConfiguration)
	s.Write("listener", tickListener)
	clock := s.Clock()
	d := s.Start(programs, clock.Use)
	s.AwaitState("ears", wire.Running)
	s.Await("stubborn", func() bool { return s.Read("stubborn.log") != "" })
	s.Await("the first backup of a log", func() bool { return s.Read("talker.log.1") != "" })
	followed := follow(t, s, "/mainlogtail")

	// All that waits, begins to wait.
	began := time.Now()
	for _, name := range []string{"slow", "failing", "hasty"} {
		s.Call("supervisor.startProcess", name, false)
	}
	s.Call("supervisor.stopProcess", "stubborn", false)
	before := []wire.ProcessInfo{s.Process("slow"), s.Process("hasty"), s.Process("steady")}
	for _, a := range ahead {
		clock.Set(a)
		s.Call("supervisor.sendProcessStdin", "steady", "the loop has seen this time, too\n")
	}
	now := ahead[len(ahead)-1]

	// Nothing is over because of that,
	after := []wire.ProcessInfo{s.Process("slow"), s.Process("hasty"), s.Process("steady")}
	if time.Since(began) < 3*time.Second { // else it may be
		for i := range after {
			if before[i].State != after[i].State || before[i].PID != after[i].PID {
				t.Errorf("when the clock was set, %s %v became %v (%s)", after[i].Name, before[i].State, after[i].State, after[i].Description)
			}
		}
	}
	// but in its time.
	for name, state := range map[string]wire.ProcessState{"slow": wire.Running, "failing": wire.Fatal, "stubborn": wire.Stopped} {
		s.AwaitState(name, state)
		if took := time.Since(began); took < 3*time.Second {
			t.Errorf("%s is %v after %v", name, state, took)
		}
	}
	// Who ends within startsecs has failed, and who ends later has not.
	for name, state := range map[string]wire.ProcessState{"hasty": wire.Fatal, "steady": wire.Running} {
		old := s.Process(name)
		if err := syscall.Kill(old.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		s.Await(name+" ends", func() bool { return s.Process(name).PID != old.PID })
		s.AwaitState(name, state)
	}

	// What is shown follows the clock.
	if got := after[2]; !about(got.Now, now) || !about(got.Start, 0) || !strings.Contains(got.Description, "uptime 0:0") {
		t.Errorf("of a process from before, clients are told now %d, start %d and %q", got.Now, got.Start, got.Description)
	}
	if got := s.Process("steady"); !about(got.Now, now) || !about(got.Start, now) || !about(got.Stop, now) || !strings.Contains(got.Description, "uptime 0:0") {
		t.Errorf("of a process from after it, clients are told %+v", got)
	}
	if got := s.Process("hasty"); got.SpawnErr != "Exited too quickly (process log may have details)" {
		t.Errorf("hasty has failed with %q", got.SpawnErr)
	}
	// DIF-041: the next TICK_5 brings the others along.
	s.Await("an event of each slice of the new time", func() bool { return strings.Contains(s.Read("ticks"), fmt.Sprint("when:", slice(3600, now))) })
	checkTicks(t, s.Read("ticks"), since, append([]time.Duration{0}, ahead...))

	// The logs go on: the daemon's with the new time, and who follows it sees that.
	s.Await("the log, followed", func() bool { return strings.Contains(followed.String(), "gave up: hasty") })
	line := regexp.MustCompile(`(?m)^(\S+ \S+),\d{3} INFO success: slow entered RUNNING`).FindStringSubmatch(followed.String())
	if line == nil {
		t.Fatalf("the log does not say that slow is up:\n%s", followed)
	}
	if stamp, err := time.Parse(time.DateTime, line[1]); err != nil || !about(stamp.Unix(), now) {
		t.Errorf("the log says that it is %s (%v)", line[1], err)
	}
	// and a program's is neither cut nor mixed up.
	s.Await("more of a log than fits in one file", func() bool { return s.Read("talker.log.2") != "" })
	s.Call("supervisor.stopProcess", "talker")
	checkLines(t, s)

	s.Call("supervisor.shutdown")
	if out, err := d.End(); err != nil {
		t.Errorf("the daemon ended with %v:\n%s", err, out)
	}
}

// about tells whether a moment is about now by a clock that is ahead.
func about(moment int64, ahead time.Duration) bool {
	return time.Since(time.Unix(moment, 0).Add(-ahead)).Abs() < 2*stage.Patience
}

// slice returns when the present slice of a clock that is ahead has begun.
func slice(period int64, ahead time.Duration) int64 {
	now := time.Now().Add(ahead).Unix()
	return now - now%period
}

// checkTicks wants events that begin a slice of the clock, each but once, and no
// event for a time that was leapt over: some of each slice was after since, by one of
// the clocks.
func checkTicks(t *testing.T, text string, since time.Time, clocks []time.Duration) {
	seen := make(map[string]bool)
	for line := range strings.Lines(text) {
		m := regexp.MustCompile(`eventname:TICK_(\d+) len:\d+ when:(\d+)\n$`).FindStringSubmatch(line)
		if m == nil {
			t.Errorf("an event is %q", line)
			continue
		}
		period, _ := strconv.ParseInt(m[1], 10, 64) // the pattern is one of numbers
		when, _ := strconv.ParseInt(m[2], 10, 64)
		known := slices.ContainsFunc(clocks, func(ahead time.Duration) bool {
			return when+period > since.Add(ahead).Unix() && when <= time.Now().Add(ahead).Unix()
		})
		if when%period != 0 || seen[m[0][len("eventname"):]] || !known {
			t.Errorf("an event that should not be: %s", line)
		}
		seen[m[0][len("eventname"):]] = true
	}
}

// checkLines wants what talker has written: in all files of its log together, each
// line once and in order, up to those that rotation has thrown away.
func checkLines(t *testing.T, s *stage.Stage) {
	var b strings.Builder
	for i := 50; i > 0; i-- {
		b.WriteString(s.Read(fmt.Sprint("talker.log.", i)))
	}
	b.WriteString(s.Read("talker.log"))
	lines := strings.Fields(strings.ReplaceAll(b.String(), "line ", ""))
	if len(lines) < 40 { // more than fit in one file
		t.Errorf("talker has written %d lines", len(lines))
	}
	for i := 1; i < len(lines); i++ {
		last, err1 := strconv.Atoi(lines[i-1])
		this, err2 := strconv.Atoi(lines[i])
		if err1 != nil || err2 != nil || this != last+1 {
			t.Fatalf("in the log, line %s follows line %s", lines[i], lines[i-1])
		}
	}
}

// follower holds what a followed log has said so far.
type follower struct {
	mu   sync.Mutex
	text strings.Builder
}

// follow follows a log until the test ends.
func follow(t *testing.T, s *stage.Stage, path string) *follower {
	f := new(follower)
	c := s.Client()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Stream(ctx, path, f) // whoever misses something fails
	}()
	t.Cleanup(func() { cancel(); <-done })
	s.Await("a followed log", func() bool { return f.String() != "" })
	return f
}

func (f *follower) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.Write(p)
}

func (f *follower) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.String()
}
