package config

import (
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	ends := func(string) string { return "!Unexpected end of key/value pairs in value '***'" }
	for _, tt := range []struct{ name, text, want string }{
		{"CFG-110 values in and without quotes", `A=1,B="x,y",C='z w'`, "A=1|B=x,y|C=z w"},
		{"CFG-110 trailing comma", "A=1,", "A=1"},
		{"nothing", "", ""},
		{"CFG-111 empty value", `A=""`, "A="},
		{"CFG-111 no value", "A=", ends("A=")},
		{"CFG-111 no value, more follows", "A=,B=1", ends("A=,B=1")},
		{"CFG-112 blank between pairs", "A=1 B=2", ends("A=1 B=2")},
		{"any token between pairs", "A=1;B=2", "A=1|B=2"},
		{"CFG-113 at sign", "A=foo@bar", ends("A=foo@bar")},
		{"CFG-113 quoted at sign", `A="foo@bar"`, "A=foo@bar"},
		{"CFG-114 word characters", "A=a/b.c+d-e(f):g_h", "A=a/b.c+d-e(f):g_h"},
		{"CFG-115 lines", "\nA=1,\nB=\"x\ny\",\n", "A=1|B=x\ny"},
		{"CFG-116 unbalanced quote", `A="x`, "!No closing quotation"},
		{"CFG-117 escaped quotes", `A="say \"hi\""`, `A=say "hi"`},
		{"CFG-118 quotes in quotes", `A="'x'"`, "A=x"},
		{"CFG-118 the other way round", `A='"x"'`, "A=x"},
		{"CFG-119 comment", "A=b#c,D=e", "A=b"},
		{"CFG-119 comment, then a line", "A=b#c\n,D=e", "A=b|D=e"},
		{"CFG-119 quoted hash", `A="b#c"`, "A=b#c"},
		{"CFG-120 twice", "A=1,B=2,A=3", "A=3|B=2"},
		{"CFG-121 backslash n", `A="a\nb"`, `A=a\nb`},
		{"key of any word", "A-B=1", "A-B=1"},
		{"dollar", "A=$HOME", "A=$"},
		{"quote within a word", `A=a"b c"d`, `A=a"b`},
		{"quoted, then a word", `A="a"b`, "A=a"},
		{"only POSIX can read it", `A="a\"b",B=a\ b`, `A=a"b|B=a b`},
		{"neither can", `A="a\",B`, ends(`A="a\",B`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vars, err := environment(tt.text)
			got := strings.Join(merge(vars, nil), "|")
			if err != nil {
				got = "!" + err.Error()
			}
			if got != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	for _, tt := range []struct{ text, legacy, posix string }{
		{"a b\tc", "a|b|c", "a|b|c"},
		{`"a b"c`, `"a b"|c`, "a bc"},
		{`a"b c"d`, `a"b|c"d`, "ab cd"},
		{`""`, `""`, ""},
		{`a\ b`, `a|\|b`, "a b"},
		{`"a\"b\\c\n"`, `"a\"|b|\|\|c|\|n"`, `a"b\c\n`},
		{"a#b\nc", "ac", "a|c"},
		{"#b", "", ""},
		{"é", "é", "é"},
		{"éa×b", "é|a|×|b", "éa|×|b"},
		{"'gr\xfcn \xff'", "'gr\xfcn \xff'", "gr\xfcn \xff"},
		{"\xff\\\xfe", "\xff|\\|\xfe", "\xff|\xfe"},
		{`a\`, `a|\`, `!No escaped character`},
		{`'a\'`, `'a\'`, `a\`},
	} {
		for posix, want := range map[bool]string{false: tt.legacy, true: tt.posix} {
			list, err := tokens(tt.text, posix)
			got := strings.Join(list, "|")
			if err != nil {
				got = "!" + err.Error()
				want = want[max(strings.LastIndexByte(want, '!'), 0):]
			}
			if got != want {
				t.Errorf("%q, posix %v: got %q, want %q", tt.text, posix, got, want)
			}
		}
	}
}

// CFG-122, and what processes get.
func TestProcessEnvironment(t *testing.T) {
	get := func(p *Process) any { return strings.Join(p.Environment, "|") }
	testGood(t, []good{
		{"CFG-122 expansion", programOnly + "environment=X=\"%(process_num)d\"", first(get), "X=0"},
		{"the daemon's, then its own", "[supervisord]\nenvironment=A=1,B=2\n[program:a]\ncommand=x\nenvironment=C=3,A=4", first(get), "A=4|B=2|C=3"},
		{"the daemon's only", "[supervisord]\nenvironment=A=1,B=2\n[program:a]\ncommand=x", first(get), "A=1|B=2"},
	})
	testBad(t, []bad{
		{"CFG-116 in a program", programOnly + "environment=A=\"x", "No closing quotation" + inProgramA},
		{"CFG-116 in the daemon", "[supervisord]\nenvironment=A=\"x", "No closing quotation"},
	})
}

// What was read can be written in quotes and read again.
func FuzzEnvironment(f *testing.F) {
	for _, seed := range []string{`A=1,B="x y"`, `A="say \"hi\""`, "A=b#c\nd", `A='`, `"A"=b;C=d`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		vars, err := environment(text)
		if err != nil {
			if vars != nil {
				t.Fatalf("%v with an error", vars)
			}
			return
		}
		for _, v := range vars {
			if strings.ContainsAny(v.value, `"\`) || !simpleKey(v.name) {
				continue
			}
			again, err := environment(v.name + `="` + v.value + `",`)
			if err != nil || len(again) != 1 || again[0].value != strings.Trim(v.value, `'`) {
				t.Fatalf("%q became %q, %v", v, again, err)
			}
		}
	})
}

func simpleKey(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
