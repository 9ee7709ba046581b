// Package severity names the seven severities of the activity log.
//
// They are slog levels, so a plain slog.Logger carries them; the words that a
// configuration file uses and the four-letter tags that a log line shows are
// those of Supervisor (logging.md, section 1).
package severity

import (
	"log/slog"
	"strings"
)

// The severities, most severe first. Error, Warn, Info and Debug are slog's own.
const (
	Critical = slog.Level(12)
	Error    = slog.LevelError
	Warn     = slog.LevelWarn
	Info     = slog.LevelInfo
	Debug    = slog.LevelDebug
	Trace    = slog.Level(-8)
	Blather  = slog.Level(-12)
)

// severities is the one table of words and tags, most severe first.
var severities = [...]struct {
	level     slog.Level
	word, tag string
}{
	{Critical, "critical", "CRIT"},
	{Error, "error", "ERRO"},
	{Warn, "warn", "WARN"},
	{Info, "info", "INFO"},
	{Debug, "debug", "DEBG"},
	{Trace, "trace", "TRAC"},
	{Blather, "blather", "BLAT"},
}

// Parse returns the severity of a configuration word, in any letter case.
func Parse(word string) (slog.Level, bool) {
	word = strings.ToLower(word)
	for _, s := range severities {
		if s.word == word {
			return s.level, true
		}
	}
	return 0, false
}

// Word returns the configuration word of a severity.
func Word(level slog.Level) string { return severities[index(level)].word }

// Tag returns the four letters that a log line shows for a severity.
func Tag(level slog.Level) string { return severities[index(level)].tag }

// index returns the row of the most severe severity that level reaches, so
// that a level between two names is shown as the milder of the two.
func index(level slog.Level) int {
	for i, s := range severities {
		if level >= s.level {
			return i
		}
	}
	return len(severities) - 1
}
