package supervisorctl

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"supervisor/internal/terminal"
	"supervisor/internal/top"
	"supervisor/internal/wire"
)

const (
	// topPeriod is how often what the processes use is looked at.
	topPeriod = 2 * time.Second
	// topPause is the least time between two pictures: nobody reads faster.
	topPause = 250 * time.Millisecond
)

// liveView is a run of the command top. Its loop owns the view; everything else
// sends it what to do with it.
type liveView struct {
	s       *session
	ctx     context.Context
	screen  *screen
	view    top.View
	events  chan func(top.View) top.View
	endLog  context.CancelFunc
	running sync.WaitGroup
}

// topCommand shows all processes live until the user has seen enough.
func topCommand(s *session, ctx context.Context, arg string) error {
	if arg != "" {
		return &misuse{"Error: top accepts no arguments", exitUsage}
	}
	if s.console == nil {
		return &failure{"Error: top needs a terminal", exitError}
	}
	if variable(s.env, "TERM") == "dumb" {
		return &failure{"Error: top needs a terminal that can do more than this one (TERM=dumb)", exitError}
	}
	screen, err := openScreen(s.console.fd, s.console.out, s.color)
	if err != nil {
		return err
	}
	defer screen.close()
	ctx, stop := context.WithCancel(ctx)
	l := &liveView{s: s, ctx: ctx, screen: screen, events: make(chan func(top.View) top.View), endLog: func() {}}
	defer l.running.Wait()
	defer stop()
	l.view = top.New(s.clean(s.settings.ServerURL), screen.width, screen.height)
	return l.run()
}

// run is the loop: whatever happens, the view follows, and what differs is drawn.
func (l *liveView) run() error {
	signals, stop := l.s.signals(syscall.SIGWINCH, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGCONT)
	defer stop()
	keys := make(chan []top.Key)
	l.running.Go(func() { l.readKeys(keys) })
	l.running.Go(l.watch)
	for {
		if err := l.screen.draw(l.view.Frame()); err != nil {
			return nil // the terminal has gone, and with it whoever could be told
		}
		select {
		case pressed, ok := <-keys:
			if !ok {
				return nil
			}
			for _, k := range pressed {
				var a top.Action
				l.view, a = l.view.Pressed(k)
				if a.Verb == top.Quit {
					return nil
				}
				l.act(a)
			}
		case change := <-l.events:
			l.view = change(l.view)
		case sig := <-signals:
			switch sig {
			case syscall.SIGCONT:
				l.screen.reopen()
				fallthrough
			case syscall.SIGWINCH:
				l.screen.resize()
				l.view = l.view.Resized(l.screen.width, l.screen.height)
			case syscall.SIGINT:
				return nil
			default:
				return &failure{"Terminated by " + sig.String(), exitError}
			}
		case <-l.ctx.Done():
			return nil
		}
	}
}

// tell has the loop change the view, unless it has ended.
func (l *liveView) tell(ctx context.Context, change func(top.View) top.View) {
	select {
	case l.events <- change:
	case <-ctx.Done():
	}
}

// readKeys passes on what is typed, until the loop or the input ends.
func (l *liveView) readKeys(keys chan<- []top.Key) {
	defer close(keys)
	for {
		typed, err := l.s.in.take(l.ctx)
		if err != nil {
			return
		}
		select {
		case keys <- top.Keys(typed):
		case <-l.ctx.Done():
			return
		}
	}
}

// watch tells what becomes of the processes.
func (l *liveView) watch() {
	changes := changes{s: l.s}
	for l.ctx.Err() == nil {
		infos, err := changes.next(l.ctx, topPeriod)
		var stats wire.ProcessStats
		if err == nil {
			stats, err = l.stats()
		}
		if err != nil {
			l.tell(l.ctx, func(v top.View) top.View { return v.Troubled(trouble(err)) })
			changes.token = ""
			pause(l.ctx, logsPause, nil)
			continue
		}
		processes := rows(infos, stats)
		l.tell(l.ctx, func(v top.View) top.View { return v.Updated(processes) })
		pause(l.ctx, topPause, nil)
	}
}

// trouble says in a few words why nothing is known.
func trouble(err error) string {
	switch {
	case faultCode(err) == wire.ShutdownState:
		return "supervisord is shutting down"
	case isUnauthorized(err):
		return "supervisord wants another password"
	}
	return "supervisord does not answer"
}

// stats asks what the processes use. A server that does not know has nothing to
// tell.
func (l *liveView) stats() (wire.ProcessStats, error) {
	answer, err := l.s.call(l.ctx, wire.GetProcessStats)
	if faultCode(err) == wire.UnknownMethod {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return wire.ParseProcessStats(answer)
}

// rows puts together what is known about each process.
func rows(infos []wire.ProcessInfo, stats wire.ProcessStats) []top.Process {
	type key struct{ group, name string }
	used := make(map[key]wire.ProcessStat, len(stats))
	for _, s := range stats {
		used[key{s.Group, s.Name}] = s
	}
	processes := make([]top.Process, len(infos))
	for i, p := range infos {
		row := top.Process{
			Name: displayName(p.Group, p.Name), State: p.State.String(), Description: p.Description, PID: p.PID,
			Uptime: top.Unknown, CPU: top.Unknown, Memory: top.Unknown, Restarts: top.Unknown, Failed: p.EndedBadly(),
		}
		if p.EndedBadly() { // the description says only when
			row.Description = p.SpawnErr + ", " + p.Description
		}
		if p.PID != 0 && p.Start != 0 {
			row.Uptime = time.Duration(max(0, p.Now-p.Start)) * time.Second
		}
		if s, known := used[key{p.Group, p.Name}]; known {
			row.Restarts = s.Restarts
			if s.Measured {
				row.Memory = s.Memory
			}
			if s.CPUKnown {
				row.CPU = s.CPU
			}
		}
		processes[i] = row
	}
	return processes
}

// act does what the user wants. It does not wait for what comes of it.
func (l *liveView) act(a top.Action) {
	switch a.Verb {
	case top.Start:
		l.do(starting, a.Name)
	case top.Stop:
		l.do(stopping, a.Name)
	case top.Signal:
		l.do(signalling, a.Name, a.Signal)
	case top.Restart:
		l.running.Go(func() {
			l.try(stopping, a.Name)
			l.try(starting, a.Name)
		})
	case top.ShowLog:
		l.endLog()
		ctx, stop := context.WithCancel(l.ctx)
		l.endLog = stop
		for _, channel := range []string{"stdout", "stderr"} {
			l.running.Go(func() { l.readLog(ctx, a.Name, channel) })
		}
	case top.HideLog:
		l.endLog()
	case top.Repaint:
		l.screen.forget()
	case top.Suspend:
		l.screen.close()
		l.s.raise(syscall.SIGTSTP)
		l.screen.reopen()
		l.view = l.view.Resized(l.screen.width, l.screen.height)
	}
}

func (l *liveView) do(a action, name string, params ...any) {
	l.running.Go(func() { l.try(a, name, params...) })
}

// try does something to a process and tells what has come of it.
func (l *liveView) try(a action, name string, params ...any) {
	r, err := l.s.actOn(l.ctx, a, parseName(name), params...)
	text := name + ": " + a.done
	switch why, known := a.errors[r.Status]; {
	case err != nil:
		text = name + ": " + trouble(err)
	case r.Status == wire.Success:
	case known:
		text = name + ": " + why
	default:
		text = r.Description
	}
	l.tell(l.ctx, func(v top.View) top.View { return v.Told(text) })
}

// readLog shows the end of a log and what is written to it.
func (l *liveView) readLog(ctx context.Context, name, channel string) {
	server, err := l.s.dial(l.s.settings)
	if err == nil {
		path := (&url.URL{Path: "/logtail/" + name + "/" + channel}).EscapedPath()
		err = server.Stream(ctx, path, &paneWriter{func(line string) {
			l.tell(ctx, func(v top.View) top.View { return v.Logged(name, line) })
		}, nil})
	}
	if err != nil && channel == "stdout" {
		l.tell(ctx, func(v top.View) top.View { return v.Logged(name, "(there is no log to follow)") })
	}
}

// paneWriter cuts a log into lines.
type paneWriter struct {
	line func(string)
	rest []byte
}

// Write implements io.Writer.
func (p *paneWriter) Write(piece []byte) (int, error) {
	p.rest = append(p.rest, piece...)
	for {
		line, rest, found := bytes.Cut(p.rest, []byte("\n"))
		if !found {
			p.rest = p.rest[max(0, len(p.rest)-longestLine):]
			return len(piece), nil
		}
		p.line(terminal.Visible(strings.ReplaceAll(string(bytes.TrimSuffix(line, []byte("\r"))), "\t", "    ")))
		p.rest = rest
	}
}
