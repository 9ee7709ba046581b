package webui

import (
	"fmt"
	"sync/atomic"
	"time"

	"supervisor/internal/wire"
)

// lookoutPause is how old what the lookout knows becomes, while somebody watches.
const lookoutPause = 5 * time.Second

// lookout looks for what no process of ours shows: that the file on disk differs from
// what runs, and that programs of an earlier daemon run on. It does so while somebody
// watches, and a disk that does not answer holds up nobody else.
type lookout struct {
	supervisor Supervisor
	leftovers  func() []wire.Orphan
	busy       atomic.Bool
	seen       atomic.Pointer[sight]
}

// notices are what the overview says above all programs; an empty one is none.
type notices struct {
	Drift     string `json:"drift"`     // how much differs, or why that cannot be known
	Leftovers string `json:"leftovers"` // how many there are
}

// sight is what a look has found.
type sight struct {
	at      time.Time
	notices notices
}

// look returns what is known, and begins to find out anew if that is old. It is nil
// where nothing is known, or what was known once.
func (l *lookout) look(now time.Time) *sight {
	s := l.seen.Load()
	if s != nil && now.Sub(s.at) < lookoutPause {
		return s
	}
	if l.busy.CompareAndSwap(false, true) {
		go l.find(now)
	}
	if s == nil || now.Sub(s.at) > 2*lookoutPause {
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
		found.notices.Drift = "The configuration on disk cannot be used."
	case !drift.None():
		found.notices.Drift = "The configuration on disk differs from what runs: " + drift.String() + "."
	}
	switch n := len(l.leftovers()); n {
	case 0:
	case 1:
		found.notices.Leftovers = "A program of an earlier supervisord runs on, supervised by nobody."
	default:
		found.notices.Leftovers = fmt.Sprintf("%d programs of an earlier supervisord run on, supervised by nobody.", n)
	}
	l.seen.Store(found)
}

// noticed tells a browser that watches everything what the lookout has found, when
// that has changed.
func (b *watcher) noticed() error {
	s := b.ui.lookout.look(time.Now())
	if s == nil || b.only != "" || s.notices == b.notices {
		return nil
	}
	b.notices = s.notices
	return b.out.send("notices", s.notices)
}
