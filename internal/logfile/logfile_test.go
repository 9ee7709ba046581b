package logfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The test binary runs itself where a test needs a process of its own: one with
// certain standard streams, or with limits.
const roleVariable = "LOGFILE_TEST_ROLE"

func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv(roleVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := role(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// logPath returns where a log may be in a directory of the test's own.
func logPath(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "x.log")
}

// openLog opens a log and closes it when the test ends.
func openLog(t testing.TB, path string, opt Options) *File {
	t.Helper()
	f, err := Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func write(t testing.TB, f *File, chunks ...string) {
	t.Helper()
	for _, c := range chunks {
		if n, err := f.Write([]byte(c)); n != len(c) || err != nil {
			t.Fatalf("Write(%q) = %d, %v", c, n, err)
		}
	}
}

// wantFiles fails unless a directory holds exactly these files with these contents.
func wantFiles(t testing.TB, dir string, want map[string]string) {
	t.Helper()
	got := files(t, dir)
	for name, content := range got {
		if w, ok := want[name]; !ok || content != w {
			t.Errorf("%s holds %q, want %q (in the plan: %v)", name, content, w, ok)
		}
	}
	for name, content := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing, want %q in it", name, content)
		}
	}
}

func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	contents := make(map[string]string)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		contents[e.Name()] = string(data)
	}
	return contents
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// numbered returns the lines "0\n" to "n-1\n".
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d\n", i)
	}
	return b.String()
}

// firstDifference shows where two long texts part.
func firstDifference(got, want []byte) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	from := max(0, bytes.LastIndexByte(want[:i], '\n')-20)
	return fmt.Sprintf("%d bytes, want %d; they part at %d:\ngot  %.80q\nwant %.80q", len(got), len(want), i, got[from:], want[from:])
}
