package launch

import (
	"context"
	"log/slog"
	"sync/atomic"

	"supervisor/internal/capture"
	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/logfile"
	"supervisor/internal/pyrepr"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// stream carries one output of one child to where the configuration wants it.
// Its chunks come from one goroutine; only the log is used by others.
type stream struct {
	launcher *Launcher
	process  *config.Process
	config   config.Stream
	channel  string // "stdout" or "stderr"
	listener bool   // the stdout of an event listener, which speaks the protocol
	pid      int
	report   func(supervisor.Report)

	pipe    *spawn.Pipe     // nil: the child had closed it before it was handed over
	pump    *spawn.Pump     // nil: the pipe is not read yet
	file    *logfile.File   // nil: none
	log     *backlog        // the way to it; nil: none
	filter  *capture.Filter // nil: no capture mode
	scratch []byte          // for StripANSI
	buffer  []byte          // for what is read where bytes are moved; nil: not needed yet
	skip    int64           // bytes that are in the log already, from an earlier daemon
	spooled *spooled        // nil: bytes are moved or read, not spooled
	settled int64           // where in the spool to go on
	late    atomic.Bool     // the end of the child has been reported without the last output
}

// openStream opens the log of a stream.
func (s *seat) openStream(channel, path string, cfg config.Stream, report func(supervisor.Report)) (*stream, error) {
	st := s.newStream(channel, cfg)
	st.reportTo(report)
	if path != "" {
		file, err := logfile.Open(path, s.limits(cfg))
		if err != nil {
			return nil, err
		}
		s.logTo(st, file)
	}
	return st, nil
}

// reportTo tells the stream to whom it reports.
func (st *stream) reportTo(report func(supervisor.Report)) {
	st.report = func(r supervisor.Report) {
		if !st.late.Load() { // after the end there is nobody whose output it could be
			report(r)
		}
	}
}

// logTo gives the stream its log.
func (s *seat) logTo(st *stream, file *logfile.File) {
	st.file, st.log = file, s.backlog(st.channel)
	st.log.attach(file, "the "+st.channel+" log of "+s.config.Name, s.launcher)
}

// newStream returns a stream without its log.
func (s *seat) newStream(channel string, cfg config.Stream) *stream {
	st := &stream{
		launcher: s.launcher,
		process:  s.config,
		config:   cfg,
		channel:  channel,
		listener: s.listener && channel == "stdout",
	}
	if cfg.CaptureMax > 0 && !st.listener {
		st.filter = capture.NewFilter(int64(cfg.CaptureMax))
	}
	return st
}

func (s *seat) limits(cfg config.Stream) logfile.Options {
	return logfile.Options{MaxBytes: int64(cfg.MaxBytes), Backups: cfg.Backups, Shared: s.launcher.Journal != nil}
}

// pace says how fast output must be seen: a listener is answered word by word,
// and an event costs a conversation with each listener that wants it.
func (st *stream) pace() spawn.Pace {
	switch {
	case st.listener:
		return spawn.Eager
	case st.config.Events:
		return spawn.Gathering
	}
	return spawn.Thrifty
}

// handle takes the next chunk of output (logging.md, section 2).
func (st *stream) handle(chunk []byte) {
	switch {
	case st.listener:
		st.logSpoken(chunk)
		st.spoken(chunk)
	case st.filter != nil:
		st.filter.Write(chunk, st)
	default:
		st.Log(chunk)
	}
}

// logSpoken logs what a listener has said.
func (st *stream) logSpoken(chunk []byte) {
	st.write(st.strip(chunk))
	if st.debugs() {
		st.debug(pyrepr.Bytes(chunk))
	}
}

// spoken passes on what a listener has said.
func (st *stream) spoken(chunk []byte) { st.report(supervisor.Spoke{Data: chunk}) }

// Log takes ordinary output. It implements capture.Sink.
func (st *stream) Log(data []byte) {
	data = st.strip(data)
	st.write(data)
	if st.config.Syslog {
		st.launcher.Syslog.Send(st.process.Name+" ", data)
	}
	if st.debugs() {
		st.debug(string(event.Text(data)))
	}
	if st.config.Events {
		st.report(supervisor.Output{Channel: st.channel, PID: st.pid, Data: data})
	}
}

// Comm takes what was captured between tokens. It implements capture.Sink.
func (st *stream) Comm(data []byte) {
	data = st.strip(data)
	if st.debugs() {
		st.debug(string(event.Text(data)))
		st.launcher.Log.Debug("'" + st.process.Name + "' " + st.channel + " emitted a comm event")
	}
	st.report(supervisor.Captured{Channel: st.channel, PID: st.pid, Data: data})
}

// strip removes control sequences if the daemon is configured to.
func (st *stream) strip(data []byte) []byte {
	if !st.launcher.Daemon.StripANSI {
		return data
	}
	st.scratch = capture.StripANSI(st.scratch[:0], data)
	return st.scratch
}

// write appends to the log file.
func (st *stream) write(data []byte) {
	if st.skip > 0 {
		there := min(st.skip, int64(len(data)))
		st.skip -= there
		data = data[there:]
	}
	if st.log != nil && len(data) > 0 {
		st.log.write(data)
	}
}

// debugs reports whether output is shown in the activity log. Rendering it
// costs more than logging it, so it is asked first.
func (st *stream) debugs() bool {
	return st.launcher.Log.Enabled(context.Background(), slog.LevelDebug)
}

// debug shows output in the activity log.
func (st *stream) debug(text string) {
	st.launcher.Log.Debug("'" + st.process.Name + "' " + st.channel + " output:\n" + text)
}

// close ends the stream after its last chunk.
func (st *stream) close() {
	if st.filter != nil {
		st.filter.Flush(st)
	}
	if st.log != nil {
		st.log.detach(st.file)
	}
	if st.spooled != nil {
		if err := st.spooled.spool.Close(); err != nil {
			st.launcher.Log.Error("cannot close a spool", "error", err)
		}
	}
}
