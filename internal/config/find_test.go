package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// CFG-002: the places are tried in their order.
func TestFind(t *testing.T) {
	home, cwd := t.TempDir(), t.TempDir()
	exe := filepath.Join(home, "bin/supervisord")
	want := []string{
		home + "/etc/supervisord.conf", home + "/supervisord.conf", "supervisord.conf", "etc/supervisord.conf",
		"/etc/supervisord.conf", "/etc/supervisor/supervisord.conf",
	}
	_, searched, _ := Find(exe, cwd)
	if !slices.Equal(searched, want) {
		t.Errorf("searched %q, want %q", searched, want)
	}
	for i := 3; i >= 0; i-- { // each goes before those that are there already
		path := absolute(cwd, want[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _, ok := Find(exe, cwd); !ok || got != want[i] {
			t.Errorf("found %q, %v; want %q", got, ok, want[i])
		}
	}
	if _, searched, _ := Find("/usr/bin/supervisord", "/"); searched[0] != "/usr/etc/supervisord.conf" {
		t.Errorf("beside /usr/bin: %q", searched[0])
	}
}

// DIF-068: whoever was in /tmp took the file that somebody else had put there, before
// that of the system: its programs ran as root, and supervisorctl wrote its history to
// where the file said.
func TestFindForeign(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can lay somebody else's trap")
	}
	const nobody = 65534
	for _, c := range []struct {
		name   string
		mode   os.FileMode
		theirs string // what belongs to somebody else
		want   string // what is found; empty: nothing in the current directory
	}{
		{"ours in /tmp", os.ModeSticky | 0o777, "", "supervisord.conf"},
		{"theirs in /tmp", os.ModeSticky | 0o777, "supervisord.conf", "etc/supervisord.conf"},
		{"theirs in a directory of ours", 0o755, "supervisord.conf", "supervisord.conf"},
		{"their directory in /tmp", os.ModeSticky | 0o777, "etc", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cwd := t.TempDir()
			files := []string{"supervisord.conf", "etc/supervisord.conf"}
			if c.theirs == "etc" {
				files = files[1:]
			}
			for _, file := range files {
				path := filepath.Join(cwd, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(cwd, c.mode); err != nil {
				t.Fatal(err)
			}
			if c.theirs != "" {
				if err := os.Chown(filepath.Join(cwd, c.theirs), nobody, nobody); err != nil {
					t.Fatal(err)
				}
			}
			got, _, _ := Find(filepath.Join(t.TempDir(), "bin/supervisord"), cwd)
			if filepath.IsAbs(got) { // this machine has one of its own
				got = ""
			}
			if got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// CFG-003: all six places are named.
func TestNotFound(t *testing.T) {
	_, searched, _ := Find("/opt/x/bin/supervisord", "/")
	got := NotFound(searched).Error()
	want := "No config file found at default paths (/opt/x/etc/supervisord.conf, /opt/x/supervisord.conf, supervisord.conf, etc/supervisord.conf, " +
		"/etc/supervisord.conf, /etc/supervisor/supervisord.conf); use the -c option to specify a config file at a different path"
	if !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
