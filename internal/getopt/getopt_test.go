package getopt

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// daemonOptions is enough of supervisord's table to show every rule.
var daemonOptions = []Option{
	{"c", "configuration", true, false},
	{"n", "nodaemon", false, false},
	{"h?", "help", false, false},
	{"v", "version", false, false},
	{"e", "loglevel", true, false},
	{"k", "nocleanup", false, false},
	{"", "minfds", true, false},
	{"", "minprocs", true, false},
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		id   string
		args string
		want []Given
		rest string
	}{
		{"no words", "", nil, ""},
		{"CLI-001", "-h -? --help", []Given{
			{"help", "-h", "", false}, {"help", "-?", "", true}, {"help", "--help", "", true}}, ""},
		{"CLI-003", "-v --version", []Given{
			{"version", "-v", "", false}, {"version", "--version", "", true}}, ""},
		{"CLI-007 unique prefix", "--conf a --minf=3", []Given{
			{"configuration", "--configuration", "a", false}, {"minfds", "--minfds", "3", false}}, ""},
		{"CLI-011", "-nk -nca", []Given{
			{"nodaemon", "-n", "", false}, {"nocleanup", "-k", "", false},
			{"nodaemon", "-n", "", true}, {"configuration", "-c", "a", false}}, ""},
		{"attached", "-cfile -e=x", []Given{
			{"configuration", "-c", "file", false}, {"loglevel", "-e", "=x", false}}, ""},
		{"separate", "-c -n --minfds -3", []Given{
			{"configuration", "-c", "-n", false}, {"minfds", "--minfds", "-3", false}}, ""},
		{"empty and equals", "--minfds= --minprocs=a=b", []Given{
			{"minfds", "--minfds", "", false}, {"minprocs", "--minprocs", "a=b", false}}, ""},
		{"CTL-005 stops at a word", "-n tail -f x", []Given{{"nodaemon", "-n", "", false}}, "tail -f x"},
		{"dash is a word", "-", nil, "-"},
		{"two dashes end", "-n -- -k", []Given{{"nodaemon", "-n", "", false}}, "-k"},
	} {
		t.Run(test.id, func(t *testing.T) {
			given, rest, err := Parse(daemonOptions, strings.Fields(test.args))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(given, test.want) {
				t.Errorf("given %v, want %v", given, test.want)
			}
			if got := strings.Join(rest, " "); got != test.rest {
				t.Errorf("rest %q, want %q", got, test.rest)
			}
		})
	}
}

// The texts were printed by supervisord 4.2.5.
func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ id, args, want string }{
		{"CLI-004 short", "-x", "option -x not recognized"},
		{"CLI-004 long", "--nope", "option --nope not recognized"},
		{"CLI-005 short", "-c", "option -c requires argument"},
		{"CLI-005 long", "--minfds", "option --minfds requires argument"},
		{"CLI-005 prefix", "--minf", "option --minfds requires argument"},
		{"CLI-006", "--nodaemon=1", "option --nodaemon must not have an argument"},
		{"CLI-006 prefix, empty", "--nod=", "option --nodaemon must not have an argument"},
		{"CLI-007", "--no", "option --no not a unique prefix"},
		{"CLI-007 no name", "--=3", "option -- not a unique prefix"},
		{"CLI-012", "-vx", "option -x not recognized"},
		{"not ASCII", "-é", "option -é not recognized"},
		{"not UTF-8", "-\xff\xfe", "option -\xff not recognized"},
		{"colon", "-:", "option -: not recognized"},
		{"the first error counts", "--nodaemon=1 -x", "option --nodaemon must not have an argument"},
	} {
		t.Run(test.id, func(t *testing.T) {
			given, rest, err := Parse(daemonOptions, strings.Fields(test.args))
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if given != nil || rest != nil {
				t.Errorf("an error comes with %v and %v", given, rest)
			}
		})
	}
}

// Options act one by one, from left to right: a bad value comes before the
// conflict of the same option, and -h before whatever follows it.
func TestCheck(t *testing.T) {
	level := func(s string) error {
		if s != "info" && s != "debug" {
			return errors.New("bad logging level name '" + s + "'")
		}
		return nil
	}
	for _, test := range []struct{ id, args, want string }{
		{"CLI-009", "-n -n", "conflicting command line option '-n'"},
		{"CLI-009 later spelling", "-n --nodaemon", "conflicting command line option '--nodaemon'"},
		{"CLI-009 prefix", "-e info --logl debug", "conflicting command line option '--loglevel'"},
		{"CLI-010", "-e foo", "invalid value for -e 'foo': bad logging level name 'foo'"},
		{"CLI-010 long", "--logl=foo", "invalid value for --loglevel 'foo': bad logging level name 'foo'"},
		{"value before conflict", "-e info -e foo", "invalid value for -e 'foo': bad logging level name 'foo'"},
		{"CLI-011", "-nk", ""},
	} {
		t.Run(test.id, func(t *testing.T) {
			given, _, err := Parse(daemonOptions, strings.Fields(test.args))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, g := range given {
				var parse func(string) error
				if g.Name == "loglevel" {
					parse = level
				}
				if err := g.Check(parse); err != nil {
					got = err.Error()
					break
				}
			}
			if got != test.want {
				t.Errorf("error %q, want %q", got, test.want)
			}
		})
	}
}

func TestWriteError(t *testing.T) {
	var b strings.Builder
	WriteError(&b, "/usr/bin/supervisord", errors.New("option -x not recognized"))
	want := "Error: option -x not recognized\nFor help, use /usr/bin/supervisord -h\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// What Parse accepts can be written out again, one option a word or two, and
// reads back the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"-nk", "-cfile", "-c\nfile", "--conf=a", "--no", "-n\n--\n-k", "tail\n-f\nx", "-", "--", "-\xff", "--=", "-e\n-e",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\n")
		given, rest, err := Parse(daemonOptions, args)
		if err != nil {
			if given != nil || rest != nil {
				t.Fatalf("an error comes with %v and %v", given, rest)
			}
			return
		}
		var again []string
		for _, g := range given {
			again = append(again, g.Spelled)
			if o, err := findLong(daemonOptions, g.Name); err != nil {
				t.Fatal(err)
			} else if o.Arg {
				again = append(again, g.Value)
			}
		}
		again = append(append(again, "--"), rest...)
		given2, rest2, err := Parse(daemonOptions, again)
		if err != nil {
			t.Fatalf("%q reads as %q: %v", args, again, err)
		}
		if !reflect.DeepEqual(given, given2) || !reflect.DeepEqual(rest, rest2) && len(rest)+len(rest2) > 0 {
			t.Fatalf("%q reads as %v %q, then as %v %q", args, given, rest, given2, rest2)
		}
	})
}
