package sticky

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

const nobody = 65534

// openTo makes a directory with the given mode, and a victim beside it.
func openTo(t *testing.T, mode os.FileMode) (dir, victim string) {
	t.Helper()
	dir, victim = t.TempDir(), filepath.Join(t.TempDir(), "victim")
	must(t, os.WriteFile(victim, []byte("precious"), 0o600))
	must(t, os.Chmod(dir, mode))
	return dir, victim
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}

// What may lie at the path, and who is written to.
func TestOpen(t *testing.T) {
	const everybody, ours = fs.ModeSticky | 0o777, os.FileMode(0o755)
	for _, test := range []struct {
		name    string
		mode    os.FileMode
		lay     func(t *testing.T, path, victim string)
		foreign bool
		victim  string
		root    bool // the test needs to be root, to be somebody else first
	}{
		{"nothing", everybody, func(*testing.T, string, string) {}, false, "precious", false},
		{"our file", everybody, func(t *testing.T, path, _ string) { must(t, os.WriteFile(path, []byte("old"), 0o600)) }, false, "precious", false},
		{"our link", everybody, func(t *testing.T, path, victim string) { must(t, os.Symlink(victim, path)) }, false, "new", false},
		{"their link", everybody, func(t *testing.T, path, victim string) {
			must(t, os.Symlink(victim, path))
			must(t, os.Lchown(path, nobody, nobody))
		}, true, "precious", true},
		{"their link to nothing", everybody, func(t *testing.T, path, victim string) {
			must(t, os.Symlink(victim+".not", path))
			must(t, os.Lchown(path, nobody, nobody))
		}, true, "precious", true},
		{"their file", everybody, func(t *testing.T, path, _ string) {
			must(t, os.WriteFile(path, []byte("old"), 0o666))
			must(t, os.Chown(path, nobody, nobody))
		}, true, "precious", true},
		{"a hard link to our file", everybody, func(t *testing.T, path, victim string) { must(t, os.Link(victim, path)) }, true, "precious", false},
		{"their link in a directory of ours", ours, func(t *testing.T, path, victim string) {
			must(t, os.Symlink(victim, path))
			must(t, os.Lchown(path, nobody, nobody))
		}, false, "new", true},
		{"a hard link in a directory of ours", ours, func(t *testing.T, path, victim string) { must(t, os.Link(victim, path)) }, false, "new", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.root && os.Geteuid() != 0 {
				t.Skip("only root can lay somebody else's trap")
			}
			dir, victim := openTo(t, test.mode)
			path := filepath.Join(dir, "log")
			test.lay(t, path, victim)
			file, err := Open(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if test.foreign != errors.Is(err, ErrForeign) || !test.foreign && err != nil {
				t.Fatalf("got %v; want it refused: %v", err, test.foreign)
			}
			if err == nil {
				_, err := file.WriteString("new")
				must(t, errors.Join(err, file.Close()))
				if got := content(t, path); got != "new" {
					t.Errorf("the file holds %q", got)
				}
			}
			if got := content(t, victim); got != test.victim {
				t.Errorf("the victim holds %q, want %q", got, test.victim)
			}
		})
	}
}

// Regression: a hard link could make a log of a file that only root may read, and
// whoever may read logs read that.
func TestReading(t *testing.T) {
	dir, victim := openTo(t, fs.ModeSticky|0o777)
	path := filepath.Join(dir, "log")
	must(t, os.Link(victim, path))
	if _, err := Open(path, os.O_RDONLY, 0); !errors.Is(err, ErrForeign) {
		t.Errorf("a hard link: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "missing"), os.O_RDONLY, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open("/dev/stdout", os.O_WRONLY, 0); errors.Is(err, ErrForeign) {
		t.Errorf("a link of the system: %v", err)
	}
}
