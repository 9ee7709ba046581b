package diagnose

import (
	"os"
	"strings"
	"time"

	"supervisor/internal/explain"
	"supervisor/internal/logfile"
	"supervisor/internal/pattern"
	"supervisor/internal/supervisor"
)

// How much of a log counts as the last words of a process.
const (
	lastBytes = 4096
	lastLines = 12
)

// lastWords returns the last lines that a process wrote since a moment: to
// stderr, or to stdout if there was nothing on stderr.
func lastWords(i supervisor.Info, since time.Time) explain.Output {
	for _, log := range []struct{ channel, path string }{{"stderr", i.Stderr}, {"stdout", i.Stdout}} {
		if log.path == "" {
			continue
		}
		info, err := os.Stat(log.path)
		if err != nil || !info.Mode().IsRegular() || info.ModTime().Before(since.Add(-time.Second)) {
			continue
		}
		text, err := logfile.Read(log.path, -lastBytes, 0)
		if err != nil || len(text) == 0 {
			continue
		}
		return explain.Output{Channel: log.channel, Lines: lines(string(text), len(text) == lastBytes)}
	}
	return explain.Output{}
}

// lines returns the last lines of a text, clean of what is not for reading.
func lines(text string, cut bool) []string {
	all := strings.Split(strings.TrimRight(strings.ToValidUTF8(text, "\uFFFD"), "\n"), "\n")
	if cut && len(all) > 1 {
		all = all[1:] // it began in the middle of a line
	}
	all = all[max(0, len(all)-lastLines):]
	for i, line := range all {
		all[i] = strings.Map(visible, colours.ReplaceAllString(strings.TrimSuffix(line, "\r"), ""))
	}
	return all
}

// colours matches the sequences of ECMA-48 that set colours and the like.
var colours = pattern.Lazy("\x1b\\[[0-?]*[ -/]*[@-~]")

func visible(r rune) rune {
	if r != '\t' && (r < ' ' || 0x7f <= r && r <= 0x9f) {
		return '?'
	}
	return r
}
