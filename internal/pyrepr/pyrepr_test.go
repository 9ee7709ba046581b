package pyrepr

import "testing"

// The expected texts were printed by Python 3.11's repr.
func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"":                      `''`,
		"foo":                   `'foo'`,
		"it's":                  `"it's"`,
		`say "it's"`:            `'say "it\'s"'`,
		"a\nb\tc\rd\\":          `'a\nb\tc\rd\\'`,
		"\x00\x1b\x7f":          `'\x00\x1b\x7f'`,
		"Grüße €":               `'Grüße €'`,
		"\ufeffx":               `'\ufeffx'`,
		"\u00a0\u0085":          `'\xa0\x85'`,
		"\u2028":                `'\u2028'`,
		"😀":                     `'😀'`,
		"\U000e0001":            `'\U000e0001'`,
		"bad\xff":               `'bad\udcff'`,
		"\u00ad soft\u200bzero": `'\xad soft\u200bzero'`,
	} {
		if got := String(in); got != want {
			t.Errorf("String(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for in, want := range map[string]string{
		"":            `b''`,
		"\x88\n":      `b'\x88\n'`,
		"it's \xff":   `b"it's \xff"`,
		`'"` + "\x80": `b'\'"\x80'`,
	} {
		if got := Bytes([]byte(in)); got != want {
			t.Errorf("Bytes(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestList(t *testing.T) {
	if got, want := List([]string{"foo", "it's"}), `['foo', "it's"]`; got != want {
		t.Errorf("List = %s, want %s", got, want)
	}
	if got := List(nil); got != "[]" {
		t.Errorf("List(nil) = %s", got)
	}
}
