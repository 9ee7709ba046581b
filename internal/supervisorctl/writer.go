package supervisorctl

import (
	"io"
	"sync"
)

// lockedWriter lets the streams of a foreground process, and what is said about
// it, share one output.
type lockedWriter struct {
	mutex sync.Mutex
	w     io.Writer
}

// Write writes p in one piece.
func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.w.Write(p)
}
