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
type caught struct{ end, restart, reopen, upgrade, child chan os.Signal }

func newCaught() caught {
	room := func() chan os.Signal { return make(chan os.Signal, 1) }
	return caught{end: room(), restart: room(), reopen: room(), upgrade: room(), child: room()}
}

// catch catches the signals from now on. They stay caught when a life has ended:
// one that comes in between waits for the next.
func (l *life) catch() {
	l.signals.catch()
	if l.log.Logger().Enabled(context.Background(), slog.LevelDebug) {
		signal.Notify(l.signals.child, syscall.SIGCHLD)
	}
}

// catch catches those that ask for something.
func (c caught) catch() {
	signal.Notify(c.end, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	signal.Notify(c.restart, syscall.SIGHUP)
	signal.Notify(c.reopen, syscall.SIGUSR2)
	signal.Notify(c.upgrade, syscall.SIGUSR1)
}

// take returns the signals that have been caught and not heeded, and forgets them.
func (c caught) take() (signals []syscall.Signal) {
	for _, from := range c.all() {
		select {
		case sig := <-from:
			signals = append(signals, sig.(syscall.Signal))
		default:
		}
	}
	return signals
}

// giveBack undoes take.
func (c caught) giveBack(signals []syscall.Signal) {
	for _, sig := range signals {
		to := c.end
		switch sig {
		case syscall.SIGHUP:
			to = c.restart
		case syscall.SIGUSR2:
			to = c.reopen
		case syscall.SIGUSR1:
			to = c.upgrade
		}
		select {
		case to <- sig:
		default: // another one like it has come, which stands for both
		}
	}
}

func (c caught) all() []chan os.Signal {
	return []chan os.Signal{c.end, c.restart, c.reopen, c.upgrade}
}

// listening is who turns signals into requests.
type listening struct {
	quit    chan struct{}
	pause   chan chan struct{} // what is sent there is closed by whoever wants it to go on
	heeding sync.WaitGroup
}

// listeners is how many goroutines listen.
const listeners = 2

// heed turns the signals that are caught into requests until it is stopped (cli.md,
// section 5). Logs may take long to reopen; a request to end does not wait behind
// that, nor behind an upgrade.
func (l *life) heed(s *supervisor.Supervisor, upgrade func()) *listening {
	h := &listening{quit: make(chan struct{}), pause: make(chan chan struct{})}
	h.heeding.Go(func() {
		for {
			select {
			case sig := <-l.signals.end:
				l.received(s, sig.(syscall.Signal))
			case sig := <-l.signals.restart:
				l.received(s, sig.(syscall.Signal))
			case <-l.signals.upgrade:
				l.log.Logger().Info("received SIGUSR1 indicating upgrade request")
				upgrade()
			case goOn := <-h.pause:
				<-goOn
			case <-h.quit:
				return
			}
		}
	})
	h.heeding.Go(func() {
		for {
			select {
			case sig := <-l.signals.reopen:
				l.received(s, sig.(syscall.Signal))
			case sig := <-l.signals.child:
				l.received(s, sig.(syscall.Signal))
			case goOn := <-h.pause:
				<-goOn
			case <-h.quit:
				return
			}
		}
	})
	return h
}

// hold keeps signals from being heeded until release is called; those that have
// been are dealt with first.
func (h *listening) hold(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, freezePatience)
	defer cancel()
	goOn := make(chan struct{})
	for range listeners {
		select {
		case h.pause <- goOn:
		case <-h.quit:
			close(goOn)
			return nil, errors.New("supervisord is going down")
		case <-ctx.Done():
			close(goOn)
			return nil, errors.New("a signal is still being dealt with")
		}
	}
	return func() { close(goOn) }, nil
}

func (h *listening) stop() {
	close(h.quit)
	h.heeding.Wait()
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

// outlivePipes keeps a reader of our stdout that goes away from ending the daemon, in
// whatever moment: between two lives, or before the next program goes on, the log is
// written, too. The signal is caught, not ignored: children must not inherit that.
func outlivePipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
