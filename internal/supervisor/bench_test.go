package supervisor

import (
	"log/slog"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/lifecycle"
)

// instantSeat implements Seat with a child that comes and goes at once.
type instantSeat struct {
	pid    int
	report func(Report)
}

func (s *instantSeat) Launch(n int, report func(Report)) {
	s.pid, s.report = n, report
	go report(Spawned{n, n, time.Now()})
}

func (s *instantSeat) Signal(syscall.Signal, bool) error {
	go s.report(Ended{PID: s.pid, Exit: lifecycle.Exit{Status: -1, Text: "terminated by SIGTERM"}, At: time.Now()})
	return nil
}

func (s *instantSeat) Send([]byte) error             { return nil }
func (s *instantSeat) Check() error                  { return nil }
func (s *instantSeat) Logs() (stdout, stderr string) { return "/log/stdout", "" }
func (s *instantSeat) ClearLogs() error              { return nil }
func (s *instantSeat) Resume(func(Report))           {}
func (s *instantSeat) ReopenLogs() error             { return nil }
func instant(g *config.Group) Prepared {
	seats := make([]Seat, len(g.Processes))
	for i := range seats {
		seats[i] = &instantSeat{}
	}
	return Prepared{g, seats}
}

// idle returns a group of one process, which does not start by itself.
func idle(name string) *config.Group {
	return &config.Group{Name: name, Processes: []*config.Process{{
		Name: name, Group: name, Autorestart: config.Never, StopSignal: syscall.SIGTERM, StopWait: time.Minute,
	}}}
}

// listeners returns a group of one listener for some events.
func listeners(events ...event.Type) *config.Group {
	g := idle("listeners")
	g.Kind = config.Listeners
	g.Pool = &config.Pool{Events: events, BufferSize: 10}
	return g
}

// The start of many groups costs each of them the same: 3,000 take no more than
// twice as much memory in all as the list of groups that each of them extends.
func TestManyGroupsStart(t *testing.T) {
	const many = 3000
	groups := make([]Prepared, many)
	for i := range groups {
		groups[i] = instant(idle("p" + strconv.Itoa(i)))
	}
	s := New(Options{Config: &config.Config{}, Log: slog.New(slog.DiscardHandler)})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s.core.activateAll(groups)
	runtime.ReadMemStats(&after)
	if n := len(s.Groups()); n != many {
		t.Errorf("%d groups are published", n)
	}
	const lists = many * many / 2 * 8
	if used := after.TotalAlloc - before.TotalAlloc; used > 2*lists {
		t.Errorf("the start of %d groups took %d MB", many, used>>20)
	}
}

// A start and a stop, through handle, inbox, loop, machine and seat.
func BenchmarkStartStop(b *testing.B) {
	g := idle("p")
	s := New(Options{Config: &config.Config{Groups: []*config.Group{g}}, Log: slog.New(slog.DiscardHandler)})
	ended := make(chan Outcome)
	go func() { ended <- s.Run([]Prepared{instant(g)}) }()
	if err := s.SendRemoteEvent("", ""); err != nil { // answered once the groups are there
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Start("p", true); err != nil {
			b.Fatal(err)
		}
		if err := s.Stop("p", true); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Shutdown(); err != nil {
		b.Fatal(err)
	}
	<-ended
}

// An event for which nobody waits, and one that a busy listener waits for.
func BenchmarkEmit(b *testing.B) {
	for _, bb := range []struct {
		name string
		to   event.Type
	}{{"unheard", event.Tick5}, {"buffered", event.ProcessState}} {
		b.Run(bb.name, func(b *testing.B) {
			s := New(Options{Config: &config.Config{}, Log: slog.New(slog.DiscardHandler)})
			s.core.now = time.Now()
			s.core.activate(instant(listeners(bb.to)))
			e := event.Event{Type: event.ProcessStateRunning, Process: "p", Group: "p", From: "STARTING", PID: 7}
			b.ReportAllocs()
			for b.Loop() {
				s.core.emit(e)
			}
		})
	}
}

// An alarm that is moved among a thousand others, and cleared.
func BenchmarkAlarm(b *testing.B) {
	began := time.Now()
	var q alarms
	all := make([]alarm, 1000)
	for i := range all {
		q.set(&all[i], began.Add(time.Duration(i)*time.Second))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a := &all[i%len(all)]
		q.set(a, began.Add(time.Duration(i%777)*time.Second))
		q.set(a, time.Time{})
		q.set(a, began.Add(time.Duration(i%555)*time.Second))
	}
}
