package ini

import (
	"fmt"
	"strings"
	"unicode"

	"supervisor/internal/pyrepr"
)

// Line is a line of a file that could not be read, with its line end.
type Line struct {
	Number int // from 1
	Text   string
	Below  string // the key of the option above it, whose value it may belong to; empty: none
}

// SyntaxError says which lines of a file are not INI.
type SyntaxError struct {
	File     string
	NoHeader bool   // Lines is the one line that stands before any header
	Lines    []Line // at least one
}

// Error returns the text of Supervisor (config.md, section 3.6).
func (e *SyntaxError) Error() string {
	if e.NoHeader {
		return fmt.Sprintf("File contains no section headers.\nfile: %s, line: %d\n%s",
			pyrepr.String(e.File), e.Lines[0].Number, pyrepr.String(e.Lines[0].Text))
	}
	var b strings.Builder
	b.WriteString("Source contains parsing errors: " + pyrepr.String(e.File))
	for _, l := range e.Lines {
		fmt.Fprintf(&b, "\n\t[line %2d]: %s", l.Number, pyrepr.String(l.Text))
	}
	return b.String()
}

// Parse reads the text of one file; name is what errors call it. The error is
// an *EncodingError or a *SyntaxError that lists every bad line. What could be
// read in spite of a *SyntaxError is returned beside it, for whoever wants to
// know what else is wrong.
func Parse(name string, text []byte) (*File, error) {
	if err := checkUTF8(name, text); err != nil {
		return nil, err
	}
	p := parser{name: name, file: newFile()}
	for number, line := range Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		p.line(Line{number + 1, line, p.key})
	}
	p.endOption()
	switch bad := p.file.unread; {
	case p.headless:
		return p.file, &SyntaxError{File: name, NoHeader: true, Lines: bad[:1]}
	case len(bad) > 0:
		return p.file, &SyntaxError{File: name, Lines: bad}
	}
	return p.file, nil
}

// Lines splits a text at any of the three line ends and makes them newlines.
// The last line has none if the text has none there.
func Lines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	all := strings.SplitAfter(text, "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// parser is what reading a file remembers from one line to the next.
type parser struct {
	name    string
	file    *File
	section *Section // the current one; nil before the first header
	key     string   // of the current option; empty: there is none
	keyLine int
	endLine int      // of the last line of its value that is not empty
	value   []string // its lines so far
	indent  int      // of the line that began the current header or option

	headless bool // a line stood before the first header
}

// line reads one line.
func (p *parser) line(l Line) {
	text, commented := CutComment(l.Text)
	text = trim(text)
	indent := len(l.Text) - len(strings.TrimLeftFunc(l.Text, isSpace))
	switch {
	case text == "":
		if !commented && p.key != "" {
			p.value = append(p.value, "")
		}
	case p.key != "" && indent > p.indent:
		p.value = append(p.value, text)
		p.endLine = l.Number
	case isHeader(text):
		p.endOption()
		p.indent = indent
		p.section = p.file.open(text[1:strings.LastIndexByte(text, ']')], p.name, l.Number)
	case p.section == nil:
		p.headless = true
		p.file.unread = append(p.file.unread, l)
	default:
		p.indent = indent
		p.option(text, l)
	}
}

// isHeader reports whether a line is "[name]", whatever follows.
func isHeader(text string) bool {
	return text[0] == '[' && strings.LastIndexByte(text, ']') > 1
}

// option begins an option. A bad line does not end the current one, so what is
// indented below it is not reported as bad as well.
func (p *parser) option(text string, l Line) {
	i := strings.IndexAny(text, "=:")
	if i < 0 {
		p.file.unread = append(p.file.unread, l)
		return
	}
	p.endOption()
	key := strings.ToLower(trim(text[:i]))
	if key == "" {
		p.file.unread = append(p.file.unread, l)
		return
	}
	p.key, p.keyLine, p.endLine = key, l.Number, l.Number
	p.value = []string{trim(text[i+1:])}
}

// endOption stores the current option, if there is one.
func (p *parser) endOption() {
	if p.key == "" {
		return
	}
	value := strings.TrimRightFunc(strings.Join(p.value, "\n"), isSpace)
	p.file.set(p.section, Option{Key: p.key, Value: value, File: p.name, Line: p.keyLine, End: p.endLine})
	p.key, p.value = "", nil
}

// CutComment returns what precedes a comment, and whether there is one. In
// round k the k-th semicolon and the k-th hash of the line are looked at; the
// first round in which one of them begins the line or follows a blank decides,
// for the leftmost of them (config.md, section 3.2).
func CutComment(line string) (string, bool) {
	if t := trim(line); t != "" && (t[0] == '#' || t[0] == ';') {
		return "", true
	}
	semicolon, hash := -1, -1
	for {
		semicolon = next(line, ';', semicolon)
		hash = next(line, '#', hash)
		cut := len(line)
		if begins(line, semicolon) {
			cut = semicolon
		}
		if begins(line, hash) {
			cut = min(cut, hash)
		}
		if cut < len(line) {
			return line[:cut], true
		}
		if semicolon == len(line) && hash == len(line) {
			return line, false
		}
	}
}

// next returns the index of the next c after i, or the length of the line.
func next(line string, c byte, i int) int {
	if i == len(line) {
		return i
	}
	if n := strings.IndexByte(line[i+1:], c); n >= 0 {
		return i + 1 + n
	}
	return len(line)
}

// begins reports whether a comment may begin at the character at i.
func begins(line string, i int) bool {
	if i == len(line) {
		return false
	}
	before := line[:i]
	return before == "" || len(strings.TrimRightFunc(before, isSpace)) < len(before)
}

func trim(s string) string { return strings.TrimFunc(s, isSpace) }

// isSpace is Python's notion of white space: Unicode's, and the four ASCII
// separators.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f'
}
