package fold

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// counted returns names with the numbers from first to last in them.
func counted(format string, first, last int) (names []string) {
	for i := first; i <= last; i++ {
		names = append(names, fmt.Sprintf(format, i))
	}
	return names
}

func TestNames(t *testing.T) {
	lexical := counted("web_%d", 0, 11)
	slices.Sort(lexical)
	for _, tt := range []struct {
		what  string
		names []string
		want  string
	}{
		{"none", nil, ""},
		{"no numbers", []string{"cat", "dog"}, "cat, dog"},
		{"a farm", counted("web:web_%03d", 0, 499), "web:web_000 .. web_499 (500)"},
		{"more digits than zeros", counted("web:web_%02d", 98, 101), "web:web_98 .. web_101 (4)"},
		{"sorted as text", lexical, "web_0 .. web_11 (12)"},
		{"so few are listed", counted("web_%d", 0, 2), "web_0, web_1, web_2"},
		{"a hole", append(counted("w%d", 0, 3), counted("w%d", 5, 9)...), "w0 .. w3 (4), w5 .. w9 (5)"},
		{"zeros that differ are not neighbours", []string{"w1", "w02", "w3", "w04"}, "w1, w02, w3, w04"},
		{"others between", []string{"w1", "cat", "w2", "w3", "w4", "dog"}, "w1 .. w4 (4), cat, dog"},
		{"the number is not the last", counted("w%d_py3", 1, 5), "w1_py3 .. w5_py3 (5)"},
		{"groups that count", counted("g%d:app", 1, 4), "g1:app .. g4:app (4)"},
		{"two groups", append(counted("a:w%d", 1, 4), counted("b:w%d", 1, 4)...), "a:w1 .. w4 (4), b:w1 .. w4 (4)"},
		{"no number of a computer", []string{"x99999999999999999999"}, "x99999999999999999999"},
		{"a name that is a number", []string{"cat", "0", "w1"}, "cat, 0, w1"},
		{"names that are numbers", append([]string{"w1", "cat"}, counted("%d", 0, 9)...), "w1, cat, 0 .. 9 (10)"},
		{"the same name twice", []string{"w1", "w1"}, "w1, w1"},
	} {
		if got := strings.Join(Names(tt.names), ", "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.what, got, tt.want)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("w1 w2 w3 w4 x 00 0")
	f.Fuzz(func(t *testing.T, text string) {
		names := strings.Fields(text)
		if parts := Names(names); len(parts) > len(names) || len(names) > 0 && len(parts) == 0 {
			t.Errorf("%q became %q", names, parts)
		}
	})
}

func TestSplit(t *testing.T) {
	both, onlyA, onlyB := Split([]string{"c", "a", "b"}, []string{"d", "b", "c"})
	if got := fmt.Sprint(both, onlyA, onlyB); got != "[c b] [a] [d]" {
		t.Errorf("%s", got)
	}
}
