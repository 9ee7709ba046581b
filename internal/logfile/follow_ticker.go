package logfile

import (
	"context"
	"time"
)

// ticking is the watcher where the kernel has no word for us: it has a log
// looked at four times a second, as often as the reference does.
type ticking struct {
	ctx    context.Context
	ticker *time.Ticker
}

func newTicking(ctx context.Context) ticking {
	return ticking{ctx, time.NewTicker(250 * time.Millisecond)}
}

func (t ticking) renew() error { return nil }

func (t ticking) wait() error {
	select {
	case <-t.ticker.C:
		return nil
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
}

func (t ticking) close() { t.ticker.Stop() }
