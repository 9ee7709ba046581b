package spawn

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestResolveRefuses(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	writeFile(t, plain, "", 0o644)
	for _, tt := range []struct {
		id, command, want string
		noFile            bool
	}{
		{"PRO-032", dir + "/none/x a", "can't find command '" + dir + "/none/x'", true},
		{"PRO-032", "nonexistent", "can't find command 'nonexistent'", true},
		{"PRO-032", `"it's"`, `can't find command "it's"`, true},
		{"PRO-033", dir, "command at '" + dir + "' is a directory", false},
		{"PRO-034", plain, "command at '" + plain + "' is not executable", false},
		{"PRO-034", "plain", "command at '" + plain + "' is not executable", false},
		{"PRO-035", "x 'y", `can't parse command "x 'y": No closing quotation`, false},
		{"PRO-035", `x \`, `can't parse command 'x \\': No escaped character`, false},
		{"PRO-036", "  ", "command is empty", false},
	} {
		_, _, err := Resolve(tt.command, []string{"PATH=/nonexistent:" + dir})
		var refused *CommandError
		if !errors.As(err, &refused) || refused.Text != tt.want || refused.NoFile != tt.noFile {
			t.Errorf("%s: Resolve(%q) fails with %v; want %q", tt.id, tt.command, err, tt.want)
		}
	}
}

// A file that only others may run is found and refused. Root may run anything
// that somebody may run, so the test gives root up in a child.
func TestResolveWithoutPermission(t *testing.T) {
	needRoot(t)
	dir := openDir(t)
	file := filepath.Join(dir, "program")
	writeFile(t, file, "", 0o710)
	s, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, exit := runAs(t, s, nobody, "resolve", file)
	if want := "no permission to run command '" + file + "'\n"; out != want || exit.Code() != 0 {
		t.Errorf("a child without permission prints %q, %v; want %q", out, Describe(exit.Status), want)
	}
}

func TestResolveSearchesPath(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(first, "both"), "", 0o755)
	writeFile(t, filepath.Join(second, "both"), "", 0o755)
	writeFile(t, filepath.Join(second, "one"), "", 0o755)
	env := []string{"PATH=/nonexistent", "A=B", "PATH=" + first + ":" + second}
	for _, tt := range []struct {
		id   string
		env  []string
		name string
		want string
	}{
		{"PRO-044", env, "both", first + "/both"},
		{"PRO-044", env, "one", second + "/one"},
		{"PRO-044", env, second + "/both", second + "/both"},
		{"PRO-045", []string{"PATH=" + second}, "both", second + "/both"},
		{"PRO-045", nil, "sh", "/bin/sh"},
		{"PRO-045", []string{"PATH="}, "sh", "/bin/sh"},
	} {
		file, argv, err := Resolve(tt.name+" x", tt.env)
		if file != tt.want || err != nil || argv[0] != tt.name {
			t.Errorf("%s: Resolve(%q) = %q, %q, %v; want %q", tt.id, tt.name, file, argv, err, tt.want)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct {
		id      string
		forking bool
		err     error
		want    string
	}{
		{"PRO-041", false, &os.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "unknown error making dispatchers for 'x': EACCES"},
		{"process.md 4.5", false, syscall.EMFILE, "too many open files to spawn 'x'"},
		{"process.md 4.5", true, syscall.EAGAIN, "Too many processes in process table to spawn 'x'"},
		{"process.md 4.5", true, syscall.ENOMEM, "unknown error during fork for 'x': ENOMEM"},
		{"process.md 4.5", true, syscall.EMFILE, "too many open files to spawn 'x'"},
		{"process.md 4.5", true, syscall.Errno(9999), "unknown error during fork for 'x': errno 9999"},
		{"process.md 4.5", true, errors.New("no such thing"), "unknown error during fork for 'x': no such thing"},
	} {
		e := &StartError{Forking: tt.forking, Err: tt.err}
		if got := e.Explain("x"); got != tt.want {
			t.Errorf("%s: %v explained as %q, want %q", tt.id, e, got, tt.want)
		}
		if !strings.HasPrefix(e.Error(), "cannot ") || !errors.Is(e, tt.err) {
			t.Errorf("%v does not wrap %v", e, tt.err)
		}
	}
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
