package capture

import "bytes"

// sequenceStart begins a control sequence (ECMA-48, section 5.4).
var sequenceStart = []byte("\x1b[")

// StripANSI appends chunk without its control sequences to dst and returns the
// result. A sequence begins with ESC [ and ends with the next byte out of
// HfABCDRsuJKhlpm; if that byte is not in the chunk, the rest of the chunk is
// dropped. Every chunk is taken for itself. Other escapes stay
// (logging.md, section 4).
//
// dst may be chunk[:0], to strip in place.
func StripANSI(dst, chunk []byte) []byte {
	for {
		start := bytes.Index(chunk, sequenceStart)
		if start < 0 {
			return append(dst, chunk...)
		}
		dst = append(dst, chunk[:start]...)
		sequence := chunk[start:]
		end := bytes.IndexFunc(sequence, endsSequence)
		if end < 0 {
			return dst
		}
		chunk = sequence[end+1:]
	}
}

// endsSequence reports whether a byte is one of the final bytes that Supervisor
// knows (logging.md, section 4).
func endsSequence(r rune) bool {
	switch r {
	case 'H', 'f', 'A', 'B', 'C', 'D', 'R', 's', 'u', 'J', 'K', 'h', 'l', 'p', 'm':
		return true
	}
	return false
}
