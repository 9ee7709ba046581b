package webui

import (
	"bytes"
	"sync"
)

// valve holds the newest bytes that have been written to it, up to a number of
// them, until somebody takes them. Writing never waits.
type valve struct {
	most   int
	filled chan struct{} // gets a value when there is something to take

	mu        sync.Mutex // guards what follows
	held      []byte
	skipped   int64
	restarted bool
	fresh     int64 // bytes since then
}

// piece is what was taken from a valve.
type piece struct {
	Skipped int64  `json:"skipped,omitempty"` // bytes before Bytes that were left out
	Bytes   []byte `json:"bytes"`             // in JSON: base64, since a log may hold anything
	Fresh   *int64 `json:"fresh,omitempty"`   // if a new file has begun: how many bytes of it are in this piece or were left out
}

func newValve(most int) *valve {
	return &valve{most: most, filled: make(chan struct{}, 1)}
}

// Write implements io.Writer.
func (v *valve) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.held = append(v.held, p[max(0, len(p)-v.most):]...)
	v.skipped += int64(max(0, len(p)-v.most))
	v.fresh += int64(len(p))
	if excess := len(v.held) - v.most; excess > 0 {
		v.held = v.held[:copy(v.held, v.held[excess:])]
		v.skipped += int64(excess)
	}
	select {
	case v.filled <- struct{}{}:
	default:
	}
	return len(p), nil
}

// Restart implements logfile.Restarter.
func (v *valve) Restart() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.restarted, v.fresh = true, 0
}

// take empties the valve. If bytes were skipped, it begins with a whole line if
// it has one.
func (v *valve) take() piece {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := piece{Skipped: v.skipped, Bytes: v.held}
	if p.Skipped > 0 {
		rest := afterLine(p.Bytes)
		p.Skipped += int64(len(p.Bytes) - len(rest))
		p.Bytes = rest
	}
	if v.restarted {
		p.Fresh = new(v.fresh)
	}
	v.held, v.skipped, v.restarted = nil, 0, false
	return p
}

// afterLine returns what is behind the first line feed; everything if there is
// none.
func afterLine(p []byte) []byte {
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		return p[i+1:]
	}
	return p
}
