package rules

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/internal/config"
)

var update = flag.Bool("update", false, "write the generated documents anew")

// The reference manual is generated from the tables by which the programs work:
// go test . -update
func TestReferenceManual(t *testing.T) {
	for name, want := range map[string]string{
		"docs/reference/configuration.md": configurationManual(),
	} {
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(name); err != nil || string(have) != want {
			t.Errorf("%s is not what the tables in the code say (%v); go test . -update writes it anew", name, err)
		}
	}
}

// configurationManual renders config.Options. Sections that also take every
// option of a program show only what differs.
func configurationManual() string {
	var b strings.Builder
	b.WriteString(`# Configuration options

Generated from the tables by which configuration files are read. Defaults in italics are
in words. ` + "`echo_supervisord_conf`" + ` prints a file that shows them all in use.
`)
	program := make(map[string]config.OptionDoc)
	section := ""
	for _, o := range config.Options() {
		kind, _, _ := strings.Cut(o.Section, ":")
		if o.Section != section {
			section = o.Section
			fmt.Fprintf(&b, "\n## [%s]\n\n", section)
			if kind == "fcgi-program" || kind == "eventlistener" {
				b.WriteString("Every option of `[program:x]`, and:\n\n")
			}
			b.WriteString("| Option | Default | Meaning |\n|---|---|---|\n")
		}
		shared := program[o.Key]
		shared.Section = o.Section
		if shared == o {
			continue
		}
		if kind == "program" {
			program[o.Key] = o
		}
		value := "*" + o.Default + "*"
		if o.Written {
			value = "`" + o.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.Key, value, o.Meaning)
	}
	return b.String()
}

// The examples are configurations that work.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("examples/*.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "[supervisord]") {
			continue // of another program
		}
		dir := t.TempDir()
		copied := filepath.Join(dir, "supervisord.conf")
		if err := os.WriteFile(copied, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, "log"), 0o700); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(config.Source{File: copied, Cwd: dir, Hostname: "localhost"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, note := range cfg.Notes {
			t.Errorf("%s: supervisord would say: %s", name, note.Text)
		}
	}
}
