package top

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Style is how a part of a line looks.
type Style int

// The styles.
const (
	Plain Style = iota
	Strong
	Faint
	Bar  // a line that divides the screen
	Mark // the selected line
	Good
	Busy
	Bad
)

// Span is a part of a line.
type Span struct {
	Text  string
	Style Style
}

// Line is a line of the screen.
type Line []Span

// String returns the text of a line.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Cells returns how many cells of a terminal a character takes.
func Cells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r < 0x1100:
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Width returns how many cells a text takes.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += Cells(r)
	}
	return n
}

// clean replaces what is no text, and would take no cells or drive a terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Cf) {
			return '?'
		}
		return r
	}, text)
}

// Fit returns a text that takes exactly so many cells: cut, with an ellipsis that
// tells of it, or padded. Control characters, which have no width, become ?.
func Fit(text string, cells int, left bool) string {
	text = clean(text)
	if cells <= 0 {
		return ""
	}
	if n := Width(text); n <= cells {
		pad := strings.Repeat(" ", cells-n)
		if left {
			return text + pad
		}
		return pad + text
	}
	var b strings.Builder
	room := cells - 1
	for _, r := range text {
		if room < Cells(r) {
			break
		}
		room -= Cells(r)
		b.WriteRune(r)
	}
	return b.String() + "…" + strings.Repeat(" ", room)
}
