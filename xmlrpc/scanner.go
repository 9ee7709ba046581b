package xmlrpc

import (
	"bytes"
	"unicode/utf8"
)

// The bounds of a document. They are far above what anybody has a use for: a
// multicall of 10,000 calls, the state of 60,000 processes.
const (
	maxDepth            = 64
	maxCallElements     = 1 << 18
	maxResponseElements = 1 << 22
)

// token is what the scanner finds next.
type token uint8

const (
	startTag token = iota // scanner.name is the element
	endTag                // of the innermost open element
	text                  // scanner.chunk is a piece of character data
	end                   // of the document
)

// scanner cuts a document into tags and text. It checks what XML 1.0 demands of
// a document without a document type definition: matching tags, one root,
// quoted attributes, legal characters. Comments, processing instructions and
// attributes are skipped.
type scanner struct {
	doc     []byte
	pos     int
	limit   int  // of the number of elements
	lenient bool // accept characters that XML 1.0 does not allow

	name     []byte   // of the element just begun
	chunk    []byte   // of the text just found, references and line ends resolved
	open     [][]byte // names of the open elements, outermost first
	elements int      // begun so far
	empty    bool     // the element just begun was <like/> this: its end follows
}

func (s *scanner) fail(reason string) error { return &SyntaxError{s.pos, reason} }

// next returns the next token. After the root element has ended, and only then,
// it returns end.
func (s *scanner) next() (token, error) {
	if s.empty {
		s.empty = false
		s.open = s.open[:len(s.open)-1]
		return endTag, nil
	}
	for s.pos < len(s.doc) {
		if s.doc[s.pos] != '<' {
			found, err := s.characters()
			if err != nil || found {
				return text, err
			}
			continue
		}
		rest := s.doc[s.pos+1:]
		switch {
		case len(rest) == 0:
			return 0, s.fail("a tag does not end")
		case rest[0] == '/':
			return endTag, s.endTag()
		case rest[0] == '?':
			if err := s.skipTo("<?", "?>"); err != nil {
				return 0, err
			}
		case rest[0] != '!':
			return startTag, s.startTag()
		case bytes.HasPrefix(rest, []byte("![CDATA[")):
			return text, s.cdata()
		case bytes.HasPrefix(rest, []byte("!--")):
			if err := s.skipComment(); err != nil {
				return 0, err
			}
		case bytes.HasPrefix(rest, []byte("!DOCTYPE")):
			if err := s.skipDoctype(); err != nil {
				return 0, err
			}
		default:
			return 0, s.fail("a malformed tag")
		}
	}
	if len(s.open) > 0 || s.elements == 0 {
		return 0, s.fail("the document ends too early")
	}
	return end, nil
}

// characters reads text up to the next tag. Outside of the root element there
// may only be white space, which is not worth a token.
func (s *scanner) characters() (found bool, err error) {
	length := bytes.IndexByte(s.doc[s.pos:], '<')
	if length < 0 {
		length = len(s.doc) - s.pos
	}
	raw := s.doc[s.pos : s.pos+length]
	if len(s.open) == 0 {
		if len(bytes.Trim(raw, " \t\r\n")) > 0 {
			return false, s.fail("text outside of the root element")
		}
		s.pos += length
		return false, nil
	}
	if s.chunk, err = s.resolve(raw, true); err != nil {
		return false, err
	}
	s.pos += length
	return true, nil
}

func (s *scanner) cdata() error {
	if len(s.open) == 0 {
		return s.fail("text outside of the root element")
	}
	start := s.pos + len("<![CDATA[")
	length := bytes.Index(s.doc[start:], []byte("]]>"))
	if length < 0 {
		return s.fail("a CDATA section does not end")
	}
	chunk, err := s.resolve(s.doc[start:start+length], false)
	s.chunk, s.pos = chunk, start+length+len("]]>")
	return err
}

// skipTo skips something with a beginning and an end of its own.
func (s *scanner) skipTo(opening, closing string) error {
	start := s.pos + len(opening)
	length := bytes.Index(s.doc[start:], []byte(closing))
	if length < 0 {
		return s.fail(opening + " is not followed by " + closing)
	}
	s.pos = start + length + len(closing)
	return nil
}

func (s *scanner) skipComment() error {
	if err := s.skipTo("<!--", "--"); err != nil {
		return err
	}
	if s.pos == len(s.doc) || s.doc[s.pos] != '>' {
		return s.fail("a comment contains --")
	}
	s.pos++
	return nil
}

// skipDoctype skips a document type declaration that merely names one. Nobody
// is made to fetch it, and one that defines something is refused: entities that
// expand to others are how small documents become huge.
func (s *scanner) skipDoctype() error {
	if s.elements > 0 {
		return s.fail("a document type declaration after the root element")
	}
	length := bytes.IndexAny(s.doc[s.pos:], ">[")
	if length < 0 || s.doc[s.pos+length] == '[' {
		return s.fail("a document type declaration that defines something")
	}
	s.pos += length + 1
	return nil
}

func (s *scanner) endTag() error {
	start := s.pos + len("</")
	length := bytes.IndexByte(s.doc[start:], '>')
	if length < 0 {
		return s.fail("a tag does not end")
	}
	name := s.doc[start : start+length]
	for len(name) > 0 && isSpace(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	if len(s.open) == 0 || !bytes.Equal(s.open[len(s.open)-1], name) {
		return s.fail("an end tag does not match")
	}
	s.open = s.open[:len(s.open)-1]
	s.pos = start + length + 1
	return nil
}

func (s *scanner) startTag() error {
	if len(s.open) == 0 && s.elements > 0 {
		return s.fail("a second root element")
	}
	s.elements++
	if len(s.open) >= maxDepth || s.elements > s.limit {
		return s.fail("too deep or too many elements")
	}
	s.pos++
	s.name = s.word()
	if len(s.name) == 0 || !beginsName(s.name[0]) {
		return s.fail("a tag without a name")
	}
	if err := s.attributes(); err != nil {
		return err
	}
	if s.doc[s.pos] == '/' {
		s.empty = true
		s.pos++
	}
	if s.pos == len(s.doc) || s.doc[s.pos] != '>' {
		return s.fail("a tag does not end")
	}
	s.pos++
	s.open = append(s.open, s.name)
	return nil
}

// attributes skips to what ends a start tag, > or /, which there is if it
// returns no error.
func (s *scanner) attributes() error {
	for {
		spaced := s.skipSpace()
		if s.pos == len(s.doc) {
			return s.fail("a tag does not end")
		}
		if c := s.doc[s.pos]; c == '>' || c == '/' {
			return nil
		}
		if name := s.word(); !spaced || len(name) == 0 || !beginsName(name[0]) {
			return s.fail("a malformed tag")
		}
		s.skipSpace()
		if s.pos == len(s.doc) || s.doc[s.pos] != '=' {
			return s.fail("an attribute without a value")
		}
		s.pos++
		s.skipSpace()
		if s.pos == len(s.doc) || s.doc[s.pos] != '"' && s.doc[s.pos] != '\'' {
			return s.fail("an attribute without quotes")
		}
		start := s.pos + 1
		length := bytes.IndexByte(s.doc[start:], s.doc[s.pos])
		if length < 0 || bytes.IndexByte(s.doc[start:start+length], '<') >= 0 {
			return s.fail("a malformed attribute")
		}
		s.pos = start + length + 1
	}
}

// word reads what may be a name: up to white space or a character that has a
// meaning in a tag.
func (s *scanner) word() []byte {
	start := s.pos
	for s.pos < len(s.doc) && !endsWord(s.doc[s.pos]) {
		s.pos++
	}
	return s.doc[start:s.pos]
}

func (s *scanner) skipSpace() (skipped bool) {
	start := s.pos
	for s.pos < len(s.doc) && isSpace(s.doc[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func endsWord(c byte) bool {
	return isSpace(c) || c == '/' || c == '>' || c == '=' || c == '<' || c == '"' || c == '\'' || c == '&'
}

// beginsName takes every character beyond ASCII for a letter.
func beginsName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
}
