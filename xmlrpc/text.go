package xmlrpc

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// resolve turns raw character data into what it stands for: line ends become
// newlines (XML 1.0, section 2.11), and references, where they are markup,
// the characters that they name. Data that stands for itself is returned as it
// is, without a copy.
func (s *scanner) resolve(raw []byte, references bool) ([]byte, error) {
	if plain(raw) {
		return raw, nil
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '&' && references:
			r, width, ok := s.reference(raw[i:])
			if !ok {
				return nil, s.fail("an unknown reference")
			}
			out = utf8.AppendRune(out, r)
			i += width
			continue
		case c == '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				out = append(out, '\n')
			}
		case c == ']' && references && bytes.HasPrefix(raw[i:], []byte("]]>")):
			return nil, s.fail("]]> outside of a CDATA section")
		case c < utf8.RuneSelf:
			if !s.lenient && !allowed(rune(c)) {
				return nil, s.fail("a character that XML does not allow")
			}
			out = append(out, c)
		default:
			r, width := utf8.DecodeRune(raw[i:])
			if !s.lenient && !allowed(r) {
				return nil, s.fail("a character that XML does not allow")
			}
			out = append(out, raw[i:i+width]...)
			i += width
			continue
		}
		i++
	}
	return out, nil
}

// plain reports whether raw is ASCII without anything that needs a second look.
func plain(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' && c != '\n' && c != '\t' || c == '&' || c == ']' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// reference reads one of the five entities that XML itself defines, or a
// character by its number.
func (s *scanner) reference(raw []byte) (r rune, width int, ok bool) {
	end := bytes.IndexByte(raw[:min(len(raw), 16)], ';')
	if end < 2 {
		return 0, 0, false
	}
	name, width := string(raw[1:end]), end+1
	switch name {
	case "lt":
		return '<', width, true
	case "gt":
		return '>', width, true
	case "amp":
		return '&', width, true
	case "quot":
		return '"', width, true
	case "apos":
		return '\'', width, true
	}
	if name[0] != '#' {
		return 0, 0, false
	}
	digits, base := name[1:], 10
	if digits != "" && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r = rune(n)
	return r, width, err == nil && utf8.ValidRune(r) && n <= utf8.MaxRune && (s.lenient || allowed(r))
}

// allowed reports whether a character may occur in a document (XML 1.0,
// section 2.2).
func allowed(r rune) bool {
	return r >= ' ' && r != '\uFFFE' && r != '\uFFFF' || r == '\t' || r == '\n' || r == '\r'
}
