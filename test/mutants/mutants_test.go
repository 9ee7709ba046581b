package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The mistakes can still be planted, and the scenarios that should notice are
// there. Whether they do, make mutants tells.
func TestMutantsAreUpToDate(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, m := range mutants {
		text, err := os.ReadFile(filepath.Join(root, m.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), m.right); n != 1 || m.right == m.wrong {
			t.Errorf("%s: %s holds %q %d times", m.name, m.file, m.right, n)
		}
		area, names, _ := strings.Cut(m.scenarios, "/")
		play, err := os.ReadFile(filepath.Join(root, "test/differential/scenarios", area+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.SplitSeq(strings.Trim(names, "()"), "|") {
			if !strings.Contains(string(play), "\n== "+name) {
				t.Errorf("%s: there is no scenario %s in %s", m.name, name, area)
			}
		}
	}
}
