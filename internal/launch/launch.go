// Package launch brings processes into the world: it turns the configuration
// of a process into a child with its pipes, log files and environment, and
// tells the supervisor what becomes of it.
//
// It owns everything that may block: looking for the program, opening logs,
// fork and exec, writing output to disk. Starts happen one after the other, in
// the order in which they were asked for, on a goroutine of their own; the
// output of each stream is carried by another. A slow disk slows the child
// that writes to it, and nobody else: a start that hangs loses its turn, and
// fails after a while.
//
// What a child wrote before it died is in its log, and has been reported,
// before its end is, unless the log cannot be written: then it is kept, within
// bounds, until there is room, or the reader reads, or the disk answers.
package launch

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"supervisor/internal/config"
	"supervisor/internal/journal"
	"supervisor/internal/keeper"
	"supervisor/internal/logfile"
	"supervisor/internal/procs"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// Options is what a Launcher works with.
type Options struct {
	Spawner   *spawn.Spawner
	Log       *slog.Logger
	Syslog    *logfile.Syslog // for streams that ask for it
	Env       []string        // the daemon's own environment
	ServerURL string          // how children reach the daemon; empty: not at all
	Daemon    config.Daemon
	Journal   *journal.Journal // nil: children are not taken back by another daemon
	Foster    bool             // the children of an image are those of a process that has ended
	Starting  func(bool)       // is told before children are made, and when none is being made; nil: nobody is
	Keeper    *keeper.Keeper   // nil: what they write last while there is none is lost
}

// Launcher implements supervisor.Launcher.
type Launcher struct {
	Options
	queue   queue
	places  chan struct{} // who makes a child ready
	lastID  atomic.Int64  // of the pipes of a child that have names
	keeping keeping       // what the keeper has
	kept    atomic.Int64  // bytes of output for which logs have no room
	ending  tally         // dead children whose end is not reported yet
	frozen  []*seat       // those that Image has frozen
	looks   looks         // at what dead children have left behind
}

// New returns a Launcher. Close it when the supervisor has ended.
func New(o Options) *Launcher {
	l := newLauncher(o)
	l.queue.start(turnPatience)
	return l
}

func newLauncher(o Options) *Launcher {
	l := &Launcher{Options: o, places: make(chan struct{}, mostAtOnce)}
	l.Env = override(nil, o.Env)
	l.queue.busy = o.Starting
	l.looks.walk = procs.Left
	l.looks.oomKills, _ = procs.OOMKills()
	if l.Keeper != nil {
		l.Keeper.Supply(l.supply)
	}
	return l
}

// Close ends the goroutine that starts children; it waits for a start that is
// under way, and for looks at what dead children have left behind.
func (l *Launcher) Close() {
	l.queue.stop()
	forever := context.Background()
	_ = l.ending.wait(forever) // it may end in a look
	_ = l.looks.under.wait(forever)
}

// Environment returns the environment that the children of a process get.
func (l *Launcher) Environment(p *config.Process) []string { return l.environment(p) }

// Prepare creates the automatic log files of a group and tries its FastCGI
// sockets, so that what cannot work is known before anything is started.
func (l *Launcher) Prepare(g *config.Group) ([]supervisor.Seat, error) {
	sockets := make(map[*config.Socket]*socket)
	for _, p := range g.Processes {
		if p.Socket == nil || sockets[p.Socket] != nil {
			continue
		}
		s := &socket{config: *p.Socket, log: l.Log}
		if err := s.try(); err != nil {
			return nil, err
		}
		sockets[p.Socket] = s
	}
	seats := make([]supervisor.Seat, len(g.Processes))
	for i, p := range g.Processes {
		seat, err := l.newSeat(g.Kind, p, sockets[p.Socket])
		if err != nil {
			return nil, err
		}
		seats[i] = seat
	}
	return seats, nil
}

// newSeat returns the seat of a process whose log files have their final names.
func (l *Launcher) newSeat(kind config.Kind, p *config.Process, s *socket) (*seat, error) {
	stdout, err := l.logPath(p, "stdout", p.Stdout.Log)
	if err != nil {
		return nil, err
	}
	var stderr string
	if !p.RedirectStderr {
		if stderr, err = l.logPath(p, "stderr", p.Stderr.Log); err != nil {
			return nil, err
		}
	}
	seat := l.seatOf(kind, p, s)
	seat.stdout, seat.stderr = stdout, stderr
	l.store(seat.key(seatKey), seatRecord{stdout, stderr})
	return seat, nil
}

// seatOf returns the seat of a process without its logs.
func (l *Launcher) seatOf(kind config.Kind, p *config.Process, s *socket) *seat {
	return &seat{
		launcher: l,
		config:   p,
		listener: kind == config.Listeners,
		socket:   s,
		places:   make(chan struct{}, 1),
	}
}

// logPath returns the path of a stream's log, which for an automatic one is
// created now and kept for all incarnations.
func (l *Launcher) logPath(p *config.Process, stream string, log config.Log) (string, error) {
	if !log.Auto {
		return log.Path, nil
	}
	path, err := logfile.CreateAuto(l.Daemon.ChildLogDir, p.Name, stream, l.Daemon.Identifier)
	if err != nil {
		return "", fmt.Errorf("cannot create the %s log of %s: %w", stream, p.Name, err)
	}
	return path, nil
}
