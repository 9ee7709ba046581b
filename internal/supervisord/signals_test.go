package supervisord

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/activity"
	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// stuckSeat is the seat of a program whose logs are on a disk that hangs.
type stuckSeat struct {
	supervisor.Seat
	report    func(supervisor.Report)
	reopening chan struct{} // has a value once its logs are being reopened
	disk      chan struct{} // closed when the disk works again
}

const seatPID = 4711 // never signalled: Signal pretends

func (s *stuckSeat) Launch(n int, report func(supervisor.Report)) {
	s.report = report
	go report(supervisor.Spawned{Incarnation: n, PID: seatPID, At: time.Now()})
}

func (s *stuckSeat) Signal(syscall.Signal, bool) error {
	go s.report(supervisor.Ended{PID: seatPID, Exit: lifecycle.Exit{Text: "exit status 0"}, At: time.Now()})
	return nil
}

func (s *stuckSeat) Logs() (stdout, stderr string) { return "", "" }

func (s *stuckSeat) ReopenLogs() error {
	select {
	case s.reopening <- struct{}{}:
	default:
	}
	<-s.disk
	return nil
}

// A daemon whose logs take long to reopen, and that is asked again and again to
// do it, ends when it is told to.
func TestEndIsNotLostInACrowd(t *testing.T) {
	log, err := activity.New(activity.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	process := &config.Process{Name: "p", Group: "p", Autostart: true}
	group := &config.Group{Name: "p", Processes: []*config.Process{process}}
	s := supervisor.New(supervisor.Options{Config: &config.Config{Groups: []*config.Group{group}}, Log: log.Logger()})
	l := &life{program: &program{signals: newCaught()}, log: log}
	seat := &stuckSeat{reopening: make(chan struct{}, 1), disk: make(chan struct{})}
	changes, unwatch := s.Changes()
	defer unwatch()
	l.catch()
	stop := l.heed(s, func() {}).stop
	ended := make(chan struct{})
	go func() {
		s.Run([]supervisor.Prepared{{Group: group, Seats: []supervisor.Seat{seat}}})
		close(ended)
	}()
	for range changes {
		if info, err := s.Process("p"); err == nil && info.Vars.PID != 0 {
			break
		}
	}
	send := func(sig syscall.Signal) {
		if err := syscall.Kill(syscall.Getpid(), sig); err != nil {
			t.Fatal(err)
		}
	}
	send(syscall.SIGUSR2)
	<-seat.reopening
	seen := make(chan os.Signal, 1)
	signal.Notify(seen, syscall.SIGUSR2)
	defer signal.Stop(seen)
	for range 100 {
		send(syscall.SIGUSR2)
		<-seen // or the kernel would make one of many
	}
	send(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Error("the daemon does not end")
	}
	close(seat.disk)
	stop()
}
