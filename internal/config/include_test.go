package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestInclude(t *testing.T) {
	files := map[string]string{
		"i/b.conf":      "[program:b]\ncommand=%(here)s/x\n",
		"i/a.conf":      "[program:a]\ncommand=x\n",
		"i/.hidden":     "[program:hidden]\ncommand=x\n",
		"i/sub/c.conf":  "[program:c]\ncommand=x\n",
		"i/dir.conf/x":  "",
		"nested":        "[include]\nfiles=i/a.conf\n[program:n]\ncommand=x\n",
		"daemon":        "[supervisord]\nidentifier=included\n",
		"group":         "[group:g]\nprograms=m\n",
		"override":      "[program:m]\ncommand=new\n",
		"broken":        "[program:x]\ncommand\n",
		"wrong":         "[program:w]\ncommand=x\nstartsecs=x\n",
		"auth":          "[inet_http_server]\nport=1\nusername=%(here)s\npassword=p\n",
		"again":         "[program:m]\nstartsecs=x\n",
		"supervisorctl": "[supervisorctl]\nprompt=x\n",
	}
	const m = "[program:m]\ncommand=old\n"
	for _, tt := range []struct {
		name, file, want, notes, err string
	}{
		{"CFG-034 daemon's section in another file", "[include]\nfiles=daemon\n", "", `INFO Included extra file "DIR/daemon" during parsing`, ""},
		{"CFG-055 here of another file", daemonOnly + "[include]\nfiles=i/b.conf\n", "b: b=DIR/i/x", `INFO Included extra file "DIR/i/b.conf" during parsing`, ""},
		{"CFG-055 here where it is unknown otherwise", daemonOnly + "[include]\nfiles=auth\n", "", `INFO Included extra file "DIR/auth" during parsing`, ""},
		{"CFG-070 no files", daemonOnly + "[include]\n", "", "", ".ini file has [include] section, but no files setting"},
		{"CFG-071 sorted by pattern, then by name", daemonOnly + "[include]\nfiles=override i/*.conf\n", "a: a=x; b: b=DIR/i/x; m: m=new", "INFO Included extra file \"DIR/override\" during parsing\n" +
			"INFO Included extra file \"DIR/i/a.conf\" during parsing\nINFO Included extra file \"DIR/i/b.conf\" during parsing\nINFO Included extra file \"DIR/i/dir.conf\" during parsing\n" +
			"WARN cannot read included file: read DIR/i/dir.conf: is a directory", ""},
		{"CFG-071 patterns on lines", daemonOnly + "[include]\nfiles=override\n  nested", "m: m=new; n: n=x", "INFO Included extra file \"DIR/override\" during parsing\nINFO Included extra file \"DIR/nested\" during parsing", ""},
		{"CFG-072 no match", daemonOnly + "[include]\nfiles=no/*.conf\n", "", `WARN No file matches via include "DIR/no/*.conf"`, ""},
		{"CFG-073 match", daemonOnly + "[include]\nfiles=DIR/i/a.conf\n", "a: a=x", `INFO Included extra file "DIR/i/a.conf" during parsing`, ""},
		{"CFG-074 hidden files and deep ones", daemonOnly + "[include]\nfiles=i/*idden i/**/a.conf\n", "", "WARN No file matches via include \"DIR/i/*idden\"\nWARN No file matches via include \"DIR/i/**/a.conf\"", ""},
		{"CFG-074 hidden file by its dot", daemonOnly + "[include]\nfiles=i/.h*\n", "hidden: hidden=x", `INFO Included extra file "DIR/i/.hidden" during parsing`, ""},
		{"CFG-075 names", daemonOnly + "[include]\nfiles=%(here)s/%(ENV_X)s/%(host_node_name)s\n", "", `WARN No file matches via include "DIR/1/node"`, ""},
		{"CFG-075 other names", daemonOnly + "[include]\nfiles=%(x)s\n", "", "", "Format string '%(x)s' for 'include.files' contains names ('x') which cannot be expanded. Available names: " + envNames + ", here, host_node_name"},
		{"CFG-076 include in an included file", daemonOnly + "[include]\nfiles=nested\n", "n: n=x", `INFO Included extra file "DIR/nested" during parsing`, ""},
		{"CFG-077 later key", daemonOnly + m + "[include]\nfiles=override\n", "m: m=new", `INFO Included extra file "DIR/override" during parsing`, ""},
		{"CFG-078 group of a program of the main file", daemonOnly + m + "[include]\nfiles=group\n", "g: m=old", `INFO Included extra file "DIR/group" during parsing`, ""},
		{"CFG-079 syntax error", daemonOnly + "[include]\nfiles=broken\n", "", "", "Source contains parsing errors: 'DIR/broken'\n\t[line  2]: 'command\\n'"},
		{"CFG-080 wrong value", daemonOnly + "[include]\nfiles=wrong\n", "", "", "invalid literal for int() with base 10: 'x' in section 'program:w' (file: 'DIR/wrong')"},
		{"CFG-080 file of the first header", daemonOnly + m + "[include]\nfiles=again\n", "", "", "invalid literal for int() with base 10: 'x' in section 'program:m' (file: 'DIR/F')"},
		{"CFG-081 directory", daemonOnly + "[include]\nfiles=i\n", "", "INFO Included extra file \"DIR/i\" during parsing\nWARN cannot read included file: read DIR/i: is a directory", ""},
		{"CFG-082 empty", daemonOnly + "[include]\nfiles=\n", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, files)
			if err := os.WriteFile(filepath.Join(s.dir, "F"), []byte(s.placed(tt.file)), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := s.load()
			if tt.err != "" {
				if err == nil || err.Error() != s.placed(tt.err) {
					t.Errorf("got  %v\nwant %s", err, s.placed(tt.err))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var groups, notes []string
			for _, g := range c.Groups {
				text := g.Name + ":"
				for _, p := range g.Processes {
					text += " " + p.Name + "=" + p.Command
				}
				groups = append(groups, text)
			}
			for _, n := range c.Notes {
				notes = append(notes, n.Level.String()+" "+n.Text)
			}
			if got := strings.Join(groups, "; "); got != s.placed(tt.want) {
				t.Errorf("groups: got %s, want %s", got, s.placed(tt.want))
			}
			if got := strings.Join(notes, "\n"); got != s.placed(tt.notes) {
				t.Errorf("notes: got\n%s\nwant\n%s", got, s.placed(tt.notes))
			}
		})
	}
}

// CFG-081: what is included but may not be read is left out.
func TestIncludeUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	s := newSite(t, map[string]string{"F": daemonOnly + "[include]\nfiles=closed", "closed": "[program:a]\ncommand=x"})
	if err := os.Chmod(filepath.Join(s.dir, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	if c := s.must(); len(c.Groups) != 0 || len(c.Notes) != 2 {
		t.Errorf("%v %v", c.Groups, c.Notes)
	}
}

// A named pipe among the included files holds up nobody: not the start, and not
// whoever looks at a running daemon whether the files have changed.
func TestIncludeNamedPipe(t *testing.T) {
	s := newSite(t, map[string]string{"F": daemonOnly + "[include]\nfiles=*.conf", "b.conf": "[program:b]\ncommand=x"})
	if err := syscall.Mkfifo(filepath.Join(s.dir, "a.conf"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := s.must()
	want := "cannot read included file: read " + filepath.Join(s.dir, "a.conf") + ": is a named pipe"
	if len(c.Groups) != 1 || len(c.Notes) != 3 || c.Notes[1].Text != want {
		t.Errorf("%v %v, want %q", c.Groups, c.Notes, want)
	}
}

func TestGlob(t *testing.T) {
	s := newSite(t, map[string]string{"a.conf": "", "b.conf": "", ".c.conf": "", "d/a.conf": "", "d/e/a.conf": "", "x[1]": "", "back\\slash": ""})
	for pattern, want := range map[string]string{
		"*":         "a.conf back\\slash b.conf d x[1]",
		"*.conf":    "a.conf b.conf",
		".*":        ".c.conf",
		"?.conf":    "a.conf b.conf",
		"[ab].conf": "a.conf b.conf",
		"[!a].conf": "b.conf",
		"[b-z]*":    "back\\slash b.conf d x[1]",
		"[]x]*":     "x[1]",
		"x[[]1]":    "x[1]",
		"x[1]":      "",
		"[":         "",
		"back\\s*":  "back\\slash",
		"*/a.conf":  "d/a.conf",
		"**/a.conf": "d/a.conf",
		"d/*/*":     "d/e/a.conf",
		"a.conf/*":  "",
		"a.conf":    "a.conf",
		"d/":        "d/",
		"a.conf/":   "",
		"none":      "",
		"d//a*":     "d/a.conf",
	} {
		var got []string
		for _, path := range glob(s.dir + "/" + pattern) {
			got = append(got, strings.TrimPrefix(path, s.dir+"/"))
		}
		if text := strings.Join(got, " "); text != sorted(want) {
			t.Errorf("%s: got %q, want %q", pattern, text, sorted(want))
		}
	}
}

// sorted sorts words.
func sorted(text string) string {
	words := strings.Fields(text)
	slices.Sort(words)
	return strings.Join(words, " ")
}

// FuzzMatch holds matching against its definition.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?[c-e]*", "aXbYdZ")
	f.Add("[!a]*[]", "b[]")
	f.Add("**a*", "aaaa")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		p, n := []rune(pattern), []rune(name)
		if len(p) > 12 || len(n) > 12 {
			return
		}
		if got, want := match(p, n), matchByDefinition(p, n); got != want {
			t.Fatalf("match(%q, %q) = %v", pattern, name, got)
		}
	})
}

func matchByDefinition(p, n []rune) bool {
	if len(p) == 0 {
		return len(n) == 0
	}
	if p[0] == '*' {
		return matchByDefinition(p[1:], n) || len(n) > 0 && matchByDefinition(p, n[1:])
	}
	if len(n) == 0 {
		return false
	}
	width, ok := matchOne(p, n[0])
	return ok && matchByDefinition(p[width:], n[1:])
}
