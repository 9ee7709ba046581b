package check

import (
	"math"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
)

// unread makes a finding of each line of a file that is not INI.
func (c *checker) unread(file string) {
	parsed, err := ini.Parse(file, []byte(strings.ToValidUTF8(c.Texts[file], "\ufffd")))
	if err == nil {
		return
	}
	header := math.MaxInt
	for _, s := range append(parsed.Sections(), parsed.Defaults()) {
		if s.Line > 0 {
			header = min(header, s.Line)
		}
	}
	for _, l := range parsed.Unread() {
		message := "parsing error: this line is neither a [section] nor an option with a = or a :"
		if l.Number < header {
			message = "this line stands before the first section header"
		}
		f := c.add(config.Syntax, file, l.Number, "%s", message)
		c.adviseLine(f, l.Number < header)
	}
}

// adviseLine suggests what a line may have been meant to be.
func (c *checker) adviseLine(f *Finding, headless bool) {
	line := c.line(f.File, f.Line)
	text := strings.TrimSpace(line)
	key, value, _ := strings.Cut(text, " ")
	suggestion := ";" + line
	switch {
	case headless && strings.ContainsAny(text, "=:"):
		if len(c.sections[strings.ToLower(strings.TrimSpace(text[:strings.IndexAny(text, "=:")]))]) > 0 {
			f.Hint = "the section that it belongs to must be opened first"
		}
	case strings.HasPrefix(text, "[") && kindOf(strings.Trim(text, "[] ")) != "":
		f.Hint = "a header ends with a bracket"
		suggestion = "[" + strings.Trim(text, "[] ") + "]"
	case len(c.sections[strings.ToLower(key)]) > 0:
		f.Hint = "there is a = between an option and its value"
		suggestion = key + "=" + strings.TrimSpace(value)
	default:
		f.Hint = "make it a comment; if it belongs to the line above, indent it"
	}
	f.Suggestion = &suggestion
}
