package config

import (
	"errors"
	"strings"
	"unicode"
)

// This file cuts an environment= value into tokens, by the rules of either of
// the two lexers that versions of Supervisor use (config.md, section 6). Both
// are modes of Python's shlex. It is pure.

var (
	errQuotation = errors.New("No closing quotation")
	errEscape    = errors.New("No escaped character")
)

// The states of a lexer besides "in quotes", which is the quote itself.
const (
	between = ' '  // tokens
	inWord  = 'a'  // or behind a quotation that is part of one
	escaped = '\\' // the next character stands for itself
)

// lexer cuts a text into tokens. In POSIX mode quotes group and are removed
// anywhere in a word, and backslashes escape. In legacy mode a quotation is a
// token of its own that keeps its quotes, and backslashes mean nothing.
type lexer struct {
	in    []rune
	at    int
	posix bool
}

// tokens returns all tokens of a text.
func tokens(text string, posix bool) ([]string, error) {
	l := lexer{in: characters(text), posix: posix}
	var all []string
	for {
		token, ok, err := l.token()
		if err != nil {
			return nil, err
		}
		if !ok {
			return all, nil
		}
		all = append(all, token)
	}
}

// token returns the next token; there is none at the end of the text.
func (l *lexer) token() (token string, ok bool, err error) {
	var word strings.Builder
	state, resume := rune(between), rune(between) // resume: after an escape
	quoted := false
	for ; l.at < len(l.in); l.at++ {
		c := l.in[l.at]
		switch state {
		case '\'', '"':
			quoted = true
			switch {
			case c == state && l.posix:
				state = inWord
				continue
			case c == state:
				l.at++
				return word.String() + textOf(c), true, nil
			case c == '\\' && l.posix && state == '"':
				state, resume = escaped, state
				continue
			}
			writeCharacter(&word, c)
		case escaped:
			if resume == '"' && c != '\\' && c != '"' {
				word.WriteByte('\\')
			}
			writeCharacter(&word, c)
			state = resume
		default:
			complete := word.Len() > 0 || quoted
			switch {
			case c == '#':
				l.skipLine()
				if l.posix && complete {
					l.at++
					return word.String(), true, nil
				}
				if l.posix {
					state = between
				}
			case strings.ContainsRune(" \t\r\n", c):
				if complete {
					return word.String(), true, nil
				}
				state = between
			case c == '\\' && l.posix:
				state, resume = escaped, inWord
			case (c == '\'' || c == '"') && (l.posix || state == between):
				state = c
				if !l.posix {
					writeCharacter(&word, c)
				}
			case l.wordChar(c), (c == '\'' || c == '"'):
				state = inWord
				writeCharacter(&word, c)
			case complete:
				return word.String(), true, nil // c begins the next token
			default:
				l.at++
				return textOf(c), true, nil
			}
		}
	}
	switch state {
	case '\'', '"':
		return "", false, errQuotation
	case escaped:
		return "", false, errEscape
	}
	return word.String(), word.Len() > 0 || quoted, nil
}

// wordChar reports whether c is part of a word rather than a token of its own.
func (l *lexer) wordChar(c rune) bool {
	switch {
	case c < unicode.MaxASCII:
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("_/.+-():", c)
	case c <= unicode.MaxLatin1:
		return l.posix && c >= 'À' && c != '×' && c != '÷'
	}
	return false
}

// skipLine goes to the last character of a comment.
func (l *lexer) skipLine() {
	for l.at+1 < len(l.in) && l.in[l.at] != '\n' {
		l.at++
	}
}
