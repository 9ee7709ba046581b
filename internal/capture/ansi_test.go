package capture

import (
	"bytes"
	"strings"
	"testing"
)

// The expected results were read from the reference's logs, or follow from
// logging.md, section 4.
var ansiCases = []struct{ name, in, want string }{
	{"LOG-025 colours", "a\x1b[31mred\x1b[0mb\n", "aredb\n"},
	{"LOG-025 nothing else", "\x1b[2J", ""},
	{"every final byte", "\x1b[1Ha\x1b[fb\x1b[Ac\x1b[Bd\x1b[Ce\x1b[Df\x1b[Rg\x1b[sh\x1b[ui\x1b[Jj\x1b[Kk\x1b[?25hl\x1b[?25lm\x1b[pn\x1b[mo", "abcdefghijklmno"},
	{"plain text stays", "plain [31m text\x1b", "plain [31m text\x1b"},
	{"other escapes stay", "\x1b]0;title\x07x", "\x1b]0;title\x07x"},
	{"an unterminated sequence takes the rest", "keep\x1b[12;34 gone? @", "keep"},
	{"another sequence does not end one", "a\x1b[1\x1b[31mb", "ab"},
	{"a final byte that is not known does not end one", "a\x1b[1Gbcmd", "ad"},
	{"empty", "", ""},
}

func TestStripANSI(t *testing.T) {
	for _, tt := range ansiCases {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(StripANSI([]byte("dst "), []byte(tt.in))); got != "dst "+tt.want {
				t.Errorf("%q became %q, want %q", tt.in, got, "dst "+tt.want)
			}
			chunk := []byte(tt.in)
			if got := string(StripANSI(chunk[:0], chunk)); got != tt.want {
				t.Errorf("%q became %q in place, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// stripModel follows the specification byte by byte.
func stripModel(chunk string) string {
	var kept strings.Builder
	for i := 0; i < len(chunk); i++ {
		if !strings.HasPrefix(chunk[i:], "\x1b[") {
			kept.WriteByte(chunk[i])
			continue
		}
		for i++; i < len(chunk) && !strings.ContainsRune("HfABCDRsuJKhlpm", rune(chunk[i])); i++ {
		}
	}
	return kept.String()
}

func FuzzStripANSI(f *testing.F) {
	for _, tt := range ansiCases {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, chunk string) {
		got := StripANSI(nil, []byte(chunk))
		if want := stripModel(chunk); string(got) != want {
			t.Errorf("%q became %q, want %q", chunk, got, want)
		}
		in := []byte(chunk)
		if inPlace := StripANSI(in[:0], in); !bytes.Equal(inPlace, got) {
			t.Errorf("%q became %q in place, want %q", chunk, inPlace, got)
		}
	})
}

func BenchmarkStripANSI(b *testing.B) {
	plain := strings.Repeat("a line without any colour in it, as most are\n", 90)
	for name, chunk := range map[string]string{"plain": plain, "coloured": strings.ReplaceAll(plain, "any colour", "\x1b[31many\x1b[0m colour")} {
		b.Run(name, func(b *testing.B) {
			in, out := []byte(chunk), make([]byte, 0, len(chunk))
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				out = StripANSI(out[:0], in)
			}
		})
	}
}
