package checker

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"supervisor/internal/check"
	"supervisor/internal/config"
)

// lesson is what docs/check.md says about a code.
type lesson struct {
	code, severity, text string
	broken, mended       string // configurations; empty: there is none
}

var examples = regexp.MustCompile("(?s)```ini\n(.*?)```\n\nbecomes\n\n```ini\n(.*?)```")

func lessons(t *testing.T) []lesson {
	t.Helper()
	text, err := os.ReadFile("../../docs/check.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []lesson
	severity := ""
	for _, part := range regexp.MustCompile(`(?m)^##`).Split(string(text), -1)[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		if !strings.HasPrefix(heading, "#") {
			severity = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(heading), "s"))
			continue
		}
		l := lesson{code: strings.Trim(heading, "# "), severity: severity, text: strings.Join(strings.Fields(body), " ")}
		if m := examples.FindStringSubmatch(body); m != nil {
			l.broken, l.mended = m[1], m[2]
		}
		all = append(all, l)
	}
	return all
}

// The document explains each code of the table, and no other.
func TestDocumentIsTheTable(t *testing.T) {
	all := lessons(t)
	codes := check.Codes()
	if len(all) != len(codes) {
		t.Errorf("%d codes are explained, there are %d", len(all), len(codes))
	}
	for i, d := range codes {
		if i >= len(all) {
			break
		}
		l := all[i]
		meaning := strings.ToUpper(d.Meaning[:1]) + d.Meaning[1:]
		if l.code != string(d.Code) || l.severity != string(d.Severity) || !strings.HasPrefix(l.text, meaning+".") {
			t.Errorf("the document has %s (%s): %.60q, the table %s (%s): %q", l.code, l.severity, l.text, d.Code, d.Severity, meaning)
		}
		if l.broken == "" && d.Code != config.Unreadable {
			t.Errorf("%s has no example", d.Code)
		}
	}
}

// shop is a little system on which the examples can be tried.
type shop struct {
	dir, file string
}

func newShop(t *testing.T) *shop {
	t.Helper()
	dir, err := os.MkdirTemp("", "check")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s := &shop{dir, filepath.Join(dir, "supervisord.conf")}
	for name, text := range map[string]string{
		"srv/shop/run": "#!/bin/sh\n", "srv/shop/windows": "#!/bin/sh\r\n", "srv/shop/not-executable": "#!/bin/sh\n",
		"more/x.conf": "", "nested/x.conf": "[include]\nfiles=x\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		os.Chmod(dir, 0o755), os.Mkdir(filepath.Join(dir, "srv/shop/logs"), 0o755),
		os.Chmod(filepath.Join(dir, "srv/shop/not-executable"), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// write makes an example the configuration. What is not about the daemon gets
// a section for it at the end, where it moves no line.
func (s *shop) write(t *testing.T, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, "/srv/", s.dir+"/srv/")
	text = strings.ReplaceAll(text, `\xe9`, "\xe9")
	if !strings.Contains(text, "[supervisord]") && !strings.HasPrefix(text, ";") {
		text += "[supervisord]\nuser=root\n"
	}
	if err := os.WriteFile(s.file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// check runs the command and returns what it finds.
func (s *shop) check(t *testing.T) []check.Finding {
	t.Helper()
	out, status := s.run(t, "--json")
	var all []check.Finding
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if want := min(check.Count(all, check.Error), 1); status != want {
		t.Errorf("exit status %d, want %d", status, want)
	}
	return all
}

func (s *shop) run(t *testing.T, args ...string) (out string, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = Run(Invocation{
		Program: "supervisord", Args: args,
		Source: config.Source{
			File: s.file, Cwd: s.dir, Env: []string{"PATH=/usr/bin:/bin", "HOME=/root"}, UID: 0, Hostname: "host",
		},
		Stdout: &stdout, Stderr: &stderr,
	})
	if stderr.Len() > 0 {
		t.Errorf("on standard error: %s", stderr.String())
	}
	return stdout.String(), status
}

// Each example has what it is about, and says what to do; who does that, to the
// letter, has it no more. The other example does not have it either.
func TestEveryExample(t *testing.T) {
	followed := 0
	for _, l := range lessons(t) {
		if l.broken == "" {
			continue
		}
		t.Run(l.code, func(t *testing.T) {
			s := newShop(t)
			s.write(t, l.broken)
			f, ok := find(s.check(t), l.code)
			if !ok && l.code == "readable-secret" {
				t.Skip("directories for temporary files are closed to others here")
			}
			if !ok {
				t.Fatalf("nothing is found:\n%+v", s.check(t))
			}
			text, _ := s.run(t)
			t.Logf("\n%s", strings.ReplaceAll(text, s.dir, ""))
			if f.Hint == "" && f.Suggestion == nil {
				t.Errorf("%+v does not say what to do", f)
			}
			s.place(t, f)
			if s.follow(t, f) {
				followed++
				if again, still := find(s.check(t), l.code); still {
					t.Errorf("it was done, and is still there: %+v", again)
				}
			}
			s.write(t, l.mended)
			if l.code == "readable-secret" {
				return // that is in the permissions
			}
			for _, again := range s.check(t) {
				if string(again.Code) == l.code || again.Severity == check.Error {
					t.Errorf("the mended example has %+v", again)
				}
			}
		})
	}
	if followed < 60 {
		t.Errorf("only %d findings could be followed to the letter", followed)
	}
}

// A finding is where there is something.
func (s *shop) place(t *testing.T, f check.Finding) {
	t.Helper()
	text, err := os.ReadFile(f.File)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if f.Line < 1 || f.Line > len(lines) || f.Column < 1 || f.Column > len([]rune(lines[f.Line-1]))+1 || f.EndLine != 0 && f.EndLine <= f.Line {
		t.Errorf("%s: line %d, column %d to line %d is nowhere", f.Code, f.Line, f.Column, f.EndLine)
	}
}

// follow does what a finding says, if it says so to the letter.
func (s *shop) follow(t *testing.T, f check.Finding) bool {
	t.Helper()
	if command, ok := strings.CutPrefix(f.Hint, "run: "); ok {
		if out, err := exec.Command("/bin/sh", "-c", command).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, out)
		}
		return true
	}
	if f.Suggestion == nil {
		return false
	}
	text, err := os.ReadFile(f.File)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	last := max(f.Line, f.EndLine)
	changed := append(lines[:f.Line-1:f.Line-1], append([]string{*f.Suggestion}, lines[last:]...)...)
	if err := os.WriteFile(f.File, []byte(strings.Join(changed, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	return true
}

func find(findings []check.Finding, code string) (check.Finding, bool) {
	for _, f := range findings {
		if string(f.Code) == code {
			return f, true
		}
	}
	return check.Finding{}, false
}
