package xhtml

import "unicode/utf8"

// appendEscaped writes a text so that nothing in it is markup, within a quoted
// attribute, too, and nothing in it is forbidden: bytes that are not UTF-8, and
// the control characters and U+FFFE, U+FFFF that are no Char of XML 1.0 (section
// 2.2 of it).
func appendEscaped(page []byte, s string) []byte {
	done := 0 // how much of s has been written
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if instead := replacement(r, size); instead != "" {
			page = append(page, s[done:i]...)
			page = append(page, instead...)
			done = i + size
		}
		i += size
	}
	return append(page, s[done:]...)
}

// replacement returns what stands for a character that took size bytes; empty:
// it may stay.
func replacement(r rune, size int) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	case '\t', '\n', '\r':
		return ""
	case utf8.RuneError:
		if size > 1 {
			return "" // it is in the text
		}
		return "\uFFFD"
	case '\uFFFE', '\uFFFF':
		return "\uFFFD"
	}
	if r < ' ' {
		return "\uFFFD"
	}
	return ""
}
