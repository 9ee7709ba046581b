package supervisorctl

import (
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"supervisor/internal/terminal"
	"supervisor/internal/top"
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

// logWriter returns where log text goes; finish is called when the text has
// ended. On a terminal the text cannot do more than be there in colour, unless
// the user wants it raw: what is in a log is often what strangers wanted there.
// What goes elsewhere is what the program wrote, byte for byte.
func (s *session) logWriter() (w io.Writer, finish func() error) {
	if !s.filtered {
		return s.out, func() error { return nil }
	}
	filtered := &filteredWriter{w: s.out}
	return filtered, filtered.finish
}

// filteredWriter writes what may be shown on a terminal.
type filteredWriter struct {
	w      io.Writer
	filter terminal.Filter
}

// Write implements io.Writer.
func (f *filteredWriter) Write(p []byte) (int, error) {
	if _, err := f.w.Write(f.filter.Append(nil, p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f *filteredWriter) finish() error {
	_, err := f.w.Write(f.filter.Finish(nil))
	return err
}

// width returns how wide a text is: on a terminal in cells, of which some
// characters take two, elsewhere in characters, as Supervisor counts.
func (s *session) width(text string) int {
	if s.filtered {
		return top.Width(text)
	}
	return utf8.RuneCountInString(text)
}

// padded returns a text that is at least so wide.
func (s *session) padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-s.width(text)))
}

// shown returns a writer of whole lines to w, filtered if it is a terminal: a
// message may quote a file, a name or an answer that is not the user's own.
func shown(w io.Writer) io.Writer {
	if !isTerminal(w) {
		return w
	}
	return &filteredWriter{w: w}
}
