package diagnose

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

// lastWords returns the last lines that a process wrote since a moment, before
// which its logs, stdout and stderr, were so long: to stderr, or to stdout if there
// was nothing on stderr. What an earlier child wrote is another story.
func lastWords(i supervisor.Info, since time.Time, from [2]int64) explain.Output {
	for _, log := range []struct {
		channel, path string
		from          int64
	}{{"stderr", i.Stderr, from[1]}, {"stdout", i.Stdout, from[0]}} {
		if log.path == "" {
			continue
		}
		info, err := os.Stat(log.path)
		if err != nil || !info.Mode().IsRegular() || info.ModTime().Before(since.Add(-time.Second)) {
			continue
		}
		count := info.Size() - log.from
		if count < 0 { // somebody has emptied it
			count = info.Size()
		}
		if count == 0 {
			continue
		}
		text, err := logfile.Read(log.path, -min(lastBytes, count), 0)
		if err != nil || len(text) == 0 {
			continue
		}
		return explain.Output{Channel: log.channel, Lines: lines(string(text), count > lastBytes)}
	}
	return explain.Output{Unlogged: i.Stdout == "" || i.Stderr == "" && !i.Config.RedirectStderr}
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

// files looks for files that a process has named, which was in a directory; empty:
// that of supervisord.
func files(names []string, directory string) map[string]explain.Presence {
	seen := make(map[string]explain.Presence)
	for _, name := range names {
		path := name
		if !filepath.IsAbs(name) {
			path = filepath.Join(directory, name)
		}
		switch {
		case !missing(path):
			seen[name] = explain.Present
		case missing(filepath.Dir(path)):
			seen[name] = explain.Nowhere
		default:
			seen[name] = explain.Absent
		}
	}
	return seen
}

// missing reports whether there is surely no such file.
func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// colours matches the sequences of ECMA-48 that set colours and the like.
var colours = pattern.Lazy("\x1b\\[[0-?]*[ -/]*[@-~]")

func visible(r rune) rune {
	if r != '\t' && (r < ' ' || 0x7f <= r && r <= 0x9f) {
		return '?'
	}
	return r
}
