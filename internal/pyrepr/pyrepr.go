// Package pyrepr quotes text the way Python's repr does.
//
// Supervisor's messages quote names and values so, and scripts match them.
package pyrepr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// String returns the repr of a string: in single quotes, or in double quotes
// if it holds a single quote and no double quote; backslash, the quote and what
// cannot be printed are escaped. A byte that is not UTF-8 is shown as the
// surrogate that Python would have decoded it to.
func String(s string) string {
	quote := quoteFor(s)
	var b strings.Builder
	b.WriteByte(quote)
	for i, width := 0, 0; i < len(s); i += width {
		r, w := utf8.DecodeRuneInString(s[i:])
		width = w
		switch {
		case r == utf8.RuneError && w == 1:
			fmt.Fprintf(&b, `\udc%02x`, s[i])
		case r < utf8.RuneSelf:
			writeASCII(&b, byte(r), quote)
		case r == ' ' || printable(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

// Bytes returns the repr of a bytes object, b'...' with \x escapes.
func Bytes(p []byte) string {
	quote := quoteFor(string(p))
	var b strings.Builder
	b.WriteByte('b')
	b.WriteByte(quote)
	for _, c := range p {
		if c >= utf8.RuneSelf {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			writeASCII(&b, c, quote)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

// List returns the repr of a list of strings: ['a', 'b'].
func List(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = String(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func quoteFor(s string) byte {
	if strings.Contains(s, `'`) && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

func writeASCII(b *strings.Builder, c, quote byte) {
	switch {
	case c == quote || c == '\\':
		b.WriteByte('\\')
		b.WriteByte(c)
	case c == '\n':
		b.WriteString(`\n`)
	case c == '\r':
		b.WriteString(`\r`)
	case c == '\t':
		b.WriteString(`\t`)
	case c < ' ' || c == 0x7f:
		fmt.Fprintf(b, `\x%02x`, c)
	default:
		b.WriteByte(c)
	}
}

// printable follows str.isprintable: no control, format, surrogate, private,
// unassigned or separator characters.
func printable(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Z, r)
}
