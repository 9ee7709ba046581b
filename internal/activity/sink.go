package activity

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"supervisor/internal/severity"
)

const (
	// mostQueued is how many bytes a sink may be behind before lines are dropped.
	mostQueued = 16 << 20

	// mostSpare is how big a buffer is kept for reuse, in bytes. A bigger one
	// served a burst, and burdens a daemon that is idle again.
	mostSpare = 256 << 10

	// piece is about how many bytes are written at once. The file can be rotated
	// between two pieces, so one that was behind does not outgrow its limit.
	piece = 64 << 10
)

// sink is one destination of the log, its queue, and the goroutine that writes
// from the one to the other.
type sink struct {
	log        *Log
	write      func([]byte) (int, error)
	lineByLine bool // every line of a message needs the time and level
	wake       *sync.Cond
	done       chan struct{} // closed when the goroutine has ended

	// Guarded by log.mu.
	queue  []byte
	orders []order // by their place in queue
	behind int     // bytes that the goroutine has taken and not finished
	lost   int     // lines dropped since the queue was full
	retry  bool    // left is to be tried again

	// The goroutine's own; others may look at failure when done is closed.
	spare   []byte // the queue before, to be used again
	left    []byte // what could not be written
	failure error  // why not
	warned  string // why the file could not be rotated, as the log says already
}

// order is something that a sink does when it comes to its place in the queue.
type order struct {
	place int // in bytes from the queue's start
	do    func(*sink) error
	reply chan<- error // has room
}

func newSink(l *Log, write func([]byte) (int, error)) *sink {
	return &sink{log: l, write: write, wake: sync.NewCond(&l.mu), done: make(chan struct{})}
}

// putLine queues a line, or counts it as lost. log.mu is held.
func (s *sink) putLine(line []byte) {
	if s.lost > 0 || s.behind+len(s.queue)+len(line) > mostQueued {
		// Further lines are lost, too, until it is said how many were, so
		// that what is said stands where they are missing.
		s.lost++
		s.retry = true
	} else if s.lineByLine {
		s.queue = appendLineByLine(s.queue, line)
	} else {
		s.queue = append(s.queue, line...)
	}
	s.wake.Signal()
}

// putOrder queues an order. log.mu is held.
func (s *sink) putOrder(do func(*sink) error, reply chan<- error) {
	s.orders = append(s.orders, order{len(s.queue), do, reply})
	s.wake.Signal()
}

// run writes what is queued until the log is closed.
func (s *sink) run() {
	defer close(s.done)
	for {
		text, orders, ok := s.take()
		if !ok {
			s.emit(nil) // the last attempt, which may bring about a last warning
			text, _, _ = s.take()
			s.emit(text)
			return
		}
		done := 0
		for _, o := range orders {
			if done < o.place {
				s.emit(text[done:o.place])
				done = o.place
			}
			o.reply <- o.do(s)
		}
		if done < len(text) || len(orders) == 0 {
			s.emit(text[done:])
		}
	}
}

// end waits for the goroutine of a closed log, and returns what it could not
// write; errHangs: it has not ended in time.
func (s *sink) end(ctx context.Context) error {
	select {
	case <-s.done:
		return s.failure
	case <-ctx.Done():
		return errHangs
	}
}

// take waits for something to do and takes all of it; not ok means that the log
// is closed and nothing is left to do.
func (s *sink) take() (text []byte, orders []order, ok bool) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.behind = len(s.left)
	for len(s.queue) == 0 && len(s.orders) == 0 && !s.retry {
		if s.log.closed {
			return nil, nil, false
		}
		s.wake.Wait()
	}
	text, orders = s.queue, s.orders
	s.queue, s.orders, s.retry = s.spare[:0], nil, false
	s.behind += len(text)
	if s.spare = text; cap(s.spare) > mostSpare {
		s.spare = nil
	}
	return text, orders, true
}

// emit writes what is left from before, and text. It keeps what cannot be written.
func (s *sink) emit(text []byte) {
	retained := len(s.left) > 0
	if retained {
		text = append(s.left, text...)
	}
	n, err := s.writePieces(text)
	switch {
	case n == len(text):
		s.left, s.failure = nil, nil
		s.caughtUp(err)
	case retained:
		s.left, s.failure = text[n:], err
	default: // text is a queue, which will be used again
		s.left, s.failure = bytes.Clone(text[n:]), err
	}
}

// writePieces writes text in pieces that end with a line. A failure that has
// cost no byte, like one to rotate the file, is returned when all is written.
func (s *sink) writePieces(text []byte) (written int, failure error) {
	for written < len(text) {
		rest := text[written:]
		if len(rest) > piece {
			rest = rest[:piece+bytes.IndexByte(rest[piece:], '\n')+1]
		}
		n, err := s.write(rest)
		written += n
		failure = cmp.Or(failure, err)
		if n < len(rest) {
			return written, err
		}
	}
	return written, failure
}

// caughtUp queues the warnings that are due when everything taken is written:
// how many lines were lost, and that the file could not be rotated. The latter
// is not repeated, since it may itself be what asks for the next rotation.
func (s *sink) caughtUp(notRotated error) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if s.lost > 0 {
		s.warn(fmt.Sprintf("%d lines of this log were lost here, because they could not be written in time", s.lost))
		s.lost = 0
	}
	if notRotated != nil && notRotated.Error() != s.warned {
		s.warned = notRotated.Error()
		s.warn(s.warned)
	}
}

// warn queues a warning for this sink alone. log.mu is held.
func (s *sink) warn(message string) {
	header := s.log.stamp.appendTo(nil, time.Now())
	header = appendTag(header, severity.Warn)
	line := append(append(header, message...), '\n')
	s.queue = append(s.queue, line...)
}

// appendLineByLine appends every line of a rendered record as a record of its
// own (logging.md, section 1). Newlines at its end count for nothing.
func appendLineByLine(dst, line []byte) []byte {
	header, message := line[:headerLength], line[headerLength:]
	for part := range bytes.SplitSeq(bytes.TrimRight(message, "\n"), []byte("\n")) {
		dst = append(dst, header...)
		dst = append(dst, part...)
		dst = append(dst, '\n')
	}
	return dst
}
