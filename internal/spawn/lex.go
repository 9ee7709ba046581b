package spawn

import (
	"errors"
	"strings"
)

// Why a command line has no words.
var (
	ErrNoClosingQuotation = errors.New("No closing quotation")
	ErrNoEscapedCharacter = errors.New("No escaped character")
)

// Lex splits a command line into words as a POSIX shell would, but nothing is
// expanded and nothing is a comment (process.md, section 4, step 3). Blanks and
// newlines separate words; single quotes keep everything; double quotes keep
// all but a backslash before a backslash or a double quote; elsewhere a
// backslash keeps the next character.
func Lex(command string) ([]string, error) {
	var words []string
	for {
		command = strings.TrimLeft(command, blanks)
		if command == "" {
			return words, nil
		}
		word, rest, err := lexWord(command)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
		command = rest
	}
}

const blanks = " \t\r\n"

// lexWord reads one word, which may consist of several pieces, quoted or not.
func lexWord(s string) (word, rest string, err error) {
	var b strings.Builder
	for {
		end := strings.IndexAny(s, blanks+`'"\`)
		if end < 0 {
			b.WriteString(s)
			return b.String(), "", nil
		}
		b.WriteString(s[:end])
		special := s[end]
		after := s[end+1:]
		switch special {
		case '\'':
			if s, err = lexSingle(&b, after); err != nil {
				return "", "", err
			}
		case '"':
			if s, err = lexDouble(&b, after); err != nil {
				return "", "", err
			}
		case '\\':
			if after == "" {
				return "", "", ErrNoEscapedCharacter
			}
			b.WriteByte(after[0])
			s = after[1:]
		default:
			return b.String(), after, nil
		}
	}
}

// lexSingle reads up to the closing single quote and returns what follows it.
func lexSingle(b *strings.Builder, s string) (rest string, err error) {
	quoted, rest, ok := strings.Cut(s, "'")
	if !ok {
		return "", ErrNoClosingQuotation
	}
	b.WriteString(quoted)
	return rest, nil
}

// lexDouble reads up to the closing double quote and returns what follows it.
func lexDouble(b *strings.Builder, s string) (rest string, err error) {
	for {
		end := strings.IndexAny(s, `"\`)
		if end < 0 {
			return "", ErrNoClosingQuotation
		}
		b.WriteString(s[:end])
		if s[end] == '"' {
			return s[end+1:], nil
		}
		if s = s[end+1:]; s == "" {
			return "", ErrNoEscapedCharacter
		}
		if s[0] != '"' && s[0] != '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
}
