package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"supervisor/internal/top"
	"supervisor/internal/wire"
)

// logsLines is how many lines of each log are shown unless the user says
// otherwise.
const logsLines = 10

// logsPause is how long to wait before a server or a log that is not there is
// tried again.
const logsPause = time.Second

// logsWish is what a user wants to see.
type logsWish struct {
	follow bool
	lines  int
	names  []string
}

// logs shows the last lines of several logs, each with the name of its program,
// and with -f what is written to them from then on: in the order in which it
// comes, whatever becomes of the programs or of the server.
func logs(s *session, ctx context.Context, arg string) error {
	wish, err := parseLogs(arg)
	if err != nil {
		return err
	}
	if wish.follow && s.document != nil {
		return errStream
	}
	ctx, stop := s.interruptible(ctx)
	defer stop()
	view := &logView{s: s, wish: wish, changes: changes{s: s}, readers: make(map[logKey]*logReader)}
	defer view.leave()
	if err := view.begin(ctx); err != nil || len(view.readers) == 0 {
		return err
	}
	if wish.follow {
		view.watch(ctx)
		if isInterrupted(ctx) {
			s.say("")
		}
	}
	return nil
}

// parseLogs reads [-f] [-n LINES] NAME ..., in any order.
func parseLogs(arg string) (w logsWish, err error) {
	w.lines = logsLines
	words := strings.Fields(arg)
	for i := 0; i < len(words); i++ {
		number, isNumber := strings.CutPrefix(words[i], "-n")
		switch {
		case words[i] == "-f":
			w.follow = true
		case isNumber:
			if number == "" && i+1 < len(words) {
				i++
				number = words[i]
			}
			if w.lines, err = strconv.Atoi(number); err != nil || w.lines < 0 {
				return w, &failure{"Error: bad number of lines " + number, exitUsage}
			}
		case strings.HasPrefix(words[i], "-"):
			return w, &misuse{"Error: bad argument " + words[i], exitUsage}
		default:
			w.names = append(w.names, words[i])
		}
	}
	if len(w.names) == 0 {
		return w, &misuse{"Error: logs requires a process name", exitUsage}
	}
	return w, nil
}

// logKey is one log of one process.
type logKey struct{ name, channel, path string }

// logView is the logs that are shown.
type logView struct {
	s       *session
	wish    logsWish
	changes changes
	readers map[logKey]*logReader
	colours int // how many names have had a colour
	running sync.WaitGroup
	full    sync.Once // tells that the server follows no more logs

	mu    sync.Mutex // guards what follows
	width int        // of the longest name, in cells
}

// begin shows what is there. A name that means nothing is told.
func (v *logView) begin(ctx context.Context) error {
	all, err := v.changes.next(ctx, 0)
	if err != nil {
		return err
	}
	for _, name := range v.wish.names {
		found := meant(all, name)
		hasLog := func(p wire.ProcessInfo) bool { return len(logsOf(p)) > 0 }
		switch {
		case len(found) == 0 && name != allWord:
			v.s.fail(exitError, newProblem(name, wire.BadName, "no such process"), "%s: ERROR (no such process)", name)
		case len(found) > 0 && !slices.ContainsFunc(found, hasLog):
			v.s.fail(exitError, newProblem(name, wire.NoFile, "no log file"), "%s: ERROR (no log file)", name)
		}
	}
	for _, r := range v.add(all) {
		if v.wish.follow {
			v.start(ctx, r)
			continue
		}
		if err := r.read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// meant returns the processes that a name, a group or a pattern means.
func meant(all []wire.ProcessInfo, name string) []wire.ProcessInfo {
	n := parseName(name)
	switch {
	case name == allWord:
		return all
	case isPattern(name):
		return matching(all, name)
	case n.wholeGroup():
		return ofGroup(all, n.group)
	}
	if p, ok := findProcess(all, n); ok {
		return []wire.ProcessInfo{p}
	}
	return nil
}

// watch follows processes as they come and go, until the user has seen enough.
func (v *logView) watch(ctx context.Context) {
	for gone := false; ctx.Err() == nil; {
		all, err := v.changes.next(ctx, waitSlice)
		if err != nil {
			if !gone && ctx.Err() == nil {
				fmt.Fprintln(v.s.errOut, "==> supervisord does not answer; waiting for it <==")
			}
			gone = true
			pause(ctx, logsPause, nil)
			v.changes.token = ""
			continue
		}
		gone = false
		for _, r := range v.add(all) {
			v.start(ctx, r)
		}
		v.drop(all)
	}
}

// add makes readers for the logs that are meant and have none yet.
func (v *logView) add(all []wire.ProcessInfo) (added []*logReader) {
	for _, name := range v.wish.names {
		for _, p := range meant(all, name) {
			look := plain
			for _, key := range logsOf(p) {
				if v.readers[key] != nil {
					continue
				}
				if look == plain {
					look = nameStyles[v.colours%len(nameStyles)]
					v.colours++
				}
				r := &logReader{view: v, key: key, style: look, poke: make(chan struct{}, 1), cancel: func() {}}
				v.readers[key] = r
				added = append(added, r)
				v.widen(top.Width(v.s.clean(key.name)))
			}
		}
	}
	return added
}

// crowded tells that some logs are not shown, as long as the server follows so many.
func (v *logView) crowded() {
	v.full.Do(func() {
		fmt.Fprintln(v.s.errOut, "==> supervisord follows no more logs at once, so some are not shown; name fewer programs <==")
	})
}

// logsOf returns the logs that a process has.
func logsOf(p wire.ProcessInfo) (keys []logKey) {
	name := displayName(p.Group, p.Name)
	if p.StdoutLog != "" {
		keys = append(keys, logKey{name, "stdout", p.StdoutLog})
	}
	if p.StderrLog != "" {
		keys = append(keys, logKey{name, "stderr", p.StderrLog})
	}
	return keys
}

// nameStyles are the styles of the names, one after the other.
var nameStyles = []style{"36", "33", "32", "35", "34", "1;36", "1;33", "1;32", "1;35", "1;34"}

func (v *logView) start(ctx context.Context, r *logReader) {
	ctx, r.cancel = context.WithCancel(ctx)
	v.running.Go(func() { r.follow(ctx) })
}

// drop ends the readers of processes that there are no more, and has the others
// look again where they found nothing.
func (v *logView) drop(all []wire.ProcessInfo) {
	var keys []logKey
	for _, p := range all {
		keys = append(keys, logsOf(p)...)
	}
	for key, r := range v.readers {
		if !slices.Contains(keys, key) {
			r.cancel()
			delete(v.readers, key)
			continue
		}
		select {
		case r.poke <- struct{}{}:
		default: // it knows already
		}
	}
}

// leave ends all readers.
func (v *logView) leave() {
	for _, r := range v.readers {
		r.cancel()
	}
	v.running.Wait()
}

func (v *logView) widen(width int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.width = max(v.width, width)
}

// pause waits for a while, or until it is woken.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

// errEnough ends a stream of which nothing more is wanted.
var errEnough = errors.New("enough")
