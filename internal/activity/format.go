package activity

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"supervisor/internal/severity"
)

// headerLength is the length of what precedes the message of a line.
const headerLength = len("2006-01-02 15:04:05,000 INFO ")

// handler renders records in the reference's format (LOG-001):
//
//	2026-11-22 09:53:02,499 INFO message
//
// The time is local, with milliseconds cut off. A message of several lines
// stands as it is. Attributes follow the message as key=value.
type handler struct {
	log   *Log
	attrs []byte // rendered already
	group string // the names of the open groups, each with a dot
}

// Enabled reports whether a level is logged (LOG-002).
func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.log.level
}

// Handle queues a record for every sink. It fails only if the log is closed.
func (h *handler) Handle(_ context.Context, r slog.Record) error {
	l := h.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return os.ErrClosed
	}
	if r.Time.IsZero() {
		r.Time = time.Now()
	}
	line := l.stamp.appendTo(l.line[:0], r.Time)
	line = appendTag(line, r.Level)
	line = append(line, r.Message...)
	line = append(line, h.attrs...)
	if r.NumAttrs() > 0 {
		line = h.appendAttrs(line, r)
	}
	line = append(line, '\n')
	for _, s := range l.sinks {
		s.putLine(line)
	}
	if l.line = line; cap(line) > mostSpare {
		l.line = nil
	}
	return nil
}

// WithAttrs returns a handler that adds attributes to every line.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = slices.Clone(h.attrs)
	for _, a := range attrs {
		with.attrs = appendAttr(with.attrs, h.group, a)
	}
	return &with
}

// WithGroup returns a handler that puts a name and a dot before the keys of
// further attributes.
func (h *handler) WithGroup(name string) slog.Handler {
	with := *h
	if name != "" {
		with.group += name + "."
	}
	return &with
}

// appendAttrs is apart from Handle so that records without attributes do not
// pay for the closure.
func (h *handler) appendAttrs(line []byte, r slog.Record) []byte {
	r.Attrs(func(a slog.Attr) bool {
		line = appendAttr(line, h.group, a)
		return true
	})
	return line
}

// appendAttr appends " key=value", with the value in quotes if it would
// otherwise not be seen where it ends.
func appendAttr(dst []byte, group string, a slog.Attr) []byte {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, member := range value.Group() {
			dst = appendAttr(dst, group, member)
		}
		return dst
	}
	if a.Key == "" && a.Value.Equal(slog.Value{}) {
		return dst // slog asks that an empty attribute be ignored
	}
	dst = append(dst, ' ')
	dst = append(dst, group...)
	dst = append(dst, a.Key...)
	dst = append(dst, '=')
	text := value.String()
	if text == "" || strings.ContainsFunc(text, needsQuotes) {
		return strconv.AppendQuote(dst, text)
	}
	return append(dst, text...)
}

func needsQuotes(r rune) bool { return r <= ' ' || r == '"' || r == '=' || !strconv.IsPrint(r) }

// appendTag appends the level's tag and a space.
func appendTag(dst []byte, level slog.Level) []byte {
	return append(append(dst, severity.Tag(level)...), ' ')
}

// stamp renders times and remembers the last second, since lines come in bursts.
type stamp struct {
	second int64 // since 1970
	text   []byte
}

// appendTo appends a time and a space.
func (s *stamp) appendTo(dst []byte, t time.Time) []byte {
	if second := t.Unix(); second != s.second || s.text == nil {
		s.second = second
		s.text = t.Local().AppendFormat(s.text[:0], time.DateTime)
	}
	ms := t.Nanosecond() / int(time.Millisecond)
	dst = append(dst, s.text...)
	return append(dst, ',', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), ' ')
}
