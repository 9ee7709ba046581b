package check

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"supervisor/internal/config"
	"supervisor/internal/ini"
)

// This file knows where things stand, and how lines would look instead.

// line returns a line of a file without its end; empty if there is none.
func (c *checker) line(file string, number int) string {
	lines, ok := c.lines[file]
	if !ok {
		for _, line := range ini.Lines(strings.TrimPrefix(c.Texts[file], "\ufeff")) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
		c.lines[file] = lines
	}
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}

// add adds a finding about a line; the column is that of its first character.
func (c *checker) add(code config.Code, file string, line int, format string, args ...any) *Finding {
	text := c.line(file, line)
	f := &Finding{
		File: file, Line: max(line, 1), Code: code, Severity: c.severity[code],
		Column:  1 + utf8.RuneCountInString(text) - utf8.RuneCountInString(strings.TrimLeftFunc(text, unicode.IsSpace)),
		Message: fmt.Sprintf(format, args...),
	}
	c.findings = append(c.findings, f)
	return f
}

// of adds a finding about a section, where its header is.
func (c *checker) of(code config.Code, s *ini.Section, format string, args ...any) *Finding {
	f := c.add(code, s.File, s.Line, format, args...)
	f.Section = s.Name
	return f
}

// on adds a finding about an option, where its value is.
func (c *checker) on(code config.Code, s *ini.Section, o ini.Option, format string, args ...any) *Finding {
	f := c.add(code, o.File, o.Line, format, args...)
	f.Section, f.Key = s.Name, o.Key
	c.about[spotOf(s, o)] = append(c.about[spotOf(s, o)], f)
	f.Column = 1 + utf8.RuneCountInString(c.beforeValue(o))
	if o.End > o.Line {
		f.EndLine = o.End
	}
	return f
}

// beforeValue returns what stands before a value on the line of its key.
func (c *checker) beforeValue(o ini.Option) string {
	line := c.line(o.File, o.Line)
	i := strings.IndexAny(line, "=:")
	if i < 0 {
		return line
	}
	value := strings.TrimLeftFunc(line[i+1:], unicode.IsSpace)
	return line[:len(line)-len(value)]
}

// instead returns the lines of an option with another value. A comment behind
// it stays.
func (c *checker) instead(o ini.Option, value string) *string {
	before := c.beforeValue(o)
	if before == "" {
		before = o.Key + "="
	}
	text := before + strings.ReplaceAll(value, "\n", "\n    ")
	if line := c.line(o.File, o.Line); o.End <= o.Line {
		if kept, cut := ini.CutComment(line); cut {
			text += " " + line[len(kept):]
		}
	}
	return &text
}

// renamed returns the lines of an option with another key.
func (c *checker) renamed(o ini.Option, key string) *string {
	lines := c.text(o.File, o.Line, o.End)
	i := strings.IndexAny(lines, "=:")
	start := len(lines) - len(strings.TrimLeftFunc(lines, unicode.IsSpace))
	if i < start {
		return nil
	}
	name := strings.TrimRightFunc(lines[start:i], unicode.IsSpace)
	text := lines[:start] + key + lines[start+len(name):]
	return &text
}

// text returns lines, joined.
func (c *checker) text(file string, first, last int) string {
	var all []string
	for n := first; n <= max(first, last); n++ {
		all = append(all, c.line(file, n))
	}
	return strings.Join(all, "\n")
}

// without suggests to make comments of the lines of an option.
func (c *checker) without(f *Finding, o ini.Option) {
	f.comment(c, o.Line, o.End)
}

// withoutSection suggests to make comments of a section.
func (c *checker) withoutSection(f *Finding, s *ini.Section) {
	end := s.Line
	for _, o := range s.Options {
		if o.File == s.File {
			end = max(end, o.End)
		}
	}
	f.comment(c, s.Line, end)
}

// move moves a finding to another line, which its suggestion is about.
func (f *Finding) move(c *checker, file string, line int) {
	if f.File == file && f.Line == line {
		return
	}
	text := c.line(file, line)
	f.File, f.Line, f.EndLine = file, max(line, 1), 0
	f.Column = 1 + utf8.RuneCountInString(text) - utf8.RuneCountInString(strings.TrimLeftFunc(text, unicode.IsSpace))
}

func (f *Finding) comment(c *checker, first, last int) {
	f.move(c, f.File, first)
	text := ";" + strings.ReplaceAll(c.text(f.File, first, last), "\n", "\n;")
	f.Suggestion = &text
	if last > first {
		f.EndLine = last
	}
}

// below suggests to put lines below that of the finding.
func (c *checker) below(f *Finding, more string) {
	last := max(f.Line, f.EndLine)
	text := c.text(f.File, f.Line, last)
	if f.Key != "" && !strings.HasSuffix(text, "\n") || c.line(f.File, f.Line) != "" {
		text += "\n"
	}
	text += more
	f.Suggestion = &text
}

// kindOf returns what config.Options calls the sections of that name; empty if
// nobody reads it.
func kindOf(name string) string {
	for _, prefix := range []string{"program:", "fcgi-program:", "eventlistener:", "group:", "rpcinterface:", "ctlplugin:"} {
		if strings.HasPrefix(name, prefix) {
			return prefix + "x"
		}
	}
	for _, prefix := range []string{"unix_http_server", "inet_http_server"} {
		if strings.HasPrefix(name, prefix) {
			return prefix
		}
	}
	switch name {
	case "supervisord", "supervisorctl", "include":
		return name
	}
	return ""
}
