package supervisord

import (
	"context"
	"fmt"
	"os"
	"slices"

	"supervisor/internal/config"
	"supervisor/internal/orphan"
	"supervisor/internal/severity"
	"supervisor/internal/wire"
)

// leftovers is what an earlier daemon has left behind.
type leftovers struct {
	looked chan struct{} // closed when found is complete
	found  []orphan.Orphan
}

// lookForLeftovers looks for the children of a daemon that died without them,
// which are about to be started a second time, and says so in the log. It does
// so beside the start, which does not wait for it. In a later life of this
// daemon there are none: its own have been stopped.
func (l *life) lookForLeftovers(st *state) *leftovers {
	left := &leftovers{looked: make(chan struct{})}
	if !l.first {
		close(left.looked)
		return left
	}
	mine := mineOf(l.config)
	go func() {
		defer close(left.looked)
		found, err := orphan.Find(os.Getpid(), mine)
		if err != nil {
			l.log.Logger().Debug("cannot look for programs that are left over", "error", err)
		}
		left.found = slices.DeleteFunc(found, func(o orphan.Orphan) bool { return st.took(o.PID) })
		for _, o := range left.found {
			l.log.Logger().Log(context.Background(), severity.Critical, fmt.Sprintf(
				"left over: '%s' with pid %d was started by an earlier supervisord, which died without it; nobody supervises it"+
					" and it may run twice now (to end it: %s)", o.Process, o.PID, o.Cleanup()))
		}
	}()
	return left
}

// mineOf says whose children are this daemon's: those that know it by its
// address; where there is none, by the names of the configuration.
func mineOf(c *config.Config) orphan.Mine {
	urls := []string{serverURL(c.Servers)}
	names := make(map[[2]string]bool)
	for _, g := range c.Groups {
		for _, p := range g.Processes {
			names[[2]string{g.Name, p.Name}] = true
			if p.ServerURL != "" && !slices.Contains(urls, p.ServerURL) {
				urls = append(urls, p.ServerURL)
			}
		}
	}
	return func(url, group, process string) bool {
		return slices.Contains(urls, url) && (url != "" || names[[2]string{group, process}])
	}
}

// alive returns those that are still there, once all have been looked for.
func (left *leftovers) alive() []wire.Orphan {
	<-left.looked
	var all []wire.Orphan
	for _, o := range left.found {
		if o.Alive() {
			all = append(all, wire.Orphan{Group: o.Group, Name: o.Process, PID: o.PID, Cleanup: o.Cleanup()})
		}
	}
	return all
}
