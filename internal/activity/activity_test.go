package activity

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/logfile"
)

// open opens a log and closes it when the test ends.
func open(t testing.TB, opt Options) *Log {
	t.Helper()
	l, err := New(opt)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func logPath(t testing.TB) string { return filepath.Join(t.TempDir(), "supervisord.log") }

var header = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} `)

// messages returns what a file holds, without the times.
func messages(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return header.ReplaceAllString(string(data), "")
}

func wantMessages(t testing.TB, path, want string) {
	t.Helper()
	if got := messages(t, path); got != want {
		t.Errorf("%s holds %q, want %q", filepath.Base(path), got, want)
	}
}

// LOG-035: clearLog empties the log, which goes on in the new file; the other
// sinks hear about it once for every sink.
func TestClear(t *testing.T) {
	path, stdout := logPath(t), &bytes.Buffer{}
	l := open(t, Options{Path: path, Stdout: stdout})
	l.Logger().Info("before")
	must(t, l.Clear())
	wantMessages(t, path, "")
	l.Logger().Info("after")
	must(t, l.Sync())
	wantMessages(t, path, "INFO after\n")
	want := "INFO before\nINFO reopening log file\nINFO reopening log file\nINFO after\n"
	if got := header.ReplaceAllString(stdout.String(), ""); got != want {
		t.Errorf("stdout holds %q, want %q", got, want)
	}

	must(t, os.Remove(path))
	if err := l.Clear(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Clear without the file: %v", err)
	}
	if err := open(t, Options{}).Clear(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Clear of a log without file: %v", err)
	}
}

// LOG-035: one sink, one line, which a follower of the old file sees.
func TestClearTellsTheOldFile(t *testing.T) {
	path := logPath(t)
	l := open(t, Options{Path: path})
	l.Logger().Info("before")
	must(t, l.Sync())
	old, err := os.Open(path)
	must(t, err)
	defer old.Close()
	must(t, l.Clear())
	data, err := io.ReadAll(old)
	must(t, err)
	if got := header.ReplaceAllString(string(data), ""); got != "INFO before\nINFO reopening log file\n" {
		t.Errorf("the old file holds %q", got)
	}
}

// CLI-065: what is logged before a reopen is in the old file, what is logged
// after it in the new one.
func TestReopen(t *testing.T) {
	path := logPath(t)
	l := open(t, Options{Path: path})
	l.Logger().Info("start")
	must(t, l.Sync())
	must(t, os.Rename(path, path+".old"))
	l.Logger().Info("received SIGUSR2 indicating log reopen request")
	l.Logger().Info("supervisord logreopen")
	must(t, l.Reopen())
	wantMessages(t, path, "") // recreated empty
	l.Logger().Info("new")
	must(t, l.Close())
	wantMessages(t, path+".old", "INFO start\nINFO received SIGUSR2 indicating log reopen request\nINFO supervisord logreopen\n")
	wantMessages(t, path, "INFO new\n")
	must(t, open(t, Options{}).Reopen()) // there is nothing to reopen
}

// CLI-065: the order holds while others are logging.
func TestReopenAmongOthers(t *testing.T) {
	path := logPath(t)
	l := open(t, Options{Path: path})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				l.Logger().Info("noise")
			}
		})
	}
	for i := range 20 {
		l.Logger().Info("mark", "n", i)
		must(t, l.Sync())
		must(t, os.Rename(path, fmt.Sprint(path, i)))
		l.Logger().Info("last", "n", i)
		must(t, l.Reopen())
	}
	wg.Wait()
	must(t, l.Close())
	total := strings.Count(messages(t, path), "noise")
	for i := range 20 {
		content := messages(t, fmt.Sprint(path, i))
		total += strings.Count(content, "noise")
		if want := fmt.Sprintf("INFO last n=%d\n", i); !strings.Contains(content, want) || strings.Count(content, "last") != 1 {
			t.Errorf("the last line before reopen %d is in another file", i)
		}
	}
	if total != 4*500 {
		t.Errorf("%d lines arrived of %d", total, 4*500)
	}
}

// LOG-003, LOG-014: the log is appended to; New tells if it cannot be.
func TestNew(t *testing.T) {
	path := logPath(t)
	must(t, os.WriteFile(path, []byte("old\n"), 0o644))
	l := open(t, Options{Path: path})
	if l.Path() != path {
		t.Errorf("Path() = %q", l.Path())
	}
	l.Logger().Info("new")
	must(t, l.Close())
	wantMessages(t, path, "old\nINFO new\n")
	if err := l.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
	if err := l.Sync(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Sync after Close: %v", err)
	}
	l.Logger().Info("dropped")
	wantMessages(t, path, "old\nINFO new\n")

	if _, err := New(Options{Path: filepath.Join(path, "x")}); err == nil {
		t.Error("New in a directory that is none")
	}
}

// LOG-004, LOG-005, LOG-006: the log rotates by the rules of every log.
func TestRotation(t *testing.T) {
	path := logPath(t)
	l := open(t, Options{Path: path, File: logfile.Options{MaxBytes: 100, Backups: 2}})
	for i := range 12 { // of 35 bytes each
		l.Logger().Info("line", "n", 10+i)
		must(t, l.Sync())
	}
	wantMessages(t, path, "")
	wantMessages(t, path+".1", "INFO line n=19\nINFO line n=20\nINFO line n=21\n")
	wantMessages(t, path+".2", "INFO line n=16\nINFO line n=17\nINFO line n=18\n")
}

// A rotation that fails is told in the log itself.
func TestRotationFails(t *testing.T) {
	path := logPath(t)
	must(t, os.MkdirAll(path+".1/in the way", 0o755))
	l := open(t, Options{Path: path, File: logfile.Options{MaxBytes: 10, Backups: 1}})
	l.Logger().Info("a line that is longer than the limit")
	must(t, l.Close())
	if got := messages(t, path); !strings.Contains(got, "limit\nWARN cannot rotate log: ") {
		t.Errorf("the log holds %q", got)
	}
}

// logfile=syslog: each line of a message with the time and level of its own.
func TestSyslog(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "log")
	daemon, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	must(t, err)
	defer daemon.Close()
	l := open(t, Options{Syslog: logfile.NewSyslog("supervisord", socket)})
	l.Logger().Debug("below the level")
	l.Logger().Info("'x' spawned\nand more\n")
	must(t, l.Close())
	want := []string{"INFO 'x' spawned", "INFO and more"}
	must(t, daemon.SetReadDeadline(time.Now().Add(30*time.Second)))
	line := regexp.MustCompile(`^<14>\w{3} [ \d]\d \d\d:\d\d:\d\d supervisord: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?s)(.*)$`)
	for _, text := range want {
		buf := make([]byte, 1000)
		n, err := daemon.Read(buf)
		must(t, err)
		if m := line.FindSubmatch(buf[:n]); m == nil || string(m[1]) != text {
			t.Errorf("got %q, want %q", buf[:n], text)
		}
	}
}

func TestAppendLineByLine(t *testing.T) {
	const h = "2026-11-22 19:34:37,831 DEBG "
	for message, want := range map[string]string{
		"'x' stdout output:\none\n\ntwo\n\n\n": h + "'x' stdout output:\n" + h + "one\n" + h + "\n" + h + "two\n",
		"one line\n":                           h + "one line\n",
		"\n":                                   h + "\n",
	} {
		if got := string(appendLineByLine(nil, []byte(h+message))); got != want {
			t.Errorf("%q became %q, want %q", message, got, want)
		}
	}
}

// gate is a sink that hangs until it is let go, and fails when it is told to.
type gate struct {
	bytes.Buffer
	pass  chan struct{}
	room  int // how many bytes it takes, if full is set
	full  error
	tries int
}

func (g *gate) Write(p []byte) (int, error) {
	if g.pass != nil {
		<-g.pass
	}
	g.tries++
	if g.full != nil {
		n := min(g.room, len(p))
		g.room -= n
		g.Buffer.Write(p[:n])
		if n < len(p) {
			return n, g.full
		}
		return n, nil
	}
	return g.Buffer.Write(p)
}

// Logging does not wait for a sink that hangs, and neither do the other sinks.
func TestSinkHangs(t *testing.T) {
	path, stdout := logPath(t), &gate{pass: make(chan struct{})}
	l := open(t, Options{Path: path, Stdout: stdout})
	for i := range 1000 {
		l.Logger().Info("line", "n", i)
	}
	must(t, l.carryOut(l.sinks[:1], func(*sink) error { return nil }))
	if n := strings.Count(messages(t, path), "\n"); n != 1000 {
		t.Errorf("the file has %d lines while stdout hangs", n)
	}
	close(stdout.pass)
	must(t, l.Close())
	if n := strings.Count(stdout.String(), "\n"); n != 1000 {
		t.Errorf("stdout got %d lines of 1000", n)
	}
}

// When a sink hangs for too long, lines are lost, and it is said where and how many.
func TestSinkHangsForTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdout := &gate{pass: make(chan struct{})}
		l := open(t, Options{Stdout: stdout})
		big := strings.Repeat("x", 1<<20)
		for range 20 {
			l.Logger().Info(big)
		}
		l.Logger().Info("short, but it would stand in the wrong place")
		close(stdout.pass)
		synctest.Wait()
		l.Logger().Info("after")
		must(t, l.Close())
		got := header.ReplaceAllString(strings.ReplaceAll(stdout.String(), big, "x"), "")
		want := strings.Repeat("INFO x\n", 15) +
			"WARN 6 lines of this log were lost here, because they could not be written in time\nINFO after\n"
		if got != want {
			t.Errorf("got %.300q\nwant %.300q", got, want)
		}
	})
}

// A line that is too long for any queue is counted and does not stop the log.
func TestHugeLine(t *testing.T) {
	stdout := &gate{}
	l := open(t, Options{Stdout: stdout})
	l.Logger().Info(strings.Repeat("x", mostQueued))
	must(t, l.Sync())
	l.Logger().Info("after")
	must(t, l.Close())
	want := "WARN 1 lines of this log were lost here, because they could not be written in time\nINFO after\n"
	if got := header.ReplaceAllString(stdout.String(), ""); got != want {
		t.Errorf("got %.300q, want %q", got, want)
	}
}

var errFull = errors.New("no space left on device")

// What a full disk has not taken is written when there is room again, once and
// from where it was cut.
func TestSinkIsFull(t *testing.T) {
	stdout := &gate{}
	l := open(t, Options{Stdout: stdout})
	for range 2 { // the buffers grow, so that they can be used again
		l.Logger().Info(strings.Repeat("x", 1000))
		must(t, l.Sync())
	}
	stdout.Reset()
	stdout.full, stdout.room = errFull, 40
	for i := range 3 {
		l.Logger().Info("line", "n", i)
		if err := l.Sync(); (err != nil) != (i > 0) {
			t.Errorf("Sync after line %d: %v", i, err)
		}
	}
	stdout.room = 1
	if err := l.Sync(); !errors.Is(err, errFull) {
		t.Errorf("Sync: %v", err)
	}
	stdout.full = nil
	l.Logger().Info("room again")
	must(t, l.Sync())
	want := "INFO line n=0\nINFO line n=1\nINFO line n=2\nINFO room again\n"
	if got := header.ReplaceAllString(stdout.String(), ""); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A disk that stays full costs no more than 16 MiB of memory; when there is
// room again, the next line is lost, too, but it brings the others out.
func TestSinkIsFullForTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdout := &gate{full: errFull}
		l := open(t, Options{Stdout: stdout})
		big := strings.Repeat("x", 1<<20)
		for range 40 {
			l.Logger().Info(big)
			if err := l.Sync(); !errors.Is(err, errFull) {
				t.Fatalf("Sync: %v", err)
			}
		}
		stdout.full = nil
		l.Logger().Info("lost as well, but it brings about the next attempt")
		synctest.Wait()
		got := header.ReplaceAllString(strings.ReplaceAll(stdout.String(), big, "x"), "")
		want := strings.Repeat("INFO x\n", 15) +
			"WARN 26 lines of this log were lost here, because they could not be written in time\n"
		if got != want {
			t.Errorf("got %.300q\nwant %.300q", got, want)
		}
	})
}

// A sink that never returns does not keep the daemon from ending.
func TestCloseWhenSinkHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path, stdout := logPath(t), &gate{pass: make(chan struct{})}
		l, err := New(Options{Path: path, Stdout: stdout})
		must(t, err)
		l.Logger().Info("line")
		begun := time.Now()
		if err := l.Close(); !errors.Is(err, errHangs) {
			t.Errorf("Close: %v", err)
		}
		if waited := time.Since(begun); waited != closePatience {
			t.Errorf("Close waited %v", waited)
		}
		if got := messages(t, path); got != "INFO line\n" {
			t.Errorf("the file says %q", got)
		}
		close(stdout.pass) // synctest would miss the end of the goroutine
	})
}

// A file that lags behind because the disk was full is written in pieces, so
// that it is rotated as often as it should be.
func TestBacklogIsRotated(t *testing.T) {
	path := logPath(t)
	l, err := New(Options{Path: path, File: logfile.Options{MaxBytes: 100_000, Backups: 3}})
	must(t, err)
	hold := make(chan struct{})
	released := make(chan error, 1)
	l.mu.Lock()
	l.sinks[0].putOrder(func(*sink) error { <-hold; return nil }, released)
	l.mu.Unlock()
	for range 10_000 {
		l.Logger().Info(strings.Repeat("x", 70))
	}
	close(hold)
	must(t, <-released)
	must(t, l.Close())
	for _, name := range []string{path, path + ".1", path + ".2", path + ".3"} {
		info, err := os.Stat(name)
		must(t, err)
		if info.Size() > 100_000+2*piece {
			t.Errorf("%s has %d bytes", filepath.Base(name), info.Size())
		}
	}
}

// Close tries once more, and says if it was in vain.
func TestCloseWhenFull(t *testing.T) {
	stdout := &gate{full: errFull}
	l, err := New(Options{Stdout: stdout})
	must(t, err)
	l.Logger().Info("line")
	if err := l.Sync(); !errors.Is(err, errFull) {
		t.Errorf("Sync: %v", err)
	}
	tries := stdout.tries
	if err := l.Close(); !errors.Is(err, errFull) || stdout.tries == tries {
		t.Errorf("Close: %v after %d more attempts", err, stdout.tries-tries)
	}
}

// A standard output that nobody reads any more keeps nothing in memory.
func TestStdoutClosed(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	defer w.Close()
	must(t, r.Close())
	l := open(t, Options{Stdout: w})
	l.Logger().Info("line")
	must(t, l.Sync())
	must(t, l.Close())
}

// Everything that is logged is written before Close returns, whoever logs.
func TestNothingIsLost(t *testing.T) {
	path := logPath(t)
	l, err := New(Options{Path: path, File: logfile.Options{MaxBytes: 10000, Backups: 1000}})
	must(t, err)
	const writers, lines = 8, 500
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			log := l.Logger().With("w", w)
			for i := range lines {
				log.Info("line", "n", i)
			}
		})
	}
	wg.Wait()
	must(t, l.Close())
	next := make([]int, writers)
	var all strings.Builder
	backups, err := filepath.Glob(path + ".*")
	must(t, err)
	for i := len(backups); i > 0; i-- {
		all.WriteString(messages(t, fmt.Sprint(path, ".", i)))
	}
	all.WriteString(messages(t, path))
	for line := range strings.Lines(all.String()) {
		var w, n int
		if _, err := fmt.Sscanf(line, "INFO line w=%d n=%d\n", &w, &n); err != nil || next[w] != n {
			t.Fatalf("line %q, want number %d: %v", line, next[w], err)
		}
		next[w]++
	}
	for w, n := range next {
		if n != lines {
			t.Errorf("writer %d: %d lines of %d", w, n, lines)
		}
	}
}

// No goroutine outlives Close; synctest would say so.
func TestCloseEndsGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := New(Options{Path: logPath(t), Stdout: io.Discard, Syslog: logfile.NewSyslog("x", "/nowhere")})
		must(t, err)
		l.Logger().Info("line")
		must(t, l.Close())
	})
}

func BenchmarkHandle(b *testing.B) {
	b.Run("message", func(b *testing.B) {
		l := open(b, Options{Path: "/dev/null"})
		log := l.Logger()
		b.ReportAllocs()
		for b.Loop() {
			log.Info("spawned: 'cat' with pid 12345")
		}
	})
	b.Run("attributes", func(b *testing.B) {
		l := open(b, Options{Path: "/dev/null"})
		log := l.Logger()
		b.ReportAllocs()
		for b.Loop() {
			log.LogAttrs(b.Context(), slog.LevelInfo, "spawned", slog.String("name", "cat"), slog.Int("pid", 12345))
		}
	})
	b.Run("filtered", func(b *testing.B) {
		l := open(b, Options{Path: "/dev/null"})
		log := l.Logger()
		b.ReportAllocs()
		for b.Loop() {
			log.Debug("not logged")
		}
	})
	b.Run("file", func(b *testing.B) {
		l := open(b, Options{Path: logPath(b), File: logfile.Options{MaxBytes: 50 << 20, Backups: 1}})
		log := l.Logger()
		b.ReportAllocs()
		for b.Loop() {
			log.Info("spawned: 'cat' with pid 12345")
		}
		b.StopTimer()
		must(b, l.Sync())
	})
}
