package logfile

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// roles are what the test binary does when it runs itself.
var roles = map[string]func(args []string) error{
	"write to /dev/stdout": writeToStdout,
	"fill the disk":        fillTheDisk,
	"rotate when full":     rotateWhenFull,
}

// self returns the command that runs this test binary in a role.
func self(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// writeToStdout logs to the path it is given, with rotation on.
func writeToStdout(args []string) error {
	f, err := Open(args[0], Options{MaxBytes: 4, Backups: 2})
	if err != nil {
		return err
	}
	for i := range 5 {
		if _, err := fmt.Fprintf(f, "line %d\n", i); err != nil {
			return err
		}
	}
	if err := f.Reopen(); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(f, "end"); err != nil {
		return err
	}
	return f.Close()
}

const stdoutLines = "line 0\nline 1\nline 2\nline 3\nline 4\nend\n"

// LOG-020, LOG-021: a standard stream is written and never rotated, whatever it
// is and by whatever name.
func TestStandardStreams(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link.log")
	must(t, os.Symlink("/dev/stdout", link))
	for _, path := range []string{"/dev/stdout", "/dev/fd/1", link} {
		t.Run("pipe by "+path, func(t *testing.T) {
			cmd := self(t, "write to /dev/stdout", path)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if string(out) != stdoutLines || err != nil {
				t.Errorf("got %q, %v", out, err)
			}
		})
		t.Run("file by "+path, func(t *testing.T) {
			into := logPath(t)
			file, err := os.OpenFile(into, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
			must(t, err)
			cmd := self(t, "write to /dev/stdout", path)
			cmd.Stdout, cmd.Stderr = file, os.Stderr
			must(t, cmd.Run())
			must(t, file.Close())
			wantFiles(t, filepath.Dir(into), map[string]string{"x.log": stdoutLines})
		})
		t.Run("socket by "+path, func(t *testing.T) {
			ours, theirs := socketPair(t)
			cmd := self(t, "write to /dev/stdout", path)
			cmd.Stdout, cmd.Stderr = theirs, os.Stderr
			must(t, cmd.Run())
			must(t, theirs.Close())
			out, err := io.ReadAll(ours)
			if string(out) != stdoutLines || err != nil {
				t.Errorf("got %q, %v", out, err)
			}
		})
	}
	if target, err := os.Readlink(link); target != "/dev/stdout" || err != nil {
		t.Errorf("the link was touched: %q, %v", target, err)
	}
}

func socketPair(t *testing.T) (ours net.Conn, theirs *os.File) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	file := os.NewFile(uintptr(fds[0]), "ours")
	defer file.Close()
	ours, err = net.FileConn(file)
	must(t, err)
	t.Cleanup(func() { ours.Close() })
	return ours, os.NewFile(uintptr(fds[1]), "theirs")
}

// A standard stream that is a file is emptied by Clear and not deleted.
func TestClearStandardStream(t *testing.T) {
	path := logPath(t)
	must(t, os.WriteFile(path, []byte("old"), 0o666))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	defer file.Close()
	f := openLog(t, fmt.Sprintf("/dev/fd/%d", file.Fd()), Options{})
	must(t, f.Clear())
	write(t, f, "new")
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "new"})
}

// LOG-022: /dev/null takes everything, also with rotation on, and survives it.
func TestDevNull(t *testing.T) {
	f := openLog(t, "/dev/null", Options{MaxBytes: 1, Backups: 1})
	write(t, f, "abc", "def")
	must(t, f.Clear())
	must(t, f.Reopen())
	write(t, f, "ghi")
	if f.Size() != 0 {
		t.Errorf("Size() = %d", f.Size())
	}
	info, err := os.Stat("/dev/null")
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Fatalf("/dev/null is %v, %v", info.Mode(), err)
	}
}

// A device that is full fails each write and no other.
func TestFullDevice(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /dev/full")
	}
	f := openLog(t, "/dev/full", Options{MaxBytes: 1})
	for range 2 {
		if n, err := f.Write([]byte("x")); n != 0 || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("Write = %d, %v", n, err)
		}
	}
}

// LOG-020: a fifo needs no reader to be opened; what is written waits for one.
func TestFifo(t *testing.T) {
	path := logPath(t)
	must(t, unix.Mkfifo(path, 0o600))
	f := openLog(t, path, Options{MaxBytes: 1, Backups: 1})
	write(t, f, "early\n")
	reader, err := os.Open(path)
	must(t, err)
	defer reader.Close()
	write(t, f, "late\n")
	must(t, f.Clear())
	buf := make([]byte, 100)
	n, err := io.ReadAtLeast(reader, buf, len("early\nlate\n"))
	if string(buf[:n]) != "early\nlate\n" || err != nil {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the fifo is gone: %v", err)
	}
}

// A reader that does not read is not waited for for ever, and is served again
// when it reads.
func TestReaderStalls(t *testing.T) {
	path := logPath(t)
	must(t, unix.Mkfifo(path, 0o600))
	f := openLog(t, path, Options{})
	f.patience = time.Millisecond
	chunk := []byte(strings.Repeat("x", 4096))
	written := 0
	var err error
	for err == nil {
		var n int
		n, err = f.Write(chunk)
		written += n
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Write = %v, want that it gave up", err)
	}
	if _, err := f.Write(chunk); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Write = %v, want that it gave up again", err)
	}
	f.patience = time.Minute
	reader, err := os.Open(path)
	must(t, err)
	defer reader.Close()
	if _, err := io.CopyN(io.Discard, reader, int64(written)); err != nil {
		t.Fatal(err)
	}
	write(t, f, "again")
	buf := make([]byte, 5)
	if _, err := io.ReadFull(reader, buf); string(buf) != "again" || err != nil {
		t.Errorf("read %q, %v", buf, err)
	}
}

// A stop of a program whose log nobody read took 20 seconds: whoever is in a hurry
// does not wait that long, even if he waits already.
func TestHurry(t *testing.T) {
	path := logPath(t)
	must(t, unix.Mkfifo(path, 0o600))
	f := openLog(t, path, Options{})
	f.patience = time.Hour
	waited := make(chan error, 1)
	go func() {
		_, err := f.Write(make([]byte, 10<<20))
		waited <- err
	}()
	for f.waiting.Load() == nil {
		runtime.Gosched()
	}
	f.Hurry()
	for range 10 {
		select {
		case err := <-waited:
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("Write = %v, want that it gave up", err)
			}
		case <-time.After(time.Minute):
			t.Fatal("a write waits for a reader though it should hurry")
		}
		go func() {
			_, err := f.Write(make([]byte, 10<<20))
			waited <- err
		}()
	}
	<-waited
}

// fillTheDisk writes to a file that may not grow beyond a limit, then may.
func fillTheDisk(args []string) error {
	signal.Ignore(syscall.SIGXFSZ) // then a write beyond the limit is an error
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	f, err := Open(args[0], Options{MaxBytes: 30, Backups: 1})
	if err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 10, Max: old.Max}); err != nil {
		return err
	}
	for _, want := range []int{6, 4, 0} { // of six bytes each
		if n, err := f.Write([]byte("abcdef")); n != want || (err == nil) != (n == 6) {
			return fmt.Errorf("Write = %d, %v, want %d bytes", n, err, want)
		}
	}
	if f.Size() != 10 {
		return fmt.Errorf("Size() = %d when the disk is full", f.Size())
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	if _, err := f.Write([]byte("again")); err != nil {
		return err
	}
	if _, err := f.Write([]byte(strings.Repeat("z", 15))); err != nil { // 30: time to rotate
		return err
	}
	return f.Close()
}

// A full disk costs what does not fit and nothing else.
func TestFullDisk(t *testing.T) {
	path := logPath(t)
	out, err := self(t, "fill the disk", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "", "x.log.1": "abcdefabcdagain" + strings.Repeat("z", 15)})
}

// rotateWhenFull fills the disk in the middle of the chunk that reaches the limit.
func rotateWhenFull(args []string) error {
	signal.Ignore(syscall.SIGXFSZ)
	f, err := Open(args[0], Options{MaxBytes: 8, Backups: 1})
	if err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 10, Max: 10}); err != nil {
		return err
	}
	for _, want := range []int{6, 4, 6} { // of six bytes each
		if n, err := f.Write([]byte("abcdef")); n != want || (err == nil) != (n == 6) {
			return fmt.Errorf("Write = %d, %v, want %d bytes", n, err, want)
		}
	}
	return f.Close()
}

// A file that has reached its limit is rotated even if the disk is full: only
// that makes room.
func TestRotationWhenFull(t *testing.T) {
	path := logPath(t)
	out, err := self(t, "rotate when full", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	wantFiles(t, filepath.Dir(path), map[string]string{"x.log": "abcdef", "x.log.1": "abcdefabcd"})
}

// A socket cannot be made not to block, for others have it, too; but its reader
// is not waited for for ever either.
func TestSocketStalls(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	reader := os.NewFile(uintptr(pair[1]), "reader")
	defer reader.Close()
	defer unix.Close(pair[0])
	f := openLog(t, fmt.Sprint("/dev/fd/", pair[0]), Options{})
	f.patience = time.Millisecond
	chunk := []byte(strings.Repeat("x", 4096))
	written := 0
	for err == nil {
		var n int
		n, err = f.Write(chunk)
		written += n
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Write = %v, want that it gave up", err)
	}
	if _, err := io.CopyN(io.Discard, reader, int64(written)); err != nil {
		t.Fatal(err)
	}
	f.patience = time.Minute
	write(t, f, "again")
	buf := make([]byte, 5)
	if _, err := io.ReadFull(reader, buf); string(buf) != "again" || err != nil {
		t.Errorf("read %q, %v", buf, err)
	}
}

func TestFirstLines(t *testing.T) {
	long := strings.Repeat("x", 4096)
	for text, want := range map[string]string{
		"": "", "short": "short", "a\nb": "a\nb", long: long, long + "y": long,
		"a\nb\n" + long: "a\nb\n", "a\n" + long[2:] + "\n": "a\n",
	} {
		if got := string(firstLines([]byte(text))); got != want {
			t.Errorf("of %d bytes: %d, want %d", len(text), len(got), len(want))
		}
	}
}

func TestDescriptor(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Symlink("/dev/stderr", dir+"/err"))
	must(t, os.Symlink("err", dir+"/relative"))
	must(t, os.Symlink("loop", dir+"/loop"))
	for path, want := range map[string]int{
		"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2, "/dev//./stdout": 1, "/dev/fd/17": 17, "/proc/self/fd/5": 5,
		fmt.Sprintf("/proc/%d/fd/1", os.Getpid()): 1, dir + "/err": 2, dir + "/relative": 2,
		"/dev/null": -1, "/dev/fd/x": -1, dir + "/loop": -1, dir + "/missing": -1, "stdout": -1,
	} {
		fd, ok := descriptor(path)
		if ok != (want >= 0) || ok && fd != want {
			t.Errorf("descriptor(%q) = %d, %v, want %d", path, fd, ok, want)
		}
	}
}
