package activity

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"supervisor/internal/severity"
)

// rendered returns what a log of the given level shows of what log logs.
func rendered(t *testing.T, level slog.Level, log func(*slog.Logger)) string {
	t.Helper()
	var out bytes.Buffer
	l := open(t, Options{Stdout: &out, Level: level})
	log(l.Logger())
	must(t, l.Close())
	return out.String()
}

// LOG-001: the format of a line: local time with milliseconds cut off, code, message.
func TestFormat(t *testing.T) {
	defer func(zone *time.Location) { time.Local = zone }(time.Local)
	time.Local = time.FixedZone("half an hour from others", 5*3600+1800)
	day := time.Date(2026, 11, 22, 9, 53, 2, 499_999_999, time.Local)
	got := rendered(t, severity.Blather, func(log *slog.Logger) {
		for _, r := range []slog.Record{
			slog.NewRecord(day, severity.Info, "text", 0),
			slog.NewRecord(day.Add(7*time.Second), severity.Critical, "seven", 0),
			slog.NewRecord(day.UTC(), severity.Error, "local again", 0),
			slog.NewRecord(day.Truncate(time.Second), severity.Warn, "two\nlines\n", 0),
			slog.NewRecord(day.Add(600*time.Millisecond), severity.Debug, "", 0),
			slog.NewRecord(day, severity.Trace, "\x88", 0),
			slog.NewRecord(day, severity.Blather, "ü", 0),
		} {
			must(t, log.Handler().Handle(t.Context(), r))
		}
	})
	want := "2026-11-22 09:53:02,499 INFO text\n" +
		"2026-11-22 09:53:09,499 CRIT seven\n" +
		"2026-11-22 09:53:02,499 ERRO local again\n" +
		"2026-11-22 09:53:02,000 WARN two\nlines\n\n" +
		"2026-11-22 09:53:03,099 DEBG \n" +
		"2026-11-22 09:53:02,499 TRAC \x88\n" +
		"2026-11-22 09:53:02,499 BLAT ü\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	now := rendered(t, 0, func(log *slog.Logger) {
		must(t, log.Handler().Handle(t.Context(), slog.Record{Message: "without a time"}))
	})
	if strings.HasPrefix(now, "0001") {
		t.Errorf("a record without a time became %q", now)
	}
}

// LOG-002: lines below the level are not logged.
func TestLevel(t *testing.T) {
	levels := []slog.Level{severity.Blather, severity.Trace, severity.Debug, severity.Info, severity.Warn, severity.Error, severity.Critical}
	for i, level := range levels {
		got := rendered(t, level, func(log *slog.Logger) {
			for _, l := range levels {
				log.Log(t.Context(), l, "x")
			}
		})
		if n := strings.Count(got, "\n"); n != len(levels)-i || !strings.Contains(got, severity.Tag(level)) {
			t.Errorf("level %s: got %q", severity.Word(level), got)
		}
	}
}

// Attributes follow the message.
func TestAttributes(t *testing.T) {
	for _, tt := range []struct {
		want string
		log  func(*slog.Logger)
	}{
		{"m", func(l *slog.Logger) { l.Info("m") }},
		{"m a=1 b=text", func(l *slog.Logger) { l.Info("m", "a", 1, "b", "text") }},
		{`m a="" b="two words" c="x=y" d="\"" e="\n"`, func(l *slog.Logger) { l.Info("m", "a", "", "b", "two words", "c", "x=y", "d", `"`, "e", "\n") }},
		{"m err=broken", func(l *slog.Logger) { l.Info("m", "err", errors.New("broken")) }},
		{"m d=1.5s", func(l *slog.Logger) { l.Info("m", "d", 1500*time.Millisecond) }},
		{"m a=1 b=2", func(l *slog.Logger) { l.With("a", 1).Info("m", "b", 2) }},
		{"m a=1 g.b=2 g.h.c=3", func(l *slog.Logger) { l.With("a", 1).WithGroup("g").With("b", 2).WithGroup("h").Info("m", "c", 3) }},
		{"m g.a=1 g.b=2", func(l *slog.Logger) { l.Info("m", slog.Group("g", "a", 1, "b", 2)) }},
		{"m a=1", func(l *slog.Logger) { l.Info("m", slog.Group("", "a", 1), slog.Attr{}) }},
		{"m", func(l *slog.Logger) { l.With().WithGroup("").Info("m") }},
		{"m v=resolved", func(l *slog.Logger) { l.Info("m", "v", later{}) }},
	} {
		got := rendered(t, 0, tt.log)
		if got = header.ReplaceAllString(got, ""); got != "INFO "+tt.want+"\n" {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// Loggers that come from one do not write into each other's attributes.
func TestAttributesAreNotShared(t *testing.T) {
	got := rendered(t, 0, func(l *slog.Logger) {
		l = l.With("long", "attribute").With("x", 1)
		one, two := l.With("n", 1), l.With("n", 2)
		one.Info("one")
		two.Info("two")
	})
	if !strings.Contains(got, "one long=attribute x=1 n=1\n") || !strings.Contains(got, "two long=attribute x=1 n=2\n") {
		t.Errorf("got %q", got)
	}
}

type later struct{}

func (later) LogValue() slog.Value { return slog.StringValue("resolved") }

// A line without attributes costs no allocation.
func TestHandleAllocatesNothing(t *testing.T) {
	l := open(t, Options{Path: "/dev/null"})
	log := l.Logger()
	log.Info("warm up")
	must(t, l.Sync())
	// The queue grows now and then, which is less than one allocation a line.
	if n := testing.AllocsPerRun(1000, func() { log.Info("spawned: 'cat' with pid 12345") }); n >= 1 {
		t.Errorf("%v allocations a line", n)
	}
}
