// Package terminal makes text that others have written safe to show to somebody
// on a terminal.
//
// A terminal obeys what it is sent. A log line that holds the right bytes can
// retitle the window, overwrite what stands above, put words into the clipboard
// or, in some terminals, type a command. So everything that is not text is
// spelled out, as less(1) does it: ^G, <U+009B>, <FF>. What remains is text,
// line feeds, tabs and, in logs, colours: they are what people want of a log,
// and can do no more than make it hard to read.
//
// Text is UTF-8; a byte that is not part of it is spelled out, too, since there
// are terminals to which 0x9B begins a command.
package terminal

import (
	"fmt"
	"unicode/utf8"
)

// longestColour is how long the sequence for a colour may be, in bytes.
const longestColour = 64

// reset ends all colours.
const reset = "\x1b[0m"

// Filter filters a stream that comes in pieces. Its zero value is ready to use.
type Filter struct {
	held     []byte // the beginning of something whose end has not come yet
	coloured bool
}

// Append appends what may be shown of the next piece. What the piece does not
// end, at most longestColour bytes, is held back until it is clear what it is.
func (f *Filter) Append(dst, piece []byte) []byte {
	if len(f.held) > 0 {
		piece = append(f.held, piece...)
		f.held = nil
	}
	for len(piece) > 0 {
		n := plain(piece)
		dst, piece = append(dst, piece[:n]...), piece[n:]
		if len(piece) == 0 {
			break
		}
		if incomplete(piece) {
			f.held = append(f.held, piece...)
			break
		}
		switch n := colour(piece); {
		case n > 0:
			f.coloured = string(piece[:n]) != reset && string(piece[:n]) != "\x1b[m"
			dst, piece = append(dst, piece[:n]...), piece[n:]
		case piece[0] == '\r' && piece[1] == '\n':
			dst, piece = append(dst, "\r\n"...), piece[2:]
		default:
			dst, piece = appendOne(dst, piece)
		}
	}
	return dst
}

// Finish appends what was held back, and the end of a colour that the stream has
// not ended.
func (f *Filter) Finish(dst []byte) []byte {
	held := f.held
	f.held = nil
	for len(held) > 0 {
		dst, held = appendOne(dst, held)
	}
	if f.coloured {
		dst, f.coloured = append(dst, reset...), false
	}
	return dst
}

// Visible returns what may be shown of a text that has no business with colours.
func Visible(text string) string {
	if plain([]byte(text)) == len(text) {
		return text
	}
	var dst []byte
	for rest := []byte(text); len(rest) > 0; {
		dst, rest = appendOne(dst, rest)
	}
	return string(dst)
}

// plain returns how many of the first bytes are printable ASCII, line feeds and
// tabs: nearly all of nearly every log.
func plain(p []byte) int {
	for i, c := range p {
		if !(' ' <= c && c < 0x7f || c == '\n' || c == '\t') {
			return i
		}
	}
	return len(p)
}

// incomplete reports whether more has to come before it is clear what p begins
// with.
func incomplete(p []byte) bool {
	switch {
	case p[0] == '\r':
		return len(p) == 1
	case p[0] == '\x1b' && len(p) < longestColour:
		return len(p) == 1 || p[1] == '[' && parameters(p[2:]) == len(p)-2
	}
	return !utf8.FullRune(p)
}

// colour returns the length of the sequence for a colour, or for bold text and
// the like, that p begins with (ECMA-48, section 8.3.117); 0: there is none.
func colour(p []byte) int {
	if len(p) < 3 || p[0] != '\x1b' || p[1] != '[' {
		return 0
	}
	end := 2 + parameters(p[2:])
	if end >= min(len(p), longestColour) || p[end] != 'm' {
		return 0
	}
	return end + 1
}

// parameters returns how many of the first bytes are numbers and what stands
// between them.
func parameters(p []byte) int {
	for i, c := range p {
		if !('0' <= c && c <= '9' || c == ';' || c == ':') {
			return i
		}
	}
	return len(p)
}

// appendOne appends the first character of p, spelled out if it is none that may
// be shown, and returns what follows it.
func appendOne(dst, p []byte) (shown, rest []byte) {
	r, size := utf8.DecodeRune(p)
	switch {
	case r == '\n' || r == '\t':
		dst = append(dst, p[0])
	case r < ' ' || r == 0x7f:
		dst = append(dst, '^', p[0]^0x40)
	case r == utf8.RuneError && size == 1:
		dst = fmt.Appendf(dst, "<%02X>", p[0])
	case commands(r):
		dst = fmt.Appendf(dst, "<U+%04X>", r)
	default:
		dst = append(dst, p[:size]...)
	}
	return dst, p[size:]
}

// commands reports whether a character beyond ASCII is none: a control character
// (C1), a line separator, or one that makes text run backwards, so that it reads
// as something else.
func commands(r rune) bool {
	switch {
	case 0x80 <= r && r <= 0x9f,
		r == 0x061c, r == 0x200e, r == 0x200f,
		0x2028 <= r && r <= 0x202e,
		0x2066 <= r && r <= 0x2069:
		return true
	}
	return false
}
