package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// CLI-027, CLI-029: the file is overwritten, and gone at the end.
func TestPIDFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	if err := os.WriteFile(path, []byte("1234567890\nof another run\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WritePIDFile(path, 42); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); string(text) != "42\n" || err != nil {
		t.Errorf("the file says %q, %v", text, err)
	}
	for range 2 { // somebody else may have removed it
		if err := RemovePIDFile(path, 42); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

// CLI-028: that it cannot be written is the caller's to tell.
func TestPIDFileFails(t *testing.T) {
	if err := WritePIDFile(filepath.Join(t.TempDir(), "none", "pid"), 42); err == nil {
		t.Error("a pid file in no directory was written")
	}
}

// In a directory that is open to all, a link must not lead the daemon to a file
// of its own.
func TestPIDFileIsALink(t *testing.T) {
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "pid"), filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, path); err != nil {
		t.Fatal(err)
	}
	if err := WritePIDFile(path, 42); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); string(text) != "42\n" {
		t.Errorf("the pid file says %q", text)
	}
	if text, _ := os.ReadFile(victim); string(text) != "precious" {
		t.Errorf("the file behind the link says %q", text)
	}
}

// What is not the daemon's pid file is not removed, and a fifo holds nobody up.
func TestPIDFileOfOthers(t *testing.T) {
	dir := t.TempDir()
	other, fifo, full := filepath.Join(dir, "other"), filepath.Join(dir, "fifo"), filepath.Join(dir, "full")
	if err := os.WriteFile(other, []byte("41\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(full, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, full} {
		if err := WritePIDFile(path, 42); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	for _, path := range []string{other, fifo, full} {
		if err := RemovePIDFile(path, 42); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s was removed: %v", path, err)
		}
	}
}
