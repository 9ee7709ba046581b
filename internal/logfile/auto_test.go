package logfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// LOG-009, LOG-010: the name and mode of an AUTO log, which exists at once.
func TestCreateAuto(t *testing.T) {
	dir := t.TempDir()
	path, err := CreateAuto(dir, "web_01", "stdout", "supervisor")
	must(t, err)
	pattern := regexp.MustCompile(`^web_01-stdout---supervisor-[a-z0-9_]{8}\.log$`)
	if filepath.Dir(path) != dir || !pattern.MatchString(filepath.Base(path)) {
		t.Errorf("the log is %s", path)
	}
	wantFiles(t, dir, map[string]string{filepath.Base(path): ""})
	wantMode(t, path, 0o600)

	seen := map[string]bool{path: true}
	for range 200 {
		path, err := CreateAuto(dir, "web_01", "stderr", "supervisor")
		must(t, err)
		if seen[path] {
			t.Fatalf("%s was created twice", path)
		}
		seen[path] = true
	}
	if _, err := CreateAuto(filepath.Join(dir, "missing"), "p", "stdout", "s"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("CreateAuto in a missing directory: %v", err)
	}
}

// Each of the 37 characters comes up in 8 * 500 draws, and no other.
func TestRandomPart(t *testing.T) {
	seen := make(map[rune]bool)
	for range 500 {
		for _, r := range randomPart() {
			seen[r] = true
		}
	}
	if len(seen) != len(autoCharacters) {
		t.Errorf("%d characters came up, want %d", len(seen), len(autoCharacters))
	}
}

// LOG-012: what is removed at the start, and what is not.
func TestCleanAuto(t *testing.T) {
	dir := t.TempDir()
	stale := []string{
		"x-stdout---super.visor-abcd_012.log",
		"x-stderr---super.visor-abcdefgh.log",
		"x-stderr---super.visor-abcdefgh.log.1",
		"x-stderr---super.visor-abcdefgh.log.12345",
		"a---b-stdout---super.visor-abcdefgh.log",
	}
	kept := []string{
		"x-stdout---other-abcdefgh.log",             // another identifier
		"x-stdout---superXvisor-abcdefgh.log",       // the identifier is no pattern
		"x-stdout---super.visor-two-abcdefgh.log",   // another identifier that begins like this one
		"x-stdout---super.visor-abcdefgh.log.gz",    // not ours
		"x-stdout---super.visor-abcdefgh.log-today", // not ours
		"x-stdout---super.visor-abc.log",            // not random
		"---super.visor-abcdefgh.log",               // no process
		"x.log",
	}
	for _, name := range slices.Concat(stale, kept) {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	if failed := CleanAuto(dir, "super.visor"); failed != nil {
		t.Errorf("CleanAuto: %v", failed)
	}
	want := make(map[string]string)
	for _, name := range kept {
		want[name] = ""
	}
	wantFiles(t, dir, want)
}

// What CreateAuto makes, CleanAuto finds, whatever the names.
func TestCleanAutoFindsWhatCreateAutoMade(t *testing.T) {
	dir := t.TempDir()
	for _, identifier := range []string{"supervisor", "a.b", "a+b (1)", `[x]\d`, "ü"} {
		_, err := CreateAuto(dir, "p-1", "stdout", identifier)
		must(t, err)
		if failed := CleanAuto(dir, identifier); failed != nil {
			t.Errorf("CleanAuto(%q): %v", identifier, failed)
		}
		wantFiles(t, dir, nil)
	}
}

// LOG-012: the warnings have the reference's words, and the reason beside them.
func TestCleanAutoFails(t *testing.T) {
	failed := CleanAuto(filepath.Join(t.TempDir(), "missing"), "s")
	if len(failed) != 1 || failed[0].Error() != "Could not clear childlog dir" || !errors.Is(failed[0], fs.ErrNotExist) {
		t.Errorf("CleanAuto of a missing directory: %q", failed)
	}
	if os.Geteuid() == 0 {
		t.Log("root may delete everything")
		return
	}
	dir := t.TempDir()
	path, err := CreateAuto(dir, "it's", "stdout", "s")
	must(t, err)
	must(t, os.Chmod(dir, 0o500))
	failed = CleanAuto(dir, "s")
	must(t, os.Chmod(dir, 0o700))
	if len(failed) != 1 || !strings.HasPrefix(failed[0].Error(), `Failed to clean up "`+path) || !errors.Is(failed[0], fs.ErrPermission) {
		t.Errorf("CleanAuto in a directory that cannot be changed: %q", failed)
	}
}
