package logfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// LOG-014, LOG-008: a log is appended to, and holds the raw bytes.
func TestAppends(t *testing.T) {
	path := logPath(t)
	must(t, os.WriteFile(path, []byte("old\n"), 0o644))
	f := openLog(t, path, Options{})
	if f.Size() != 4 || f.Path() != path {
		t.Errorf("Size() = %d, Path() = %q", f.Size(), f.Path())
	}
	write(t, f, "new \x88\x00\n", "", "more")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "old\nnew \x88\x00\nmore"})
	if f.Size() != 15 {
		t.Errorf("Size() = %d after all", f.Size())
	}
}

// Where the words of whoever opened a log begin is known, whatever becomes of it.
func TestBegan(t *testing.T) {
	path := logPath(t)
	must(t, os.WriteFile(path, []byte("old\n"), 0o644))
	f := openLog(t, path, Options{MaxBytes: 10, Backups: 1})
	write(t, f, "new")
	if f.Began() != 4 {
		t.Errorf("it begins at %d, behind the old text", f.Began())
	}
	write(t, f, "enough")
	if f.Began() != 0 {
		t.Errorf("after a rotation it begins at %d", f.Began())
	}
	again := openLog(t, path, Options{})
	write(t, again, "x")
	must(t, again.Clear())
	if again.Began() != 0 {
		t.Errorf("in an emptied log it begins at %d", again.Began())
	}
}

// LOG-004 to LOG-007: what a directory holds after some writes.
func TestRotation(t *testing.T) {
	for _, tt := range []struct {
		name   string
		opt    Options
		before map[string]string
		chunks []string
		want   map[string]string
	}{
		{"LOG-007 after the write that reaches the limit", Options{MaxBytes: 10, Backups: 2}, nil,
			[]string{"12345", "67890"}, map[string]string{"x.log": "", "x.log.1": "1234567890"}},
		{"LOG-007 not before", Options{MaxBytes: 10, Backups: 2}, nil,
			[]string{"12345", "6789"}, map[string]string{"x.log": "123456789"}},
		{"LOG-007 a chunk is never split", Options{MaxBytes: 10, Backups: 2}, nil,
			[]string{"123456789", "abcdefghijklmnopqrst", "z"}, map[string]string{"x.log": "z", "x.log.1": "123456789abcdefghijklmnopqrst"}},
		{"LOG-007 .1 is the newest, .N the oldest, nothing beyond", Options{MaxBytes: 1, Backups: 3}, nil,
			[]string{"a", "b", "c", "d", "e"}, map[string]string{"x.log": "", "x.log.1": "e", "x.log.2": "d", "x.log.3": "c"}},
		{"LOG-004 one backup", Options{MaxBytes: 1, Backups: 1}, nil,
			[]string{"a", "b", "c"}, map[string]string{"x.log": "", "x.log.1": "c"}},
		{"LOG-005 without backups the file is truncated", Options{MaxBytes: 5, Backups: 0}, nil,
			[]string{"1234", "5678", "ab"}, map[string]string{"x.log": "ab"}},
		{"LOG-006 no limit", Options{MaxBytes: 0, Backups: 3}, nil,
			[]string{strings.Repeat("x", 100000), "y"}, map[string]string{"x.log": strings.Repeat("x", 100000) + "y"}},
		{"LOG-006 a negative limit", Options{MaxBytes: -1, Backups: 3}, nil,
			[]string{"x", "y"}, map[string]string{"x.log": "xy"}},
		{"what was there counts", Options{MaxBytes: 6, Backups: 1}, map[string]string{"x.log": "12345"},
			[]string{"6", "7"}, map[string]string{"x.log": "7", "x.log.1": "123456"}},
		{"a missing backup is tolerated", Options{MaxBytes: 1, Backups: 4}, map[string]string{"x.log.1": "1", "x.log.3": "3"},
			[]string{"a"}, map[string]string{"x.log": "", "x.log.1": "a", "x.log.2": "1", "x.log.4": "3"}},
		{"other files are left alone", Options{MaxBytes: 1, Backups: 1}, map[string]string{"x.log.2": "2", "x.log.old": "o"},
			[]string{"a", "b"}, map[string]string{"x.log": "", "x.log.1": "b", "x.log.2": "2", "x.log.old": "o"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := logPath(t)
			for name, content := range tt.before {
				must(t, os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(content), 0o644))
			}
			write(t, openLog(t, path, tt.opt), tt.chunks...)
			wantFiles(t, filepath.Dir(path), tt.want)
		})
	}
}

// LOG-007: any sequence of writes gives the files of a plain model.
func TestRotationRandomWalk(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 2))
		opt := Options{MaxBytes: int64(random.IntN(40)), Backups: random.IntN(4)}
		path := logPath(t)
		f := openLog(t, path, opt)
		model := make([]string, opt.Backups+1) // the log and its backups
		exist := 1
		for step := range 60 {
			chunk := strings.Repeat(string(rune('a'+step%26)), random.IntN(20))
			write(t, f, chunk)
			model[0] += chunk
			if opt.MaxBytes > 0 && int64(len(model[0])) >= opt.MaxBytes {
				copy(model[1:], model)
				model[0] = ""
				exist = min(exist+1, len(model))
			}
			if f.Size() != int64(len(model[0])) {
				t.Fatalf("seed %d: Size() = %d, want %d", seed, f.Size(), len(model[0]))
			}
		}
		want := make(map[string]string)
		for i, content := range model[:exist] {
			want[filepath.Base(backupName(path, i))] = content
		}
		wantFiles(t, filepath.Dir(path), want)
	}
}

// LOG-007: lines that are written together make the files that they would make one
// by one.
func TestRotationOfLines(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 3))
		opt := Options{MaxBytes: int64(random.IntN(60)), Backups: random.IntN(4)}
		together, apart := logPath(t), logPath(t)
		f, g := openLog(t, together, opt), openLog(t, apart, opt)
		for range 20 {
			lines := ""
			for range random.IntN(8) {
				line := strings.Repeat("x", random.IntN(30)) + "\n"
				write(t, g, line)
				lines += line
			}
			if n, err := f.WriteLines([]byte(lines)); n != len(lines) || err != nil {
				t.Fatalf("seed %d: WriteLines = %d, %v", seed, n, err)
			}
		}
		want := make(map[string]string)
		for i := range opt.Backups + 1 {
			if text, err := os.ReadFile(backupName(apart, i)); err == nil {
				want[filepath.Base(backupName(together, i))] = string(text)
			}
		}
		wantFiles(t, filepath.Dir(together), want)
	}
}

// The permissions of new files follow the umask, also after a rotation and a Clear.
func TestMode(t *testing.T) {
	path := logPath(t)
	probe := filepath.Join(t.TempDir(), "probe")
	p, err := os.OpenFile(probe, os.O_CREATE|os.O_WRONLY, 0o666)
	must(t, err)
	p.Close()
	f := openLog(t, path, Options{MaxBytes: 1, Backups: 1})
	wantMode(t, path, mode(t, probe))
	write(t, f, "x")
	wantMode(t, path, mode(t, probe))
	must(t, f.Clear())
	wantMode(t, path, mode(t, probe))

	private := logPath(t)
	openLog(t, private, Options{Mode: 0o600})
	wantMode(t, private, 0o600)
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Mode().Perm()
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	if got := mode(t, path); got != want {
		t.Errorf("%s has mode %o, want %o", path, got, want)
	}
}

// The file is open with O_APPEND, also after a rotation: who truncates it from
// outside leaves no hole, and does not bring about a rotation too early.
func TestTruncatedFromOutside(t *testing.T) {
	path := logPath(t)
	f := openLog(t, path, Options{MaxBytes: 10, Backups: 1})
	write(t, f, "1234567890", "123456")
	must(t, os.Truncate(path, 0))
	write(t, f, "abcdef")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "abcdef", "x.log.1": "1234567890"})
	write(t, f, "ghij")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "", "x.log.1": "abcdefghij"})
}

// "As many backups as there can be" costs no more than those that there
// are, and the one beyond the last is overwritten.
func TestRotationWithManyBackups(t *testing.T) {
	path := logPath(t)
	f := openLog(t, path, Options{MaxBytes: 1, Backups: math.MaxInt})
	write(t, f, "a", "b", "c")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "", "x.log.1": "c", "x.log.2": "b", "x.log.3": "a"})

	path = logPath(t)
	f = openLog(t, path, Options{MaxBytes: 1, Backups: fewBackups + 2})
	must(t, os.WriteFile(backupName(path, fewBackups+2), []byte("oldest"), 0o644))
	must(t, os.WriteFile(backupName(path, fewBackups+1), []byte("next"), 0o644))
	write(t, f, "a")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "", "x.log.1": "a", fmt.Sprint("x.log.", fewBackups+2): "next"})
}

// A rotation that fails loses nothing, is reported once and tried again later.
func TestRotationFails(t *testing.T) {
	path := logPath(t)
	f := openLog(t, path, Options{MaxBytes: 10, Backups: 2})
	must(t, os.MkdirAll(backupName(path, 1)+"/in the way", 0o755)) // a rename cannot replace it
	must(t, os.MkdirAll(backupName(path, 2)+"/in the way", 0o755))
	if n, err := f.Write([]byte("1234567890")); n != 10 || err == nil {
		t.Errorf("Write = %d, %v, want everything written and an error", n, err)
	}
	write(t, f, "abc") // no attempt and no error until the file has grown by its limit again
	must(t, os.RemoveAll(backupName(path, 1)))
	must(t, os.RemoveAll(backupName(path, 2)))
	write(t, f, "defg")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "1234567890abcdefg"})
	write(t, f, "hij", "k")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "k", "x.log.1": "1234567890abcdefghij"})
}

// LOG-033: Clear empties the log, keeps the backups, and what comes next is in the new file.
func TestClearOpenLog(t *testing.T) {
	path := logPath(t)
	f := openLog(t, path, Options{MaxBytes: 5, Backups: 2})
	write(t, f, "12345", "abc")
	must(t, f.Clear())
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "", "x.log.1": "12345"})
	write(t, f, "new")
	must(t, os.Remove(path))
	must(t, f.Clear()) // a missing file is fine
	write(t, f, "newer")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "", "x.log.1": "newer", "x.log.2": "12345"})
}

// LOG-036: after a rename, Reopen goes on in a new file of the old name.
func TestReopen(t *testing.T) {
	path := logPath(t)
	f := openLog(t, path, Options{MaxBytes: 100})
	write(t, f, "one ")
	must(t, os.Rename(path, path+".old"))
	write(t, f, "still the old one")
	must(t, f.Reopen())
	write(t, f, "new")
	must(t, f.Reopen()) // without a rename nothing is deleted
	write(t, f, "er")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "newer", "x.log.old": "one still the old one"})
	if f.Size() != 5 {
		t.Errorf("Size() = %d", f.Size())
	}
}

// A path that cannot be opened any more does not cost the open file.
func TestReopenFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "logs", "x.log")
	must(t, os.Mkdir(filepath.Dir(path), 0o755))
	f := openLog(t, path, Options{})
	must(t, os.Rename(filepath.Dir(path), filepath.Join(dir, "moved")))
	if err := f.Reopen(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Reopen() = %v", err)
	}
	if err := f.Clear(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Clear() = %v", err)
	}
	write(t, f, "kept")
	wantFiles(t, filepath.Join(dir, "moved"), map[string]string{"x.log": "kept"})
}

// LOG-043: a directory that is missing is an error that tells so.
func TestOpenFails(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "missing", "x.log"), Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v, want ErrNotExist", err)
	}
}

func TestWriteAfterClose(t *testing.T) {
	f := openLog(t, logPath(t), Options{})
	must(t, f.Close())
	if _, err := f.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Write after Close = %v", err)
	}
	if err := f.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("second Close = %v", err)
	}
}

// Writers, rotations, Reopen and Clear from many goroutines neither race nor
// tear a chunk.
func TestConcurrentUse(t *testing.T) {
	path := logPath(t)
	f := openLog(t, path, Options{MaxBytes: 1000, Backups: 1000})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 200 {
				fmt.Fprintf(f, "<%d %d %s>\n", w, i, strings.Repeat("x", i%50))
				if i%50 == 0 {
					if err := f.Reopen(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	lines := 0
	for name, content := range files(t, filepath.Dir(path)) {
		for line := range strings.Lines(content) {
			lines++
			if !strings.HasPrefix(line, "<") || !strings.HasSuffix(line, ">\n") {
				t.Errorf("%s holds a torn line %q", name, line)
			}
		}
	}
	if lines != 800 {
		t.Errorf("%d lines arrived of 800", lines)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, size := range []int{100, 4 << 10, 64 << 10} {
		for name, opt := range map[string]Options{"plain": {}, "rotating": {MaxBytes: 50 << 20, Backups: 1}} {
			b.Run(fmt.Sprintf("%d/%s", size, name), func(b *testing.B) {
				f := openLog(b, logPath(b), opt)
				chunk := make([]byte, size)
				var w io.Writer = f
				b.SetBytes(int64(size))
				b.ReportAllocs()
				written := 0
				for b.Loop() {
					if _, err := w.Write(chunk); err != nil {
						b.Fatal(err)
					}
					// The disk of whoever measures is finite.
					if written += size; written > 1<<30 {
						written = 0
						if err := f.Clear(); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}
