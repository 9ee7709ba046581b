// Package activity is the daemon's own log.
package activity

import (
	"io"
	"log/slog"

	"supervisor/internal/logfile"
)

// Options say where the log goes. Every sink may be left out.
type Options struct {
	Path   string          // of the log file; "" for none
	File   logfile.Options // limits of the log file
	Syslog *logfile.Syslog // closed by Close
	Stdout io.Writer
	Level  slog.Level // lines below it are not logged
}

// Log is the daemon's own log.
type Log struct{}

func New(opt Options) (*Log, error)      { panic("not built yet") }
func (l *Log) Logger() *slog.Logger      { panic("not built yet") }
func (l *Log) SetLevel(level slog.Level) { panic("not built yet") }
func (l *Log) Path() string              { panic("not built yet") }
func (l *Log) Sync() error               { panic("not built yet") }
func (l *Log) Reopen() error             { panic("not built yet") }
func (l *Log) Clear() error              { panic("not built yet") }
func (l *Log) Close() error              { panic("not built yet") }
