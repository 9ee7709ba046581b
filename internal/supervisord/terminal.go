package supervisord

import (
	"io"
	"os"

	"golang.org/x/term"

	"supervisor/internal/terminal"
)

// shown returns a writer to w that shows what would drive a terminal instead of
// sending it there, if w is one: the log quotes what listeners and clients say. It is
// for one goroutine.
func shown(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return w
	}
	return &terminalWriter{w: w}
}

// terminalWriter writes what may be shown on a terminal.
type terminalWriter struct {
	w      io.Writer
	filter terminal.Filter
}

// Write implements io.Writer. What it holds back is the beginning of something, and
// whole lines have none at their end.
func (t *terminalWriter) Write(p []byte) (int, error) {
	if _, err := t.w.Write(t.filter.Append(nil, p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
