package rpc

import (
	"errors"
	"io/fs"
	"math"

	"supervisor/internal/logfile"
	"supervisor/internal/wire"
)

func (s *Server) readMainLog(a *args) (any, error) {
	offset, length := a.number(0), a.number(1)
	if a.fault != nil {
		return nil, a.fault
	}
	if err := s.mainLog.Sync(); err != nil {
		return nil, wire.Fault(wire.Failed, err.Error())
	}
	return read(a.turn, s.mainLog.Path(), offset, length)
}

func (s *Server) clearMainLog(*args) (any, error) {
	switch err := s.mainLog.Clear(); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, wire.Fault(wire.NoFile, "")
	default:
		return nil, wire.Fault(wire.Failed, err.Error())
	}
}

func (s *Server) readStdout(a *args) (any, error) { return s.readStream(a, stdout) }
func (s *Server) readStderr(a *args) (any, error) { return s.readStream(a, stderr) }
func (s *Server) tailStdout(a *args) (any, error) { return s.tailStream(a, stdout) }
func (s *Server) tailStderr(a *args) (any, error) { return s.tailStream(a, stderr) }

// stream is one of the two outputs of a process.
type stream int

const (
	stdout stream = iota
	stderr
)

// logPath returns the log of a process' stream; empty: none.
func (s *Server) logPath(name string, of stream) (string, error) {
	info, err := s.supervisor.Process(name)
	if err != nil {
		return "", err
	}
	if of == stderr {
		return info.Stderr, nil
	}
	return info.Stdout, nil
}

func (s *Server) readStream(a *args, of stream) (any, error) {
	name, offset, length := a.text(0), a.number(1), a.number(2)
	if a.fault != nil {
		return nil, a.fault
	}
	path, err := s.logPath(name, of)
	if err != nil {
		return nil, err
	}
	return read(a.turn, path, offset, length)
}

// read reads a log (logging.md, section 7).
func read(t *turn, path string, offset, length int64) (any, error) {
	if path == "" {
		return nil, wire.Fault(wire.NoFile, "")
	}
	if err := t.take(path, most(offset, length)); err != nil {
		return nil, err
	}
	data, err := logfile.Read(path, offset, length)
	switch {
	case err == nil:
		return string(data), nil
	case errors.Is(err, logfile.ErrBadArguments):
		return nil, wire.Fault(wire.BadArguments, "")
	case errors.Is(err, fs.ErrNotExist):
		return nil, wire.Fault(wire.NoFile, path)
	}
	return nil, wire.Fault(wire.Failed, "")
}

// most returns how much a read may return, for what logfile.Read would take.
func most(offset, length int64) int64 {
	switch {
	case length > 0:
		return length
	case offset < 0 && offset != math.MinInt64:
		return -offset
	}
	return math.MaxInt64
}

func (s *Server) tailStream(a *args, of stream) (any, error) {
	name, offset, length := a.text(0), a.number(1), a.number(2)
	if a.fault != nil {
		return nil, a.fault
	}
	path, err := s.logPath(name, of)
	if err != nil {
		return nil, err
	}
	if path == "" {
		return []any{"", 0, false}, nil
	}
	if err := a.turn.take(path, length); err != nil {
		return nil, err
	}
	data, size, overflow, err := logfile.Tail(path, offset, length)
	if err != nil {
		return []any{"", offset, false}, nil
	}
	return []any{string(data), size, overflow}, nil
}

func (s *Server) clearProcessLogs(a *args) (any, error) {
	name := a.text(0)
	if a.fault != nil {
		return nil, a.fault
	}
	return true, s.supervisor.ClearLogs(name)
}

func (s *Server) clearAllProcessLogs(*args) (any, error) {
	return results(s.supervisor.ClearAllLogs(), nil)
}
