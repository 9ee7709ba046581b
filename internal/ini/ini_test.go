package ini

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// render shows the sections of a file, one line per header and option.
func render(f *File) string {
	var b strings.Builder
	for _, s := range f.Sections() {
		fmt.Fprintf(&b, "%s:%d [%s]\n", s.File, s.Line, s.Name)
		for _, o := range s.Options {
			fmt.Fprintf(&b, "%s:%d %s=%q\n", o.File, o.Line, o.Key, o.Value)
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"CFG-009 comment lines", "# a\n  ; b\n[s]\n\t#c\nk=v\n", "F:3 [s]\nF:5 k=\"v\"\n"},
		{"CFG-010 semicolon after a blank", "[s]\na=x ;y\nb=x\t;y\nc=a;b\n", "F:1 [s]\nF:2 a=\"x\"\nF:3 b=\"x\"\nF:4 c=\"a;b\"\n"},
		{"CFG-011 hash after a blank", "[s]\na=x #y\nb=a#b\n", "F:1 [s]\nF:2 a=\"x\"\nF:3 b=\"a#b\"\n"},
		{"CFG-012 comment after a header", "[s] ; c\nk=v\n", "F:1 [s]\nF:2 k=\"v\"\n"},
		{"CFG-013 semicolon right after =", "[s]\ncommand=;x\n", "F:1 [s]\nF:2 command=\";x\"\n"},
		{"CFG-014 quotes do not protect", "[s]\ncommand=bash -c 'a ; b'\n", "F:1 [s]\nF:2 command=\"bash -c 'a\"\n"},
		{"CFG-015 continuation lines", "[s]\nk=a\n  b\n\tc\nl=d\n", "F:1 [s]\nF:2 k=\"a\\nb\\nc\"\nF:5 l=\"d\"\n"},
		{"CFG-016 blank lines in a value", "[s]\nk=a\n\n  b\n\n\n", "F:1 [s]\nF:2 k=\"a\\n\\nb\"\n"},
		{"CFG-017 comments in a value", "[s]\nk=a\n; c\n  # d\n  b\n", "F:1 [s]\nF:2 k=\"a\\nb\"\n"},
		{"CFG-018 indented option and header", "[s]\nk=a\n  l=b\n  [t]\n", "F:1 [s]\nF:2 k=\"a\\nl=b\\n[t]\"\n"},
		{"CFG-019 the first of both delimiters", "[s]\na: b\ncommand=/bin/cat x=y\nc : d=e\n", "F:1 [s]\nF:2 a=\"b\"\nF:3 command=\"/bin/cat x=y\"\nF:4 c=\"d=e\"\n"},
		{"CFG-020 keys in any letter case", "[s]\nPRIORITY=4\n", "F:1 [s]\nF:2 priority=\"4\"\n"},
		{"CFG-021 sections in one letter case", "[s]\n[S]\n", "F:1 [s]\nF:2 [S]\n"},
		{"CFG-022 a section twice", "[s]\na=1\nb=2\n[t]\n[s]\nb=3\n", "F:1 [s]\nF:2 a=\"1\"\nF:6 b=\"3\"\nF:4 [t]\n"},
		{"CFG-023 a key twice", "[s]\na=1\na=2\n", "F:1 [s]\nF:3 a=\"2\"\n"},
		{"CFG-025 other line ends", "[s]\r\na=1\r\n  b\r\n[t]\rc=2\r", "F:1 [s]\nF:2 a=\"1\\nb\"\nF:4 [t]\nF:5 c=\"2\"\n"},
		{"CFG-030 byte order mark", "\ufeff[s]\na=1\n", "F:1 [s]\nF:2 a=\"1\"\n"},
		{"CFG-032 nothing", "", ""},
		{"names reach to the last bracket", "[a]b] c\n[ d ]\n", "F:1 [a]b]\nF:2 [ d ]\n"},
		{"rounds decide where a comment begins", "[s]\nk=a;b c ;d #e\n", "F:1 [s]\nF:2 k=\"a;b c ;d\"\n"},
		{"value begins below", "[s]\nk=\n  a\n", "F:1 [s]\nF:2 k=\"\\na\"\n"},
		{"unclosed header is an option", "[s]\n[program:a\n", "F:1 [s]\nF:2 [program=\"a\"\n"},
		{"indented first level", "  [s]\n  a=1\n    2\n  b=3\n", "F:1 [s]\nF:2 a=\"1\\n2\"\nF:4 b=\"3\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse("F", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := render(f); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"CFG-026 no delimiter", "[s]\n[t]\ncommand\n", "Source contains parsing errors: 'F'\n\t[line  3]: 'command\\n'"},
		{"CFG-027 all bad lines", "[s]\n=x\n  y=z\nb", "Source contains parsing errors: 'F'\n\t[line  2]: '=x\\n'\n\t[line  4]: 'b'"},
		{"wide line numbers", "[s]\n" + strings.Repeat("\n", 1000) + "it's\n", "Source contains parsing errors: 'F'\n\t[line 1002]: \"it's\\n\""},
		{"below a bad line", "[s]\na=1\nb\n c\n", "Source contains parsing errors: 'F'\n\t[line  3]: 'b\\n'"},
		{"CFG-028 no header", "x=y\n", "File contains no section headers.\nfile: 'F', line: 1\n'x=y\\n'"},
		{"CFG-028 no header, below comments", "\n; c\n[]\n", "File contains no section headers.\nfile: 'F', line: 3\n'[]\\n'"},
		{"CFG-029 bad start", "[s]\n;\xff", "'utf-8' codec can't decode byte 0xff in position 5: invalid start byte"},
		{"CFG-029 bad continuation", "[s]\na=\xe9 x", "'utf-8' codec can't decode byte 0xe9 in position 6: invalid continuation byte"},
		{"CFG-029 two bytes", "[s]\na=\xe9\xa0x", "'utf-8' codec can't decode bytes in position 6-7: invalid continuation byte"},
		{"CFG-029 end", "[s]\na=\xf0\x9f\x98", "'utf-8' codec can't decode bytes in position 6-8: unexpected end of data"},
		{"CFG-029 surrogate", "\xed\xa0\x80", "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"},
		{"CFG-029 overlong", "\xe0\x80\x80", "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continuation byte"},
		{"CFG-029 beyond Unicode", "\xf4\x90\x80\x80", "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continuation byte"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("F", []byte(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// An error knows its place.
func TestErrorPlaces(t *testing.T) {
	_, err := Parse("F", []byte("[s]\n\na\nb\n"))
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || len(syntax.Lines) != 2 || syntax.Lines[1] != (Line{4, "b\n", ""}) {
		t.Errorf("got %#v", err)
	}
	_, err = Parse("F", []byte("[s]\n\n\xff\n"))
	var encoding *EncodingError
	if !errors.As(err, &encoding) || encoding.Line != 3 {
		t.Errorf("got %#v", err)
	}
}

// CFG-024: [DEFAULT] stands in for what a section lacks, and is no section.
func TestDefault(t *testing.T) {
	f, err := Parse("F", []byte("[DEFAULT]\na=1\nb=2\n[s]\nb=3\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Sections()) != 1 || f.Section("DEFAULT") != nil {
		t.Errorf("[DEFAULT] is listed: %s", render(f))
	}
	s := f.Section("s")
	for key, want := range map[string]string{"a": "1", "b": "3"} {
		if o, ok := s.Get(key); !ok || o.Value != want {
			t.Errorf("%s = %q, %v; want %q", key, o.Value, ok, want)
		}
	}
	if _, ok := s.Get("c"); ok {
		t.Error("c is there")
	}
	if len(s.Options) != 1 {
		t.Errorf("defaults became the section's own: %v", s.Options)
	}
}

func TestMerge(t *testing.T) {
	parse := func(name, text string) *File {
		t.Helper()
		f, err := Parse(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := parse("A", "[DEFAULT]\nd=1\ne=1\n[s]\na=1\nb=1\n")
	f.Merge(parse("B", "[DEFAULT]\nd=2\n[t]\nx=1\n[s]\nb=2\nc=2\n"))
	want := "A:4 [s]\nA:5 a=\"1\"\nB:6 b=\"2\"\nB:7 c=\"2\"\nB:3 [t]\nB:4 x=\"1\"\n"
	if got := render(f); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for key, want := range map[string]string{"d": "2", "e": "1"} {
		if o, _ := f.Section("t").Get(key); o.Value != want {
			t.Errorf("%s = %q in the merged section, want %q", key, o.Value, want)
		}
	}
}

// Whatever is read can be told apart, found again, and has its place.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.conf")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range seeds {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("F", text)
		if err != nil {
			var syntax *SyntaxError
			var encoding *EncodingError
			if !errors.As(err, &syntax) && !errors.As(err, &encoding) {
				t.Fatalf("%T", err)
			}
			if encoding != nil && utf8.Valid(text) {
				t.Fatalf("%v, but it is UTF-8", err)
			}
			return
		}
		last := 1 + strings.Count(string(text), "\n") + strings.Count(string(text), "\r")
		for _, s := range file.Sections() {
			if file.Section(s.Name) != s || s.Line < 1 || s.Line > last {
				t.Fatalf("section %q of line %d", s.Name, s.Line)
			}
			for _, o := range s.Options {
				if o.Key == "" || o.Key != trim(o.Key) || o.Line < 1 || o.Line > last {
					t.Fatalf("key %q of line %d", o.Key, o.Line)
				}
				if o.Value != strings.TrimRightFunc(o.Value, isSpace) {
					t.Fatalf("value %q", o.Value)
				}
				if got, ok := s.Get(o.Key); !ok || got != o {
					t.Fatalf("key %q is lost", o.Key)
				}
			}
		}
	})
}
