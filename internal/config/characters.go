package config

import (
	"strings"
	"unicode/utf8"
)

// escapeByte is what a byte that is no UTF-8 becomes a character by: U+DC80 to
// U+DCFF, which no text contains (PEP 383). So values from the environment keep
// their bytes, whatever they are.
const escapeByte = 0xdc00

// characters returns the characters of a text.
func characters(text string) []rune {
	all := make([]rune, 0, len(text))
	for i := 0; i < len(text); {
		c, width := utf8.DecodeRuneInString(text[i:])
		if c == utf8.RuneError && width == 1 {
			c = escapeByte + rune(text[i])
		}
		all = append(all, c)
		i += width
	}
	return all
}

// writeCharacter writes what characters has made a character of.
func writeCharacter(b *strings.Builder, c rune) {
	if escapeByte+utf8.RuneSelf <= c && c <= escapeByte+0xff {
		b.WriteByte(byte(c - escapeByte))
		return
	}
	b.WriteRune(c)
}

// textOf returns the text of characters.
func textOf(all ...rune) string {
	var b strings.Builder
	for _, c := range all {
		writeCharacter(&b, c)
	}
	return b.String()
}
