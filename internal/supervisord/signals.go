package supervisord

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"supervisor/internal/signals"
	"supervisor/internal/supervisor"
)

// heed turns signals into requests until stop is called (cli.md, section 5).
// The signals stay caught when it has been: one that comes while a life ends
// waits for the next.
func (l *life) heed(s *supervisor.Supervisor) (stop func()) {
	signal.Notify(l.signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR2)
	if l.log.Logger().Enabled(context.Background(), slog.LevelDebug) {
		signal.Notify(l.signals, syscall.SIGCHLD)
	}
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case sig := <-l.signals:
				l.received(s, sig.(syscall.Signal))
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-ended
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
		_ = s.Restart()
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
