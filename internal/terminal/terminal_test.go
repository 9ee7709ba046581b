package terminal

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// cases are what comes, and what is shown of it.
var cases = []struct{ name, in, want string }{
	{"text", "héllo, 世界\n\tx\r\n", "héllo, 世界\n\tx\r\n"},
	{"colours", "\x1b[1;31mred\x1b[0m \x1b[38:2::1:2:3mx\x1b[m", "\x1b[1;31mred\x1b[0m \x1b[38:2::1:2:3mx\x1b[m"},
	{"a colour that does not end", "\x1b[31mred", "\x1b[31mred\x1b[0m"},
	{"a window title", "\x1b]0;owned\a", "^[]0;owned^G"},
	{"a title, ended otherwise", "\x1b]0;owned\x1b\\", "^[]0;owned^[\\"},
	{"the clipboard", "\x1b]52;c;cm0gLXJmIH4=\a", "^[]52;c;cm0gLXJmIH4=^G"},
	{"a device control string", "\x1bP+q544e\x1b\\", "^[P+q544e^[\\"},
	{"the cursor moves up", "\x1b[1Aok", "^[[1Aok"},
	{"the screen is cleared", "\x1b[2J\x1b[H\x1bc", "^[[2J^[[H^[c"},
	{"a report, which is an answer that is typed", "\x1b[6n\x1b[c\x05", "^[[6n^[[c^E"},
	{"private parameters", "\x1b[?1049h\x1b[>4;1m", "^[[?1049h^[[>4;1m"},
	{"intermediate bytes", "\x1b[1 m", "^[[1 m"},
	{"an escape in a colour", "\x1b[3\x1b[2J", "^[[3^[[2J"},
	{"a line is overwritten", "login of mallory\rlogin of root\n", "login of mallory^Mlogin of root\n"},
	{"backspaces", "evil\b\b\b\bgood\x7f", "evil^H^H^H^Hgood^?"},
	{"shifts of the character set", "\x0e\x0f\x1b(0", "^N^O^[(0"},
	{"C1 in UTF-8", "\u009b2J\u009d0;x\u009c\u0085", "<U+009B>2J<U+009D>0;x<U+009C><U+0085>"},
	{"C1 in one byte", "\x9b2J\x9d0;x\x9c", "<9B>2J<9D>0;x<9C>"},
	{"no UTF-8", "caf\xe9 \xff\xc2", "caf<E9> <FF><C2>"},
	{"a long way to write a control character", "\xc0\x9b\xe0\x80\x9b", "<C0><9B><E0><80><9B>"},
	{"text that runs backwards", "a\u202egnp.exe\u2066\u2029", "a<U+202E>gnp.exe<U+2066><U+2029>"},
	{"NUL", "a\x00b", "a^@b"},
	{"half an escape at the end", "a\x1b", "a^["},
	{"half a colour at the end", "a\x1b[31", "a^[[31"},
	{"a colour without end", "\x1b[" + strings.Repeat("1", 100) + "m", "^[[" + strings.Repeat("1", 100) + "m"},
	{"a carriage return at the end", "a\r", "a^M"},
}

func TestFilter(t *testing.T) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			if got := inPieces(tt.in, len(tt.in)); got != tt.want {
				t.Errorf("at once: %q, want %q", got, tt.want)
			}
			if got := inPieces(tt.in, 1); got != tt.want {
				t.Errorf("byte by byte: %q, want %q", got, tt.want)
			}
		})
	}
}

// A log that is followed shows what has come, without waiting for more.
func TestNothingIsHeldBackForNothing(t *testing.T) {
	var f Filter
	if got := string(f.Append(nil, []byte("a prompt> "))); got != "a prompt> " {
		t.Errorf("shown: %q", got)
	}
	if f.Append(nil, []byte("\x1b["+strings.Repeat("1;", 1000))); len(f.held) > longestColour {
		t.Errorf("%d bytes are held back", len(f.held))
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"web:web_00   RUNNING\tpid 1\n": "web:web_00   RUNNING\tpid 1\n",
		"\x1b[31mFATAL\x1b[0m\r":        "^[[31mFATAL^[[0m^M",
		"größe\u009b":                   "größe<U+009B>",
	} {
		if got := Visible(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func inPieces(text string, size int) string {
	var f Filter
	var shown []byte
	for rest := []byte(text); len(rest) > 0; {
		n := min(size, len(rest))
		shown = f.Append(shown, rest[:n])
		rest = rest[n:]
	}
	return string(f.Finish(shown))
}

// permitted is everything that may be left when colours have been taken out.
var (
	colours   = regexp.MustCompile(`\x1b\[[0-9;:]*m`)
	permitted = regexp.MustCompile(`^(\r\n|[\n\t -~]|[^\x00-\x{9f}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}])*$`)
)

// Whatever comes, and in whatever pieces: nothing is shown but text and colours,
// no colour stays on, and it is the same as when all comes at once.
func FuzzFilter(f *testing.F) {
	for _, tt := range cases {
		f.Add(tt.in, 1)
		f.Add(tt.in, 5)
	}
	f.Fuzz(func(t *testing.T, text string, size int) {
		size = 1 + max(size, 0)%64
		whole := inPieces(text, max(1, len(text)))
		if got := inPieces(text, size); got != whole {
			t.Fatalf("in pieces of %d: %q, at once: %q", size, got, whole)
		}
		if !utf8.ValidString(whole) || !permitted.MatchString(colours.ReplaceAllString(whole, "")) {
			t.Fatalf("%q became %q", text, whole)
		}
		if last := colours.FindAllString(whole, -1); len(last) > 0 && last[len(last)-1] != reset && last[len(last)-1] != "\x1b[m" {
			t.Fatalf("%q became %q, which stays coloured", text, whole)
		}
		if visible := Visible(text); !permitted.MatchString(visible) || bytes.ContainsAny([]byte(visible), "\r\x1b") {
			t.Fatalf("%q became visible as %q", text, visible)
		}
	})
}
