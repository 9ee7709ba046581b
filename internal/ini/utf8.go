package ini

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// EncodingError says where a file is not UTF-8.
type EncodingError struct {
	File   string
	Line   int    // from 1
	Offset int    // of the first bad byte in the file, from 0
	Bytes  []byte // the bad bytes: 1 to 3
	Reason string
}

// Error returns the text of Supervisor (config.md, section 3.1). The position
// is the one in the file; the reference counts from the start of its buffer.
func (e *EncodingError) Error() string {
	where := fmt.Sprintf("byte 0x%02x in position %d", e.Bytes[0], e.Offset)
	if n := len(e.Bytes); n > 1 {
		where = fmt.Sprintf("bytes in position %d-%d", e.Offset, e.Offset+n-1)
	}
	return fmt.Sprintf("'utf-8' codec can't decode %s: %s", where, e.Reason)
}

// checkUTF8 returns an *EncodingError for the first bytes that are not UTF-8.
func checkUTF8(file string, text []byte) error {
	if utf8.Valid(text) {
		return nil
	}
	offset := 0
	for {
		r, n := utf8.DecodeRune(text[offset:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		offset += n
	}
	length, reason := badSequence(text[offset:])
	return &EncodingError{
		File:   file,
		Line:   1 + bytes.Count(text[:offset], []byte("\n")),
		Offset: offset,
		Bytes:  text[offset : offset+length],
		Reason: reason,
	}
}

// badSequence tells how many bytes of p are at fault, and why: those that a
// valid sequence could begin with, or the first if there are none. The ranges
// are those of the Unicode Standard, table 3-7.
func badSequence(p []byte) (length int, reason string) {
	first := p[0]
	want := 0 // bytes of the whole sequence
	low, high := byte(0x80), byte(0xbf)
	switch {
	case 0xc2 <= first && first <= 0xdf:
		want = 2
	case 0xe0 <= first && first <= 0xef:
		want = 3
	case 0xf0 <= first && first <= 0xf4:
		want = 4
	default:
		return 1, "invalid start byte"
	}
	switch first {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	for length = 1; length < want; length++ {
		if length == len(p) {
			return length, "unexpected end of data"
		}
		if p[length] < low || high < p[length] {
			break
		}
		low, high = 0x80, 0xbf
	}
	return length, "invalid continuation byte"
}
