package daemon

import (
	"os"
	"path/filepath"
	"testing"
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
		if err := RemovePIDFile(path); err != nil {
			t.Error(err)
		}
	}
}

// CLI-028: that it cannot be written is the caller's to tell.
func TestPIDFileFails(t *testing.T) {
	dir := t.TempDir()
	if err := WritePIDFile(filepath.Join(dir, "none", "pid"), 42); err == nil {
		t.Error("a pid file in no directory was written")
	}
	if err := os.MkdirAll(filepath.Join(dir, "full", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := RemovePIDFile(filepath.Join(dir, "full")); err == nil {
		t.Error("a directory was removed as a pid file")
	}
}
