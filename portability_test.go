package rules

import (
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// named matches the name of a file that is built for some platforms only.
var named = regexp.MustCompile(`_(linux|darwin|freebsd|other)\.go$`)

// What depends on the platform is in files that say so, by their names or by a
// constraint, and docs/portability.md says what becomes of it elsewhere.
func TestPlatforms(t *testing.T) {
	page, err := os.ReadFile("docs/portability.md")
	if err != nil {
		t.Fatal(err)
	}
	linux, others := make(map[string]bool), make(map[string]bool)
	walk(t, func(name string, text []byte) {
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return
		}
		if named.MatchString(name) && strings.HasPrefix(name, "internal/") {
			if !strings.Contains(string(page), "`"+path.Dir(name)+"`") {
				t.Errorf("docs/portability.md does not say what %s is for", name)
			}
			linux[name] = strings.HasSuffix(name, "_linux.go")
			others[name] = strings.HasSuffix(name, "_other.go")
		}
		if constrained(string(text)) || named.MatchString(name) {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			t.Error(err)
			return
		}
		for what := range uses(f, "runtime") {
			if slices.Contains([]string{"GOOS", "GOARCH"}, what) {
				t.Errorf("%s asks for runtime.%s; a file that says so is for one platform", name, what)
			}
		}
	})
	if len(linux) == 0 {
		t.Error("found no file for one platform")
	}
	for name, ok := range linux {
		if ok && !others[strings.Replace(name, "_linux.go", "_other.go", 1)] {
			t.Errorf("%s has no counterpart for other platforms", name)
		}
	}
}

// constrained reports whether a file is built under a condition.
func constrained(text string) bool {
	return regexp.MustCompile(`(?m)^//go:build `).MatchString(text)
}
