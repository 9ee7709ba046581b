package supervisorctl

import (
	"strings"
	"testing"
)

func TestParseName(t *testing.T) {
	for _, test := range []struct {
		given, group, process, shown string
	}{
		{"x", "x", "x", "x"},
		{"g:p", "g", "p", "g:p"},
		{"x:x", "x", "x", "x"},
		{"g:*", "g", "", "g:"},
		{"g:", "g", "", "g:"},
		{":", "", "", ""},
		{":x", "", "x", ":x"},
		{"a:b:c", "a", "b:c", "a:b:c"},
	} {
		n := parseName(test.given)
		if n.group != test.group || n.process != test.process || n.String() != test.shown {
			t.Errorf("%q is %q:%q, shown as %q", test.given, n.group, n.process, n)
		}
		if n.wholeGroup() != (test.process == "") {
			t.Errorf("%q: a whole group is %v", test.given, n.wholeGroup())
		}
	}
}

// A line of any content runs a command or is an error that is told.
func FuzzLine(f *testing.F) {
	for _, line := range []string{"status x", "?start", "!ls", "tail -5 x", "fg x", "signal HUP g:*", "clear g:*", "\x00", "öffne x"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		name, arg := splitCommand(strings.TrimSpace(line))
		if !strings.HasPrefix(strings.TrimSpace(line), name) || !strings.HasSuffix(strings.TrimSpace(line), arg) {
			t.Fatalf("%q is cut into %q and %q", line, name, arg)
		}
		if out, status := new(ctl).run(t, answers{"getAllProcessInfo": []any{}}, "--", line); status != 0 && out == "" {
			t.Fatalf("%q ends with status %d and says nothing", line, status)
		}
	})
}

func FuzzComplete(f *testing.F) {
	f.Add("start m")
	f.Add("help ")
	f.Add(" sta")
	f.Fuzz(func(t *testing.T, line string) {
		s := &session{server: twoProcesses}
		word, candidates := s.complete(line)
		if !strings.HasSuffix(line, word) {
			t.Fatalf("the word of %q is %q", line, word)
		}
		more, _ := extension(word, candidates)
		for _, candidate := range candidates {
			if !strings.HasPrefix(candidate, word+more) {
				t.Fatalf("%q of %q does not become %q", word+more, line, candidate)
			}
		}
	})
}
