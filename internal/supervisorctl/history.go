package supervisorctl

import (
	"os"
	"strings"
)

// historyLines is how many lines are remembered.
const historyLines = 1000

// history is what has been typed, from this shell and, if there is a file for
// it, from earlier ones. It is what the arrow keys go through.
type history struct {
	file  string   // empty: forget it all at the end
	lines []string // the latest last
}

// loadHistory reads a history file. One that cannot be read is as good as
// empty: typing goes on without.
func loadHistory(file string) *history {
	h := &history{file: file}
	if file == "" {
		return h
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return h
	}
	for line := range strings.Lines(string(text)) {
		h.Add(strings.TrimSuffix(line, "\n"))
	}
	return h
}

// save writes the file, for its owner only: lines may hold what is nobody
// else's business. A file that cannot be written is not worth an error when
// everything asked for has been done.
func (h *history) save() {
	if h.file == "" {
		return
	}
	text := strings.Join(h.lines, "\n")
	if text != "" {
		text += "\n"
	}
	_ = os.WriteFile(h.file, []byte(text), 0o600)
}

// Add remembers a line, unless it is blank.
func (h *history) Add(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	h.lines = append(h.lines, line)
	if extra := len(h.lines) - historyLines; extra > 0 {
		h.lines = h.lines[extra:]
	}
}

// Len returns how many lines are remembered.
func (h *history) Len() int { return len(h.lines) }

// At returns a line; 0 is the latest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }
