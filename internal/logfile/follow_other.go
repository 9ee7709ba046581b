//go:build !linux

package logfile

import "context"

// newWatcher returns a watcher that looks at intervals.
func newWatcher(ctx context.Context, _ string) (watcher, error) {
	return newTicking(ctx), nil
}
