package spawn

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// The expected words were printed by Python's shlex.split.
func TestLex(t *testing.T) {
	for _, tt := range []struct {
		id      string
		command string
		want    []string
		err     error
	}{
		{"PRO-042", `/bin/cat -n "a b" 'c d'`, []string{"/bin/cat", "-n", "a b", "c d"}, nil},
		{"PRO-042", `a"b"'c'd`, []string{"abcd"}, nil},
		{"PRO-042", `a\ b \"c\' \\`, []string{"a b", `"c'`, `\`}, nil},
		{"PRO-042", `"a\"b\\c\d\$"`, []string{`a"b\c\d\$`}, nil},
		{"PRO-042", `'a\b' '"'`, []string{`a\b`, `"`}, nil},
		{"PRO-042", `echo $HOME *.go | cat > x; #no &`, []string{"echo", "$HOME", "*.go", "|", "cat", ">", "x;", "#no", "&"}, nil},
		{"PRO-042", `'' "" x`, []string{"", "", "x"}, nil},
		{"PRO-042", "Grüße\u00a0€ x", []string{"Grüße\u00a0€", "x"}, nil},
		{"PRO-043", "a\n  b\r\n\tc\n", []string{"a", "b", "c"}, nil},
		{"PRO-043", "a\\\nb \"c\\\nd\"", []string{"a\nb", "c\\\nd"}, nil},
		{"PRO-035", `a "b`, nil, ErrNoClosingQuotation},
		{"PRO-035", `a 'b\'c'`, nil, ErrNoClosingQuotation},
		{"PRO-035", `a \`, nil, ErrNoEscapedCharacter},
		{"PRO-035", `a "b\`, nil, ErrNoEscapedCharacter},
		{"PRO-036", "", nil, nil},
		{"PRO-036", " \t\r\n", nil, nil},
	} {
		got, err := Lex(tt.command)
		if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%s: Lex(%q) = %q, %v; want %q, %v", tt.id, tt.command, got, err, tt.want, tt.err)
		}
	}
}

// Whatever the words are, there is a way to write them.
func FuzzLex(f *testing.F) {
	for _, seed := range []string{`a "b c" 'd' \e`, `'`, `"\`, "", "''", "a\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, command string) {
		words, err := Lex(command)
		if err != nil {
			return
		}
		single, double := make([]string, len(words)), make([]string, len(words))
		for i, word := range words {
			single[i] = `'` + strings.ReplaceAll(word, `'`, `'\''`) + `'`
			double[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
		}
		for _, quoted := range []string{strings.Join(single, " "), strings.Join(double, "\n")} {
			if again, err := Lex(quoted); err != nil || !slices.Equal(again, words) {
				t.Errorf("Lex(%q) = %q, but Lex(%q) = %q, %v", command, words, quoted, again, err)
			}
		}
	})
}
