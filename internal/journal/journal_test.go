//go:build linux

package journal

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// open opens a journal that must be usable, and says what was ignored.
func mustOpen(t *testing.T, dir string) (*Journal, error) {
	t.Helper()
	j, ignored, err := Open(dir, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	return j, ignored
}

func entries(j *Journal) map[string]string {
	all := make(map[string]string)
	j.Each(func(key string, value []byte) { all[key] = string(value) })
	return all
}

func put(key, value string) Change { return Change{key, []byte(value)} }

// abandon is what kill -9 does: the lock goes, the file stays.
func abandon(t *testing.T, j *Journal) {
	t.Helper()
	if err := j.lock.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	j, _ := mustOpen(t, dir)
	j.Store(put("a", "1"), put("b", ""), put("c", "3"))
	j.Store(put("a", "one"), Change{Key: "c"})
	abandon(t, j)

	j, ignored := mustOpen(t, dir)
	if ignored != nil {
		t.Fatal(ignored)
	}
	want := map[string]string{"a": "one", "b": ""}
	if got := entries(j); !maps.Equal(got, want) {
		t.Errorf("entries are %q, want %q", got, want)
	}
	if err := j.Remove(); err != nil {
		t.Fatal(err)
	}
	j, ignored = mustOpen(t, dir)
	if got := entries(j); len(got) != 0 || ignored != nil {
		t.Errorf("after Remove: %q, %v", got, ignored)
	}
}

// Whatever the sizes, and however often the halves change and the file grows,
// the next one finds what was stored last.
func TestCompactionAndGrowth(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	j, _ := mustOpen(t, dir)
	random := rand.New(rand.NewPCG(1, 2))
	want := make(map[string]string)
	for i := range 5000 {
		key := fmt.Sprint(random.IntN(300))
		if random.IntN(5) == 0 {
			j.Store(Change{Key: key})
			delete(want, key)
		} else {
			value := strings.Repeat(key, random.IntN(2000))
			j.Store(put(key, value))
			want[key] = value
		}
		if i%500 == 0 {
			abandon(t, j)
			j, _ = mustOpen(t, dir)
		}
	}
	if got := entries(j); !maps.Equal(got, want) {
		t.Error("entries differ from what was stored")
	}
	if len(j.file.memory) == pageSize+2*smallest {
		t.Error("the file has not grown, so the test tests less than it should")
	}
}

// A kill may come between any two stores to memory: there must be the old state
// or the new one, whole.
func TestKilledAtEveryByte(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	j, _ := mustOpen(t, dir)
	j.Store(put("a", "old"), put("b", "old"))
	before := bytes.Clone(j.file.memory)
	j.Store(put("a", "new"), Change{Key: "b"}, put("c", "new"))
	after := bytes.Clone(j.file.memory)
	abandon(t, j)

	path := filepath.Join(dir, fileName)
	olds, news := 0, 0
	check := func(image []byte) {
		t.Helper()
		if err := os.WriteFile(path, image, fileMode); err != nil {
			t.Fatal(err)
		}
		j, ignored := mustOpen(t, dir)
		defer abandon(t, j)
		switch got := entries(j); {
		case ignored != nil:
			t.Fatal(ignored)
		case maps.Equal(got, map[string]string{"a": "old", "b": "old"}):
			olds++
		case maps.Equal(got, map[string]string{"a": "new", "c": "new"}):
			news++
		default:
			t.Fatalf("torn: %q", got)
		}
	}
	image := bytes.Clone(before)
	for i := pageSize; i < len(image); i++ { // the records come first, in any order of bytes
		if image[i] != after[i] {
			image[i] = after[i]
			check(image)
		}
	}
	copy(image[:pageSize], after) // then the one word
	check(image)
	if olds == 0 || news != 1 {
		t.Errorf("%d old and %d new states", olds, news)
	}
}

func TestIgnored(t *testing.T) {
	spoil := func(change func(file []byte)) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			change(file)
			if err := os.WriteFile(path, file, fileMode); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, path string)
		why   string
	}{
		"version":   {spoil(func(file []byte) { file[atVersion] = 99 }), "version 99"},
		"magic":     {spoil(func(file []byte) { file[0] = 'x' }), "no journal"},
		"crc":       {spoil(func(file []byte) { file[pageSize+20] ^= 1 }), "broken"},
		"word":      {spoil(func(file []byte) { file[atWord+6] = 0x7f }), "broken"},
		"truncated": {func(t *testing.T, path string) { must(t, os.Truncate(path, 100)) }, "not whole"},
		"readable":  {func(t *testing.T, path string) { must(t, os.Chmod(path, 0o640)) }, "open to others"},
		"hard link": {func(t *testing.T, path string) { must(t, os.Link(path, path+"2")) }, "no plain file"},
		"symlink": {func(t *testing.T, path string) {
			must(t, os.Rename(path, path+"2"))
			must(t, os.Symlink(path+"2", path))
		}, "too many levels"},
		"foreign": {func(t *testing.T, path string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can give a file away")
			}
			must(t, os.Chown(path, 12345, -1))
		}, "belongs to user 12345"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			j, _ := mustOpen(t, dir)
			j.Store(put("a", "1"))
			abandon(t, j)
			c.spoil(t, filepath.Join(dir, fileName))
			j, ignored := mustOpen(t, dir)
			if ignored == nil || !strings.Contains(ignored.Error(), c.why) {
				t.Errorf("ignored because of %v, want %q", ignored, c.why)
			}
			if got := entries(j); len(got) != 0 {
				t.Errorf("entries %q were believed", got)
			}
			j.Store(put("b", "2")) // and the daemon goes on with one of its own
			abandon(t, j)
			j, _ = mustOpen(t, dir)
			if got := entries(j); got["b"] != "2" {
				t.Errorf("the new journal holds %q", got)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A folder that somebody else has put there could hold anything.
func TestForgedFolder(t *testing.T) {
	for name, forge := range map[string]func(t *testing.T, dir string){
		"open to all": func(t *testing.T, dir string) { must(t, os.Mkdir(dir, 0o700)); must(t, os.Chmod(dir, 0o777)) },
		"symlink":     func(t *testing.T, dir string) { must(t, os.Symlink(t.TempDir(), dir)) },
		"file":        func(t *testing.T, dir string) { must(t, os.WriteFile(dir, nil, 0o600)) },
		"foreign": func(t *testing.T, dir string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can give a folder away")
			}
			must(t, os.Mkdir(dir, 0o700))
			must(t, os.Chown(dir, 12345, -1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			forge(t, dir)
			_, _, err := Open(dir, nil)
			if err == nil {
				t.Fatal("it was taken")
			}
			if private := name == "open to all" || name == "foreign"; strings.HasSuffix(err.Error(), "; remove it, or name another statedir") != private {
				t.Errorf("what to do is not said: %v", err)
			}
		})
	}
}

func TestTwoDaemons(t *testing.T) {
	if dir := os.Getenv("JOURNAL_TEST_SECOND"); dir != "" {
		_, _, err := Open(dir, nil)
		fmt.Println(err)
		return
	}
	dir := filepath.Join(t.TempDir(), "state")
	j, _ := mustOpen(t, dir)
	j.Store(put("a", "1"))
	second := exec.Command(os.Args[0], "-test.run=TestTwoDaemons$")
	second.Env = append(os.Environ(), "JOURNAL_TEST_SECOND="+dir)
	out, err := second.Output()
	if err != nil || !strings.Contains(string(out), "another daemon; each needs a statedir of its own") {
		t.Errorf("a second one: %s, %v", out, err)
	}
	if got := entries(j); got["a"] != "1" {
		t.Errorf("the first one's entries are %q", got)
	}
}

// A disk that is full makes the journal void: nothing is left that could be
// taken for the truth, and it is said once.
func TestCannotGrow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	said := 0
	j, _, err := Open(dir, func(error) { said++ })
	must(t, err)
	j.Store(put("a", "1"))
	// No file may be larger than this one, for fallocate as for a full disk.
	var old unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_FSIZE, &old))
	must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(len(j.file.memory)), Max: old.Max}))
	for range 3 {
		j.Store(put("big", strings.Repeat("x", smallest)))
	}
	must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &old))
	if said != 1 {
		t.Errorf("said %d times", said)
	}
	abandon(t, j)
	j, ignored := mustOpen(t, dir)
	if got := entries(j); len(got) != 0 || ignored != nil {
		t.Errorf("left behind: %d entries, %v", len(got), ignored)
	}
}

// A file that somebody cuts ends the journal, not the process.
func TestFileIsCut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	said := 0
	j, _, err := Open(dir, func(error) { said++ })
	must(t, err)
	j.Store(put("a", "1"))
	must(t, os.Truncate(filepath.Join(dir, fileName), 0))
	for range 3 {
		j.Store(put("b", "2"))
	}
	if said != 1 || !j.IsVoid() {
		t.Errorf("said %d times; void: %v", said, j.IsVoid())
	}
	must(t, j.Remove())
}

// A journal that is made void says nothing any more, even if its folder is gone.
func TestVoid(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	var said []error
	j, _, err := Open(dir, func(err error) { said = append(said, err) })
	must(t, err)
	j.Store(put("a", "1"))
	must(t, os.RemoveAll(dir))
	reason := errors.New("its folder is gone")
	for range 2 {
		j.Void(reason)
	}
	if len(said) != 1 || said[0] != reason {
		t.Errorf("said %v", said)
	}
	must(t, j.Remove())
}

func FuzzReplay(f *testing.F) {
	var records []byte
	for _, c := range []Change{put("a", "1"), put("bb", ""), {Key: "a"}} {
		record := make([]byte, recordSize(c))
		putRecord(record, c)
		records = append(records, record...)
	}
	f.Add(records)
	f.Add([]byte{16, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		live, err := replay(data)
		if err != nil {
			return
		}
		for key, s := range live {
			if s.at < 0 || s.at+s.length > len(data) || s.size > len(data) {
				t.Errorf("entry %q lies outside: %+v", key, s)
			}
		}
	})
}

func BenchmarkStore(b *testing.B) {
	j, _, err := Open(filepath.Join(b.TempDir(), "state"), func(err error) { b.Error(err) })
	if err != nil {
		b.Fatal(err)
	}
	value := bytes.Repeat([]byte("x"), 400)
	for i := range b.N {
		j.Store(Change{fmt.Sprint("process/", i%1000), value})
	}
}
