package corpus

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// files returns the configurations of real projects, which lie beside the
// checkout.
func files(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../../../shared/corpus/real/*.conf")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Skip("the corpus of real configurations is not beside the checkout") // of which it is no part
	}
	return all
}

// environment is the environment in which files are loaded.
func environment() map[string]string {
	return map[string]string{"HOME": "/root", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
}

// byteOrderMark is what some editors put at the beginning of a file.
var byteOrderMark = []byte("\ufeff")

// Every file loads as with the reference, on a system that lacks most of the
// directories and users that the files name.
func TestCorpusAsItIs(t *testing.T) {
	all := files(t)
	r := startReference(t)
	for _, file := range all {
		t.Run(filepath.Base(file), func(t *testing.T) {
			abs, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(abs)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.HasPrefix(text, byteOrderMark) {
				t.Skip("the reference refuses a byte order mark, we do not")
			}
			r.same(t, request{File: abs, Cwd: t.TempDir(), Env: environment()})
			r.same(t, request{File: abs, Cwd: t.TempDir(), Env: environment(), Ctl: true})
		})
	}
}

// Every file loads as with the reference once the system has what it names.
// The copy of the file says root for every user and has its paths below a
// directory of the test; whatever the reference still misses is made, and the
// comparison done again, until it loads or fails for a reason of its own.
func TestCorpusAtHome(t *testing.T) {
	all := files(t)
	r := startReference(t)
	loaded := 0
	for _, file := range all {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			copied := filepath.Join(root, filepath.Base(file))
			if err := os.WriteFile(copied, []byte(atHome(string(bytes.TrimPrefix(text, byteOrderMark)), root)), 0o600); err != nil {
				t.Fatal(err)
			}
			req := request{File: copied, Cwd: root, Env: environment()}
			for tries := 0; ; tries++ {
				a := r.same(t, req)
				text, refused := a["error"].(string)
				if !refused {
					loaded++
					return
				}
				if t.Failed() || tries == 100 || !repair(t, text, req) {
					t.Logf("refused by both: %s", text)
					return
				}
			}
		})
	}
	t.Logf("%d of %d files load in full", loaded, len(all))
	if loaded < len(all)*3/4 {
		t.Errorf("only %d of %d files load: the comparison does not go deep enough", loaded, len(all))
	}
}

var (
	pathOptions = regexp.MustCompile(`(?im)^(\s*(?:logfile|pidfile|childlogdir|directory|stdout_logfile|stderr_logfile|file)\s*[=:]\s*)(/[^\s;]*)`)
	userOptions = regexp.MustCompile(`(?im)^(\s*(?:user|chown|socket_owner)\s*[=:]\s*)[^\s;%]+`)
)

// atHome puts the paths of a file below a directory and replaces its users.
func atHome(text, root string) string {
	text = pathOptions.ReplaceAllStringFunc(text, func(option string) string {
		m := pathOptions.FindStringSubmatch(option)
		if strings.HasPrefix(m[2], "/dev/") {
			return option
		}
		return m[1] + root + m[2]
	})
	return userOptions.ReplaceAllString(text, "${1}0")
}

var (
	missingFileDir = regexp.MustCompile(`^Error: The directory named as part of the path (.*) does not exist`)
	missingDir     = regexp.MustCompile(`^Error: (.*) is not an existing directory`)
	missingName    = regexp.MustCompile(`contains names \('ENV_(\w+)'\)`)
)

// repair makes what an error misses. It reports whether it could.
func repair(t *testing.T, text string, req request) bool {
	t.Helper()
	text, _, _ = strings.Cut(text, " in section ")
	if strings.HasSuffix(text, "does not include supervisord section") {
		appendTo(t, req.File, "\n[supervisord]\n")
		return true
	}
	dir := ""
	if m := missingFileDir.FindStringSubmatch(text); m != nil {
		dir = filepath.Dir(m[1])
	} else if m := missingDir.FindStringSubmatch(text); m != nil {
		dir = m[1]
	} else if m := missingName.FindStringSubmatch(text); m != nil {
		req.Env[m[1]] = "1"
		return true
	}
	if dir == "" {
		return false
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(req.Cwd, dir)
	}
	if !strings.HasPrefix(dir, req.Cwd) {
		return false
	}
	return os.MkdirAll(dir, 0o700) == nil
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(old, text...), 0o600); err != nil {
		t.Fatal(err)
	}
}
