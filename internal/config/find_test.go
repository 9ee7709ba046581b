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
