package webui

import (
	"sync/atomic"
	"time"
)

// driftPause is how old what is known about the file on disk becomes, while somebody
// watches.
const driftPause = 5 * time.Second

// lookout compares the file on disk with what runs, while somebody watches. A disk
// that does not answer holds up nobody else.
type lookout struct {
	supervisor Supervisor
	busy       atomic.Bool
	seen       atomic.Pointer[sight]
}

// sight is what a look at the disk has found.
type sight struct {
	at   time.Time
	text string // how much differs, or why that cannot be known; empty: nothing differs
}

// look returns what is known, and begins to find out anew if that is old. It is nil
// where nothing is known, or what was known once.
func (l *lookout) look(now time.Time) *sight {
	s := l.seen.Load()
	if s != nil && now.Sub(s.at) < driftPause {
		return s
	}
	if l.busy.CompareAndSwap(false, true) {
		go l.find(now)
	}
	if s == nil || now.Sub(s.at) > 2*driftPause {
		return nil
	}
	return s
}

func (l *lookout) find(now time.Time) {
	defer l.busy.Store(false)
	found := &sight{at: now}
	drift, err := l.supervisor.Drift()
	switch {
	case err != nil:
		found.text = "The configuration on disk cannot be used."
	case !drift.None():
		found.text = "The configuration on disk differs from what runs: " + drift.String() + "."
	}
	l.seen.Store(found)
}

// differs tells a browser that watches everything how the file on disk differs, when
// that has changed.
func (b *watcher) differs() error {
	s := b.ui.lookout.look(time.Now())
	if s == nil || b.only != "" || s.text == b.drift {
		return nil
	}
	b.drift = s.text
	return b.out.send("drift", struct {
		Text string `json:"text"`
	}{s.text})
}
