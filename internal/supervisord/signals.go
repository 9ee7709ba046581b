package supervisord

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"supervisor/internal/severity"
	"supervisor/internal/signals"
	"supervisor/internal/supervisor"
)

// caught are the signals that mean something to the daemon, a channel for each
// meaning. Each has room for one, which stands for all like it, so that a crowd
// of one kind never costs another.
type caught struct{ end, restart, reopen, child chan os.Signal }

func newCaught() caught {
	room := func() chan os.Signal { return make(chan os.Signal, 1) }
	return caught{end: room(), restart: room(), reopen: room(), child: room()}
}

// catch catches the signals from now on. They stay caught when a life has ended:
// one that comes in between waits for the next.
func (l *life) catch() {
	signal.Notify(l.signals.end, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	signal.Notify(l.signals.restart, syscall.SIGHUP)
	signal.Notify(l.signals.reopen, syscall.SIGUSR2)
	if l.log.Logger().Enabled(context.Background(), slog.LevelDebug) {
		signal.Notify(l.signals.child, syscall.SIGCHLD)
	}
}

// heed turns the signals that are caught into requests until stop is called
// (cli.md, section 5). Logs may take long to reopen; a request to end does not
// wait behind that.
func (l *life) heed(s *supervisor.Supervisor) (stop func()) {
	quit := make(chan struct{})
	var heeding sync.WaitGroup
	heeding.Go(func() {
		for {
			select {
			case sig := <-l.signals.end:
				l.received(s, sig.(syscall.Signal))
			case sig := <-l.signals.restart:
				l.received(s, sig.(syscall.Signal))
			case <-quit:
				return
			}
		}
	})
	heeding.Go(func() {
		for {
			select {
			case sig := <-l.signals.reopen:
				l.received(s, sig.(syscall.Signal))
			case sig := <-l.signals.child:
				l.received(s, sig.(syscall.Signal))
			case <-quit:
				return
			}
		}
	})
	return func() {
		close(quit)
		heeding.Wait()
	}
}

// received does what one signal asks for. A request that comes too late is
// none: the supervisor is doing it already.
func (l *life) received(s *supervisor.Supervisor, sig syscall.Signal) {
	log := l.log.Logger()
	switch sig {
	case syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT:
		log.Warn("received " + signals.Name(sig) + " indicating exit request")
		_ = s.Shutdown()
	case syscall.SIGHUP:
		if s.State() == supervisor.Shutdown {
			log.Warn("ignored SIGHUP indicating restart request (shutdown in progress)")
			return
		}
		log.Warn("received SIGHUP indicating restart request")
		if err := s.Restart(); errors.Is(err, supervisor.ErrCannotReread) {
			log.Log(context.Background(), severity.Critical, "there is no restart, and everything goes on: "+err.Error())
		}
	case syscall.SIGUSR2:
		log.Info("received SIGUSR2 indicating log reopen request")
		log.Info("supervisord logreopen")
		l.reopenLogs(s)
	case syscall.SIGCHLD:
		log.Debug("received SIGCHLD indicating a child quit")
	}
}

// reopenLogs opens all logs anew, because something else has renamed them.
func (l *life) reopenLogs(s *supervisor.Supervisor) {
	if err := l.log.Reopen(); err != nil {
		l.log.Logger().Error("cannot reopen the activity log", "error", err)
	}
	if err := s.ReopenLogs(); err != nil {
		l.log.Logger().Error(err.Error())
	}
}

// outlivePipes keeps a reader of our stdout that goes away from ending the
// daemon. The signal is caught, not ignored: children must not inherit that.
func outlivePipes() (stop func()) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGPIPE)
	return func() { signal.Stop(caught) }
}
