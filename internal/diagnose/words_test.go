package diagnose

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/explain"
	"supervisor/internal/supervisor"
)

// The last words of a child are its own, not those of the one before it, to whose
// end they would give a false reason.
func TestLastWords(t *testing.T) {
	dir := t.TempDir()
	out, errors := filepath.Join(dir, "out"), filepath.Join(dir, "err")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(out, "hello\n")
	const old = "Address already in use\n"
	for _, tt := range []struct {
		name, stderr string
		from         int64
		want         explain.Output
	}{
		{"its own words", old + "oh\n", int64(len(old)), explain.Output{Channel: "stderr", Lines: []string{"oh"}}},
		{"only the words of another", old, int64(len(old)), explain.Output{Channel: "stdout", Lines: []string{"hello"}}},
		{"the log was emptied", "oh\n", 1000, explain.Output{Channel: "stderr", Lines: []string{"oh"}}},
		{"a long line", strings.Repeat("x", lastBytes+1), 0, explain.Output{Channel: "stderr", Lines: []string{strings.Repeat("x", lastBytes)}}},
		{"the end of a line", "x" + strings.Repeat("y", lastBytes-3) + "\noh\n", 0, explain.Output{Channel: "stderr", Lines: []string{"oh"}}},
	} {
		write(errors, tt.stderr)
		got := lastWords(supervisor.Info{Config: &config.Process{}, Stdout: out, Stderr: errors}, time.Time{}, [2]int64{0, tt.from})
		if got.Channel != tt.want.Channel || !slices.Equal(got.Lines, tt.want.Lines) {
			t.Errorf("%s: %s %.100q", tt.name, got.Channel, got.Lines)
		}
	}
	if got := lastWords(supervisor.Info{Config: &config.Process{}, Stdout: out}, time.Time{}, [2]int64{6, 0}); !got.Unlogged {
		t.Error("without a log for stderr nobody knows what was written there")
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "there"), 0o700); err != nil {
		t.Fatal(err)
	}
	got := files([]string{"there", "absent", "there/absent", "nowhere/x", dir}, dir)
	want := map[string]explain.Presence{"there": explain.Present, "absent": explain.Absent, "there/absent": explain.Absent,
		"nowhere/x": explain.Nowhere, dir: explain.Present}
	if !maps.Equal(got, want) {
		t.Error(got)
	}
}
