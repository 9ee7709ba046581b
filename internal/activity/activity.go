// Package activity is the daemon's own log, which Supervisor calls the activity
// log (logging.md, section 1).
//
// It is written through a slog.Logger and rendered in the reference's format.
// Logging never waits: a line is put into a queue for each sink, and a goroutine
// for each sink writes it. So a disk or a terminal that hangs holds up neither
// the caller nor the other sinks.
//
// It promises:
//   - Every sink gets the lines in the same order, each line once and whole.
//   - Nothing is lost as long as a sink is behind by less than 16 MiB. Beyond
//     that lines are counted and dropped, and a line says how many when the sink
//     has caught up.
//   - What could not be written, because the disk is full, is tried again with
//     the next line, from the byte on where it failed.
//   - Reopen, Clear and Sync take effect in the order in which they are called
//     among the lines: what was logged before a Reopen is in the old file.
//   - Close writes what is queued and ends all goroutines, unless a sink hangs:
//     that is waited for for a few seconds, and then left to itself. A daemon that
//     is killed loses what was queued.
package activity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"supervisor/internal/logfile"
)

// Options say where the log goes. Every sink may be left out.
type Options struct {
	Path   string          // of the log file; empty for none
	Resume *logfile.Image  // the log file as another process has handed it over; nil: it is opened
	File   logfile.Options // the limits of the log file
	Syslog *logfile.Syslog // each line as a message of its own; the Log closes it
	Stdout io.Writer       // where the foreground daemon shows its log; the Log does not close it
	Level  slog.Level      // lines below it are not logged
}

// Log is the daemon's own log. It is safe for concurrent use.
type Log struct {
	level  slog.Level
	file   *logfile.File   // nil if there is none
	syslog *logfile.Syslog // nil if there is none
	sinks  []*sink         // that of file is the first

	mu     sync.Mutex // guards what follows and what every sink shares
	closed bool
	stamp  stamp
	line   []byte // reused
}

// New opens the log and starts its goroutines. Close ends them.
func New(opt Options) (*Log, error) {
	l := &Log{level: opt.Level, syslog: opt.Syslog}
	if opt.Path != "" {
		file, err := opt.open()
		if err != nil {
			return nil, err
		}
		l.file = file
		l.sinks = append(l.sinks, newSink(l, file.WriteLines))
	}
	if opt.Syslog != nil {
		s := newSink(l, func(p []byte) (int, error) {
			opt.Syslog.Send("", p)
			return len(p), nil
		})
		s.lineByLine = true
		l.sinks = append(l.sinks, s)
	}
	if opt.Stdout != nil {
		l.sinks = append(l.sinks, newSink(l, func(p []byte) (int, error) {
			n, err := opt.Stdout.Write(p)
			if errors.Is(err, syscall.EPIPE) { // nobody reads it, and nobody ever will
				return len(p), nil
			}
			return n, err
		}))
	}
	for _, s := range l.sinks {
		go s.run()
	}
	return l, nil
}

func (opt Options) open() (*logfile.File, error) {
	if opt.Resume != nil {
		return logfile.Resume(*opt.Resume, opt.File)
	}
	return logfile.Open(opt.Path, opt.File)
}

// Image returns what another process needs to go on with the log file; nil: there
// is none. What was logged has been written (Sync), and nothing more is logged.
func (l *Log) Image() (*logfile.Image, error) {
	if l.file == nil {
		return nil, nil
	}
	image, err := l.file.Image()
	return &image, err
}

// Logger returns the logger that writes to the log.
func (l *Log) Logger() *slog.Logger { return slog.New(&handler{log: l}) }

// Path returns the path of the log file; it is empty if there is none.
func (l *Log) Path() string {
	if l.file == nil {
		return ""
	}
	return l.file.Path()
}

// Sync waits until everything that was logged before has been written. The
// error says why some of it could not be; that remains queued. It blocks on the
// disk.
func (l *Log) Sync() error {
	return l.carryOut(l.sinks, func(s *sink) error {
		s.emit(nil)
		return s.failure
	})
}

// Reopen opens the path of the log file anew, for whoever has renamed the file
// (SIGUSR2). What was logged before goes to the old file. Reopen waits until it
// is done, and so blocks on the disk.
func (l *Log) Reopen() error {
	if l.file == nil {
		return nil
	}
	return l.carryOut(l.sinks[:1], func(*sink) error { return l.file.Reopen() })
}

// Clear deletes the log file and goes on in a new, empty one; it fails with
// fs.ErrNotExist if there is none. Before that it says `reopening log file`, as
// the reference does, once for every sink: those who follow the old file and
// the other sinks see it (logging.md, section 6). Clear waits until it is done,
// and so blocks on the disk.
func (l *Log) Clear() error {
	if l.file == nil {
		return fmt.Errorf("cannot clear log: %w", fs.ErrNotExist)
	}
	if _, err := os.Stat(l.file.Path()); err != nil {
		return fmt.Errorf("cannot clear log: %w", err)
	}
	for range l.sinks {
		l.Logger().Info("reopening log file")
	}
	return l.carryOut(l.sinks[:1], func(*sink) error { return l.file.Clear() })
}

// closePatience is how long Close waits for sinks that hang: a daemon whose
// terminal or disk stands still must be able to end.
const closePatience = 5 * time.Second

// errHangs says that a sink was left to itself.
var errHangs = errors.New("the log cannot be written to its end: what it is written to hangs")

// Close writes what is queued, ends the goroutines and closes the sinks. What
// is logged later is dropped. The error says what could not be written or closed.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return os.ErrClosed
	}
	l.closed = true
	for _, s := range l.sinks {
		s.wake.Signal()
	}
	l.mu.Unlock()

	patience, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	var errs []error
	for _, s := range l.sinks {
		errs = append(errs, s.end(patience))
	}
	if l.file != nil && !errors.Is(errs[0], errHangs) { // or its lock is held
		errs = append(errs, l.file.Close())
	}
	if l.syslog != nil {
		errs = append(errs, l.syslog.Close())
	}
	return errors.Join(errs...)
}

// carryOut has every sink do something between the lines that are queued now
// and those that come later, and waits for all.
func (l *Log) carryOut(sinks []*sink, do func(*sink) error) error {
	replies := make(chan error, len(sinks))
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return os.ErrClosed
	}
	for _, s := range sinks {
		s.putOrder(do, replies)
	}
	l.mu.Unlock()

	var errs []error
	for range sinks {
		errs = append(errs, <-replies)
	}
	return errors.Join(errs...)
}
