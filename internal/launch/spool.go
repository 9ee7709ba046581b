package launch

import (
	"errors"
	"syscall"

	"supervisor/internal/logfile"
)

const (
	// mostMoved is the most that is moved out of a pipe at once, in bytes.
	mostMoved = 64 << 10
	// mostHeld is how much of a capture that does not end is held in a spool.
	mostHeld = 4 << 20
	// spokenHeld is how much of what a listener has said is held behind the loop.
	spokenHeld = 64 << 20
)

// spooled is a stream whose bytes mean something: they go through a spool, and
// the journal says how far they have been dealt with. The next daemon deals with
// the rest, and leaves out what of it is in the log already.
type spooled struct {
	st      *stream
	spool   *logfile.Spool
	key     string
	settled int64 // the place that is kept
}

// spoolRecord is what the journal holds of a spooled stream.
type spoolRecord struct {
	Done int64        // place in the stream
	Log  logfile.Mark // where the log ended then
}

// plain reports whether bytes go to the log as they are, and nowhere else.
func (st *stream) plain() bool {
	return !st.listener && st.filter == nil && !st.config.Events && !st.config.Syslog &&
		!st.launcher.Daemon.StripANSI && !st.debugs()
}

// splice moves bytes of a plain stream to its log. What the log does not take is
// read, and goes the way that it goes without adoption.
func (st *stream) splice(pipe int) (int, error) {
	if st.file == nil || !st.log.empty() {
		return st.copy(pipe)
	}
	n, err := st.file.Splice(pipe, mostMoved)
	switch {
	case err == nil, errors.Is(err, syscall.EAGAIN):
		return n, err
	case n > 0: // only the rotation has failed
		st.launcher.Log.Error("cannot rotate the "+st.channel+" log of "+st.process.Name, "error", err)
		return n, nil
	}
	return st.copy(pipe)
}

// copy reads some of what is in the pipe and handles it.
func (st *stream) copy(pipe int) (int, error) {
	if st.buffer == nil {
		st.buffer = make([]byte, mostMoved)
	}
	for {
		n, err := syscall.Read(pipe, st.buffer)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if n > 0 {
			st.handle(st.buffer[:n])
		}
		return n, err
	}
}

// move takes some of what is in the pipe and deals with it.
func (sp *spooled) move(pipe int) (int, error) {
	piece, err := sp.spool.Move(pipe, mostMoved)
	if err != nil && !errors.Is(err, syscall.EAGAIN) { // there is no room for the spool
		return sp.st.copy(pipe)
	}
	if len(piece) > 0 {
		sp.st.handle(piece)
		sp.done()
	}
	return len(piece), err
}

// done keeps how far the stream has been dealt with. In the midst of a capture
// that is where it began, so that it is found again.
func (sp *spooled) done() {
	at := sp.spool.Size()
	if f := sp.st.filter; f != nil && !f.Quiet() && at-sp.settled < mostHeld {
		return
	}
	sp.settled = at
	r := spoolRecord{Done: at}
	if sp.st.file != nil {
		r.Log = sp.st.file.Mark()
	}
	sp.st.launcher.store(sp.key, r)
	if sp.st.listener {
		at -= spokenHeld
	}
	sp.spool.Drop(at)
}

// catchUp deals with what an earlier daemon has left in the spool. heard is how
// much of a listener's words the loop has taken.
func (sp *spooled) catchUp(r spoolRecord, heard int64) error {
	st := sp.st
	sp.settled = r.Done
	if st.file != nil {
		st.skip = logfile.Since(st.file.Path(), r.Log)
	}
	var err error
	if st.listener {
		err = sp.spool.Rest(r.Done, mostMoved, st.logSpoken)
		err = errors.Join(err, sp.spool.Rest(heard, mostMoved, st.spoken))
	} else {
		err = sp.spool.Rest(r.Done, mostMoved, st.handle)
	}
	st.skip = 0
	sp.done()
	return err
}
