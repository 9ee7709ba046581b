package severity

import (
	"log/slog"
	"testing"
)

// CFG-097, LOG-001: the words of the configuration and the tags of the log.
func TestWordsAndTags(t *testing.T) {
	for _, tt := range []struct {
		word, tag string
		level     slog.Level
	}{
		{"critical", "CRIT", Critical}, {"error", "ERRO", Error}, {"WARN", "WARN", Warn},
		{"Info", "INFO", Info}, {"debug", "DEBG", Debug}, {"trace", "TRAC", Trace}, {"blather", "BLAT", Blather},
	} {
		level, ok := Parse(tt.word)
		if !ok || level != tt.level || Tag(level) != tt.tag {
			t.Errorf("Parse(%q) = %v, %v with tag %q; want %v with tag %q", tt.word, level, ok, Tag(level), tt.level, tt.tag)
		}
		if back, _ := Parse(Word(level)); back != level {
			t.Errorf("Parse(Word(%v)) = %v", level, back)
		}
	}
	for _, bad := range []string{"warning", "", "fatal"} {
		if _, ok := Parse(bad); ok {
			t.Errorf("Parse(%q) accepted an unknown word", bad)
		}
	}
}

func TestTagBetweenSeverities(t *testing.T) {
	for level, want := range map[slog.Level]string{100: "CRIT", 5: "WARN", 1: "INFO", -6: "TRAC", -100: "BLAT"} {
		if got := Tag(level); got != want {
			t.Errorf("Tag(%d) = %q, want %q", level, got, want)
		}
	}
}
