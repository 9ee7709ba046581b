package rules

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// The patterns are put together here so that this file does not match them. Root's
// home is the same everywhere; the directories in it are not.
var (
	marks   = regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"}, "|") + `)\b`)
	machine = regexp.MustCompile("(^|[\\s\"'`(=:])/(wo" + "rk|ro" + "ot/[^/\\s\"]+)/")
)

// A mark for later is a promise that nobody reads, and the path of one
// machine is wrong on all others.
func TestMarksAndPaths(t *testing.T) {
	walk(t, func(name string, text []byte) {
		if strings.Contains(name, "testdata/") {
			return // may hold other people's files
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			if m := marks.FindString(line); m != "" {
				t.Errorf("%s:%d: %s: do it, or write down as an issue what is to be done", name, n, m)
			}
			if m := machine.FindString(line); m != "" {
				t.Errorf("%s:%d: %s is a path of one machine", name, n, strings.TrimSpace(m))
			}
		}
	})
}

// Every dependency is somebody else's house that we have to look after:
// docs/adr/0003-dependencies.md lists the ones that are worth it.
func TestDependencies(t *testing.T) {
	allowed, err := os.ReadFile("docs/adr/0003-dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+/\S+) v\S+$`)
	tool := regexp.MustCompile(`(?m)^(?:tool )?\s*(\S+\.\S+/\S+)$`)
	for file, patterns := range map[string][]*regexp.Regexp{"go.mod": {direct}, "test/tools/go.mod": {direct, tool}} {
		mod, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var found [][]string
		for _, pattern := range patterns {
			matches := pattern.FindAllStringSubmatch(string(mod), -1)
			if len(matches) == 0 {
				t.Errorf("%s has nothing like %s", file, pattern)
			}
			found = append(found, matches...)
		}
		for _, m := range found {
			if !strings.Contains(string(allowed), "`"+m[1]+"`") {
				t.Errorf("%s requires %s, which docs/adr/0003-dependencies.md does not know", file, m[1])
			}
		}
	}
}

// A link inside the project leads somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	walk(t, func(name string, text []byte) {
		if path.Ext(name) != ".md" {
			return
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target := path.Join(path.Dir(name), m[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which does not exist", name, m[1])
			}
		}
	})
}

// Each row of docs/compatibility.md names the tests that pin the difference: a
// file that carries the row's id, or a file and a test in it.
func TestCompatibilityIsPinned(t *testing.T) {
	text, err := os.ReadFile("docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		id := ""
		if len(cells) == 7 {
			id = strings.TrimSpace(cells[1])
		}
		if !regexp.MustCompile(`^[A-Z]{3}-\d{3}$`).MatchString(id) {
			continue
		}
		rows++
		pins := quoted.FindAllStringSubmatch(cells[5], -1)
		if len(pins) == 0 {
			t.Errorf("%s: no test pins the difference", id)
		}
		for _, m := range pins {
			file, test, named := strings.Cut(m[1], " ")
			if !named {
				test = id
			}
			body, err := os.ReadFile(file)
			if err != nil {
				t.Errorf("%s: %v", id, err)
			} else if !strings.Contains(string(body), test) && !strings.Contains(string(body), strings.ReplaceAll(test, "-", "_")) {
				t.Errorf("%s: %s does not mention %s", id, file, test)
			}
		}
	}
	if rows < 20 {
		t.Errorf("found only %d rows", rows)
	}
}

// The manual pages know every option and command of the programs.
func TestManualPages(t *testing.T) {
	for _, tt := range []struct{ page, table, row, entry string }{
		{"docs/man/supervisord.8", "internal/supervisord/options.go", `Long: "(\w+)"`, `(?m)^\.It .*Fl -%s\b`},
		{"docs/man/supervisorctl.1", "internal/supervisorctl/options.go", `Long: "(\w+)"`, `(?m)^\.It .*Fl -%s\b`},
		{"docs/man/supervisorctl.1", "internal/supervisorctl/command.go", `\{name: "([a-z]+)"`, `(?m)^\.It Cm .*\b%s\b`},
	} {
		page, err := os.ReadFile(tt.page)
		if err != nil {
			t.Fatal(err)
		}
		table, err := os.ReadFile(tt.table)
		if err != nil {
			t.Fatal(err)
		}
		rows := regexp.MustCompile(tt.row).FindAllSubmatch(table, -1)
		if len(rows) == 0 {
			t.Errorf("%s: found no table", tt.table)
		}
		for _, row := range rows {
			if !regexp.MustCompile(strings.ReplaceAll(tt.entry, "%s", string(row[1]))).Match(page) {
				t.Errorf("%s does not explain %s", tt.page, row[1])
			}
		}
	}
}
