package logfile

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// logWith returns the path of a log that holds content.
func logWith(t testing.TB, content string) string {
	t.Helper()
	path := logPath(t)
	must(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

// LOG-037, LOG-038: the table of logging.md, section 7.
func TestRead(t *testing.T) {
	path := logWith(t, "0123456789")
	for _, tt := range []struct {
		offset, length int64
		want           string
		err            error
	}{
		{-5, 0, "56789", nil},                          // LOG-037
		{0, 0, "0123456789", nil},                      // LOG-037
		{2, 3, "234", nil},                             // LOG-037
		{9999, 0, "", nil},                             // LOG-037
		{-1, 5, "", ErrBadArguments},                   // LOG-038
		{0, -1, "", ErrBadArguments},                   // LOG-038
		{-1, -1, "", ErrBadArguments},                  // LOG-038
		{5, -1, "", ErrBadArguments},                   // LOG-038
		{-100, 0, "0123456789", nil},                   // longer than the file
		{-10, 0, "0123456789", nil},                    // as long as the file
		{4, 0, "456789", nil},                          // from offset to the end
		{8, 100, "89", nil},                            // up to length
		{10, 0, "", nil},                               // at the end
		{10, 5, "", nil},                               // at the end
		{9999, 5, "", nil},                             // behind the end
		{math.MinInt64, 0, "0123456789", nil},          // no overflow
		{math.MaxInt64, math.MaxInt64, "", nil},        // no overflow
		{1, math.MaxInt64, "123456789", nil},           // no memory for what is not there
		{math.MinInt64, 1, "", ErrBadArguments},        // LOG-038
		{math.MaxInt64, -1 << 62, "", ErrBadArguments}, // LOG-038
	} {
		data, err := Read(path, tt.offset, tt.length)
		if string(data) != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Read(%d, %d) = %q, %v, want %q, %v", tt.offset, tt.length, data, err, tt.want, tt.err)
		}
	}
}

// LOG-039: the examples of logging.md, section 8, and the edges of its formula.
func TestTail(t *testing.T) {
	for _, tt := range []struct {
		content        string
		offset, length int64
		want           string
		size           int64
		overflow       bool
	}{
		{"01234567", 0, 3, "567", 8, true},
		{"01234567", 5, 3, "567", 8, false},
		{"01234567", 4, 2, "67", 8, true},
		{"01234567", 0, 8, "01234567", 8, false},
		{"01234567", 0, 100, "01234567", 8, false},
		{"01234567", 2, 100, "01234567", 8, false},
		{"01234567", 7, 100, "01234567", 8, false},
		{"01234567", 8, 100, "", 8, false},
		{"01234567", 9, 5, "", 8, false},
		{"01234567", 8, 0, "", 8, false},
		{"01234567", 0, 0, "", 8, true},
		{"01234567", 0, -5, "", 8, true},
		{"01234567", -5, 3, "567", 8, true},
		{"", 0, 10, "", 0, false},
		{"", 0, 0, "", 0, false},
		{"", 5, 10, "", 0, false},
		{"", -1, 0, "", 0, true},
		{"01234567", math.MaxInt64, math.MaxInt64, "", 8, false},
		{"01234567", math.MinInt64, math.MinInt64, "", 8, true},
		{"01234567", 0, math.MaxInt64, "01234567", 8, false},
	} {
		data, size, overflow, err := Tail(logWith(t, tt.content), tt.offset, tt.length)
		if string(data) != tt.want || size != tt.size || overflow != tt.overflow || err != nil {
			t.Errorf("Tail(%d, %d) of %q = %q, %d, %v, %v, want %q, %d, %v",
				tt.offset, tt.length, tt.content, data, size, overflow, err, tt.want, tt.size, tt.overflow)
		}
	}
}

// Whatever a client asks for, the range lies in the file and means what the
// specification says in words.
func FuzzTailRange(f *testing.F) {
	f.Add(int64(8), int64(0), int64(3))
	f.Add(int64(0), int64(-1), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, size, offset, length int64) {
		size = max(0, size) & (1<<50 - 1)
		start, n, _ := tailRange(size, offset, length)
		got := min(n, max(0, size-start)) // what reading there returns
		want := min(max(0, length), size) // the last bytes of the file
		if offset >= size {
			want = 0
		}
		if start < 0 || n < 0 || got != want || got > 0 && start+got != size {
			t.Errorf("tailRange(%d, %d, %d) = %d, %d", size, offset, length, start, n)
		}
	})
}

func TestReadMissingLog(t *testing.T) {
	path := logPath(t)
	if _, err := Read(path, 0, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read of a missing log: %v", err)
	}
	data, offset, overflow, err := Tail(path, 5, 10)
	if len(data) != 0 || offset != 5 || overflow || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Tail of a missing log: %q, %d, %v, %v", data, offset, overflow, err)
	}
}

// A log on a device is empty to a reader, one on a pipe cannot be read, and nobody
// waits for it.
func TestReadIrregular(t *testing.T) {
	fifo := logPath(t)
	must(t, unix.Mkfifo(fifo, 0o600))
	for path, want := range map[string]error{fifo: ErrNotKept, "/dev/null": nil, "/dev/zero": nil} {
		if data, err := Read(path, 0, 0); len(data) != 0 || !errors.Is(err, want) {
			t.Errorf("Read(%s) = %q, %v", path, data, err)
		}
		if data, size, overflow, err := Tail(path, 0, 10); len(data) != 0 || size != 0 || overflow || !errors.Is(err, want) {
			t.Errorf("Tail(%s) = %q, %d, %v, %v", path, data, size, overflow, err)
		}
		must(t, Clear(path))
	}
}

// More than can be held at once is an error; a piece of it is not.
func TestReadOfHugeLog(t *testing.T) {
	path := logWith(t, "start")
	must(t, os.Truncate(path, 10*MaxRead)) // a hole: it takes no room on the disk
	if _, err := Read(path, 0, 0); err == nil {
		t.Error("Read returned everything")
	}
	if _, _, _, err := Tail(path, 0, math.MaxInt64); err == nil {
		t.Error("Tail returned everything")
	}
	if data, err := Read(path, 0, 5); string(data) != "start" || err != nil {
		t.Errorf("Read(0, 5) = %q, %v", data, err)
	}
	if data, err := Read(path, -3, 0); string(data) != "\x00\x00\x00" || err != nil {
		t.Errorf("Read(-3, 0) = %q, %v", data, err)
	}
}

// LOG-034: the log of a stopped process is emptied and keeps its mode.
func TestClearOfStoppedProcess(t *testing.T) {
	path := logPath(t)
	must(t, os.WriteFile(path, []byte("content"), 0o640))
	must(t, os.Chmod(path, 0o640)) // whatever the umask
	must(t, os.WriteFile(path+".1", []byte("backup"), 0o640))
	must(t, Clear(path))
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "", "x.log.1": "backup"})
	wantMode(t, path, 0o640)
	must(t, Clear(path+".missing"))
	if err := Clear(filepath.Join(path, "below a file")); err == nil {
		t.Error("Clear of a path that cannot be succeeded")
	}
}
