package launch

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// mostKept is how many bytes are kept for one log that cannot be written,
	// and mostKeptInAll for all logs together.
	mostKept      = 256 << 10
	mostKeptInAll = 64 << 20
	// mostPiece is how much of that is written at once, so that a log does not
	// outgrow its limit by all of it.
	mostPiece = 64 << 10
	// retryEvery is the pause between two tries while something is kept. Nothing
	// tells when a disk has room again.
	retryEvery = time.Second
)

// logTarget is what a log file is to a backlog.
type logTarget interface {
	// Write writes as much as it can; with an error it may have written all.
	Write(p []byte) (int, error)
	Close() error
}

// backlog is the way of one stream of a seat to its log file. A log that cannot
// be written (a full disk, a reader that does not read) must not stop the child:
// what the log does not take is kept until it does, also from one incarnation to
// the next. If that is too much, what comes later is lost, by whole lines and in
// one piece, and the activity log says how much.
type backlog struct {
	mu      sync.Mutex
	file    logTarget // nil: there is no child
	name    string    // what the activity log calls it
	log     *slog.Logger
	inAll   *atomic.Int64 // bytes that are kept in all backlogs
	left    []byte        // what is kept; it begins where the file ends
	lost    int           // bytes that were not kept since left was full
	midline bool          // the last of them was not the end of a line
	failing bool          // the activity log has said that it cannot be written
	unmoved string        // what it has said of a failed rotation
	timer   *time.Timer   // nil: nothing is kept, or there is no file
	frozen  bool          // nothing is written
}

// attach makes a file the one to write to. What is kept comes first, but not at
// once: a start does not wait for a reader.
func (b *backlog) attach(file logTarget, name string, l *Launcher) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file == nil {
		l.kept.Add(int64(len(b.left)))
	}
	b.file, b.name, b.log, b.inAll, b.unmoved = file, name, l.Log, &l.kept, ""
	b.rearm()
}

// detach makes the last attempt to write what is kept and closes the file. If
// that hung for so long that the next child has come with a file of its own, what
// is kept is that one's business.
func (b *backlog) detach(file logTarget) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file != file {
		b.close(file)
		return
	}
	if !b.flush() {
		b.inAll.Add(-int64(len(b.left)))
		b.log.Warn("the end of "+b.name+" is written when the process is started again", "bytes", len(b.left))
	}
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	b.close(file)
	b.file = nil
}

func (b *backlog) close(file logTarget) {
	if err := file.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		b.log.Error("cannot close "+b.name, "error", err)
	}
}

// write writes to the log file or keeps what that does not take.
func (b *backlog) write(p []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file == nil {
		return
	}
	if b.flush() {
		p = b.resume(p)
		p = p[b.put(p):]
	}
	b.keep(p)
}

// empty reports whether nothing is kept.
func (b *backlog) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.left) == 0 && b.lost == 0
}

// retry is what the timer does.
func (b *backlog) retry() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file != nil && !b.frozen {
		b.flush()
	}
}

// flush writes what is kept and reports whether nothing is kept any more.
func (b *backlog) flush() bool {
	written := 0
	for written < len(b.left) {
		piece := b.left[written:]
		if len(piece) > mostPiece {
			piece = piece[:mostPiece]
			if end := bytes.LastIndexByte(piece, '\n'); end >= 0 {
				piece = piece[:end+1]
			}
		}
		n := b.put(piece)
		written += n
		if n < len(piece) {
			break
		}
	}
	if written > 0 {
		b.inAll.Add(-int64(written))
		b.left = append(b.left[:0], b.left[written:]...)
	}
	if len(b.left) > 0 {
		b.rearm()
		return false
	}
	b.left = nil // lets go of the memory
	return true
}

// put writes to the file, and says when that begins and ends to fail.
func (b *backlog) put(p []byte) (written int) {
	if len(p) == 0 {
		return 0
	}
	n, err := b.file.Write(p)
	switch {
	case n < len(p):
		if !b.failing {
			b.failing = true
			b.log.Error("cannot write "+b.name, "error", err)
		}
		return n
	case err != nil && b.unmoved != err.Error(): // it is written, but the file could not be rotated
		b.unmoved = err.Error()
		b.log.Error(b.name+" grows beyond its limit", "error", err)
	case b.failing:
		b.failing = false
		b.log.Info(b.name + " can be written again")
	}
	return n
}

// keep keeps what could not be written, as far as there is room.
func (b *backlog) keep(p []byte) {
	if len(p) == 0 {
		return
	}
	defer b.rearm()
	room := max(0, min(mostKept-len(b.left), mostKeptInAll-int(b.inAll.Load())))
	if b.lost == 0 && len(p) <= room {
		b.left = append(b.left, p...)
		b.inAll.Add(int64(len(p)))
		return
	}
	b.midline = p[len(p)-1] != '\n'
	if b.lost > 0 { // a gap, not a sieve
		b.lost += len(p)
		return
	}
	before, whole := len(b.left), len(b.left)+len(p)
	b.left = append(b.left, p[:room]...)
	if end := bytes.LastIndexByte(b.left, '\n'); end >= 0 {
		b.left = b.left[:end+1]
	}
	b.inAll.Add(int64(len(b.left) - before))
	b.lost = whole - len(b.left)
}

// resume says how much was lost before p, and returns what of p begins with a
// whole line.
func (b *backlog) resume(p []byte) []byte {
	if b.lost == 0 {
		return p
	}
	// What is no text may have no lines at all.
	if end := bytes.IndexByte(p, '\n') + 1; b.midline && (end > 0 || len(p) < mostPiece) {
		b.midline = end == 0
		if end == 0 {
			end = len(p)
		}
		b.lost += end
		p = p[end:]
	}
	if !b.midline || len(p) > 0 {
		b.log.Warn("output is missing in "+b.name+", for which there was no room", "bytes", b.lost)
		b.lost, b.midline = 0, false
	}
	return p
}

// rearm makes sure that what is kept is tried again.
func (b *backlog) rearm() {
	switch {
	case b.file == nil || len(b.left) == 0 || b.frozen:
	case b.timer == nil:
		b.timer = time.AfterFunc(retryEvery, b.retry)
	default:
		b.timer.Reset(retryEvery)
	}
}
