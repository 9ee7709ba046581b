package logfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// audience is a writer that a test can wait for, and that it can make wait.
type audience struct {
	mu      sync.Mutex
	heard   bytes.Buffer
	changed chan struct{} // has room for one
	gate    chan struct{} // if set, each write takes one
}

func newAudience() *audience { return &audience{changed: make(chan struct{}, 1)} }

func (a *audience) Write(p []byte) (int, error) {
	if a.gate != nil {
		<-a.gate
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case a.changed <- struct{}{}:
	default:
	}
	return a.heard.Write(p)
}

func (a *audience) text() []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	return bytes.Clone(a.heard.Bytes())
}

// wants waits until the audience has heard exactly want.
func (a *audience) wants(t *testing.T, want string) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		got := a.text()
		if string(got) == want {
			return
		}
		if len(got) >= len(want) {
			t.Fatalf("the follower has read something else: %s", firstDifference(got, []byte(want)))
		}
		select {
		case <-a.changed:
		case <-late:
			t.Fatalf("the follower has stopped: %s", firstDifference(got, []byte(want)))
		}
	}
}

// watchers are the two ways to learn of changes.
var watchers = map[string]func(context.Context, string) (watcher, error){
	"native":  newWatcher,
	"ticking": func(ctx context.Context, _ string) (watcher, error) { return newTicking(ctx), nil },
}

// following runs a test with each watcher. The follower has a log that begins
// with content, and ends with the test.
func following(t *testing.T, content string, last int64, test func(t *testing.T, path string, a *audience)) {
	for name, watcher := range watchers {
		t.Run(name, func(t *testing.T) {
			path, a := logWith(t, content), newAudience()
			startFollower(t, path, last, a, watcher)
			test(t, path, a)
		})
	}
}

func startFollower(t *testing.T, path string, last int64, a *audience, watcher func(context.Context, string) (watcher, error)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- follow(ctx, path, last, a, watcher) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Follow ended with %v", err)
		}
	})
}

// HTT-027, HTT-029: the last bytes come first, then what is appended.
func TestFollow(t *testing.T) {
	following(t, "0123456789", 4, func(t *testing.T, path string, a *audience) {
		a.wants(t, "6789")
		f := openLog(t, path, Options{})
		write(t, f, "abc")
		a.wants(t, "6789abc")
		write(t, f, strings.Repeat("x", 100000))
		a.wants(t, "6789abc"+strings.Repeat("x", 100000))
	})
}

// HTT-027: a log that is shorter comes whole.
func TestFollowShortLog(t *testing.T) {
	following(t, "short", 1024, func(t *testing.T, path string, a *audience) { a.wants(t, "short") })
	following(t, "", 1024, func(t *testing.T, path string, a *audience) {
		write(t, openLog(t, path, Options{}), "first")
		a.wants(t, "first")
	})
}

// HTT-030: a log that is cleared goes on in its new file.
func TestFollowClear(t *testing.T) {
	following(t, "old", 10, func(t *testing.T, path string, a *audience) {
		a.wants(t, "old")
		f := openLog(t, path, Options{})
		for i := range 3 {
			must(t, f.Clear())
			write(t, f, fmt.Sprint("new", i))
			a.wants(t, "old"+"new0new1new2"[:4*(i+1)])
		}
	})
}

// HTT-030: rotation from outside: renamed, a new file created by the rotator,
// more written to the old one, and then reopened.
func TestFollowRenamedLog(t *testing.T) {
	following(t, "", 10, func(t *testing.T, path string, a *audience) {
		f := openLog(t, path, Options{})
		write(t, f, "1")
		a.wants(t, "1")
		must(t, os.Rename(path, path+"-20261122"))
		write(t, f, "2")
		a.wants(t, "12")
		must(t, os.WriteFile(path, nil, 0o644))
		write(t, f, "3")
		a.wants(t, "123")
		must(t, f.Reopen())
		write(t, f, "4")
		a.wants(t, "1234")
	})
}

// A log that is missing for a while is found when it is back.
func TestFollowMissingMeanwhile(t *testing.T) {
	following(t, "1", 10, func(t *testing.T, path string, a *audience) {
		a.wants(t, "1")
		must(t, os.Remove(path))
		other := filepath.Join(filepath.Dir(path), "other")
		must(t, os.WriteFile(other, []byte("2"), 0o644))
		must(t, os.Rename(other, path))
		a.wants(t, "12")
	})
}

// A log that is a link is followed where it leads to.
func TestFollowLink(t *testing.T) {
	file, link := logWith(t, "1"), logPath(t)
	must(t, os.Symlink(file, link))
	a := newAudience()
	startFollower(t, link, 10, a, newWatcher)
	a.wants(t, "1")
	must(t, os.Rename(file, file+".1"))
	must(t, os.WriteFile(file, []byte("2"), 0o644))
	a.wants(t, "12")
}

// HTT-031: a log that has shrunk is announced and read from its start.
func TestFollowTruncatedLog(t *testing.T) {
	following(t, "0123456789", 4, func(t *testing.T, path string, a *audience) {
		a.wants(t, "6789")
		must(t, os.Truncate(path, 0))
		a.wants(t, "6789"+truncatedNotice)
		write(t, openLog(t, path, Options{}), "new")
		a.wants(t, "6789==> File truncated <==\nnew")
	})
}

// HTT-030: a log without backups is truncated at its limit. That loses what the
// follower has not read yet, which may be the last write, and nothing else.
func TestFollowRotationByTruncation(t *testing.T) {
	following(t, "", 10, func(t *testing.T, path string, a *audience) {
		f := openLog(t, path, Options{MaxBytes: 10})
		write(t, f, "12345")
		a.wants(t, "12345")
		write(t, f, "67890")
		for !strings.HasSuffix(string(a.text()), truncatedNotice) {
			<-a.changed
		}
		heard := string(a.text())
		if heard != "12345"+truncatedNotice && heard != "1234567890"+truncatedNotice {
			t.Fatalf("the follower has read %q", heard)
		}
		write(t, f, "ab")
		a.wants(t, heard+"ab")
	})
}

// HTT-030: under heavy writing with rotation a follower reads every line once
// and in order.
func TestFollowHeavyWriting(t *testing.T) {
	following(t, "start\n", 10, func(t *testing.T, path string, a *audience) {
		a.wants(t, "start\n")
		const lines = 20000
		f := openLog(t, path, Options{MaxBytes: 4 << 10, Backups: 100})
		for i := range lines {
			write(t, f, fmt.Sprintf("%d\n", i))
		}
		a.wants(t, "start\n"+numbered(lines))
	})
}

// HTT-030: a follower whose client is slow finds the rotated files that it has
// missed, as long as they exist.
func TestFollowSlowly(t *testing.T) {
	path, a := logWith(t, "0\n"), newAudience()
	a.gate = make(chan struct{})
	startFollower(t, path, 100, a, newWatcher)
	a.gate <- struct{}{} // the follower has opened the first file
	f := openLog(t, path, Options{MaxBytes: 4, Backups: 8})
	want := "0\n"
	for i := 1; i < 16; i++ { // two lines a file
		write(t, f, fmt.Sprintf("%x\n", i))
		want += fmt.Sprintf("%x\n", i)
	}
	close(a.gate)
	a.wants(t, want)
}

// Where a backup has been deleted, the follower goes on with the next one.
func TestFollowDeletedBackup(t *testing.T) {
	path, a := logWith(t, "0\n"), newAudience()
	a.gate = make(chan struct{})
	startFollower(t, path, 100, a, newWatcher)
	a.gate <- struct{}{}
	f := openLog(t, path, Options{MaxBytes: 2, Backups: 8})
	write(t, f, "1\n", "2\n", "3\n", "4\n", "5\n", "6\n")
	must(t, os.Remove(path+".4"))
	must(t, os.Remove(path+".3"))
	close(a.gate)
	a.wants(t, "0\n1\n2\n5\n6\n")
}

// The successor of a file is looked for in the row of backups, and is only
// believed if no rotation has come in between.
func TestSuccessor(t *testing.T) {
	path := logWith(t, "current")
	file, _, err := openForReading(path)
	must(t, err)
	f := &follower{path: path, current: file}
	defer file.Close()
	for _, step := range []struct {
		name string
		do   func() error
		want string // content of the successor; empty if there is none
	}{
		{"the log itself has none", func() error { return nil }, ""},
		{"a rotation is under way", func() error { return os.Rename(path, path+".1") }, ""},
		{"the new log is empty, the old one may still be written", func() error { return os.WriteFile(path, nil, 0o644) }, ""},
		{"the new log", func() error { return os.WriteFile(path, []byte("next"), 0o644) }, "next"},
		{"another rotation has begun", func() error { return os.Rename(path+".1", path+".2") }, "next"},
		{"and gone on", func() error { return os.Rename(path, path+".1") }, "next"},
		{"an empty backup counts", func() error { return os.Truncate(path+".1", 0) }, "\x00"},
		{"the backup is gone, and there is no log", func() error { return os.Remove(path + ".1") }, ""},
		{"the backup is gone", func() error { return os.WriteFile(path, []byte("later"), 0o644) }, "later"},
		{"the current file itself is gone", func() error { return os.Remove(path + ".2") }, "later"},
	} {
		must(t, step.do())
		next, err := f.successor()
		must(t, err)
		got := ""
		if next != nil {
			data, err := io.ReadAll(next)
			must(t, err)
			must(t, next.Close())
			if got = string(data); got == "" {
				got = "\x00"
			}
		}
		if got != step.want {
			t.Errorf("%s: the successor is %q, want %q", step.name, got, step.want)
		}
	}
}

func TestAdjoin(t *testing.T) {
	path := logWith(t, "")
	must(t, os.WriteFile(path+".1", nil, 0o644))
	must(t, os.WriteFile(path+".3", nil, 0o644))
	third, err := os.Stat(path + ".3")
	must(t, err)
	f := &follower{path: path}
	for _, tt := range []struct {
		front, place int
		want         bool
	}{
		{1, 3, true},  // with a hole between them
		{2, 3, true},  // as neighbours
		{0, 3, false}, // .1 is between them
		{1, 2, false}, // the file is elsewhere
		{0, 1, false}, // another file is there
	} {
		if got := f.adjoin(tt.front, tt.place, third); got != tt.want {
			t.Errorf("adjoin(%d, %d) = %v", tt.front, tt.place, got)
		}
	}
}

func TestFollowMissingLog(t *testing.T) {
	if err := Follow(t.Context(), logPath(t), 10, newAudience()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Follow of a missing log ended with %v", err)
	}
}

// A pipe has nothing to follow, and its data are not for us.
func TestFollowFifo(t *testing.T) {
	path, a := logPath(t), newAudience()
	must(t, unix.Mkfifo(path, 0o600))
	f := openLog(t, path, Options{})
	write(t, f, "not for the follower")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := Follow(ctx, path, 10, a); !errors.Is(err, context.DeadlineExceeded) || len(a.text()) != 0 {
		t.Errorf("Follow of a fifo read %q and ended with %v", a.text(), err)
	}
}

// broken is a client that has gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("client has gone") }

func TestFollowEndsWithItsClient(t *testing.T) {
	err := Follow(t.Context(), logWith(t, "x"), 10, broken{})
	if err == nil || err.Error() != "client has gone" {
		t.Errorf("Follow ended with %v", err)
	}
}

// HTT-034: many followers, more than there are instances of inotify, all see
// everything.
func TestManyFollowers(t *testing.T) {
	path := logWith(t, "start\n")
	var audiences []*audience
	for range 150 {
		a := newAudience()
		startFollower(t, path, 100, a, newWatcher)
		audiences = append(audiences, a)
	}
	f := openLog(t, path, Options{MaxBytes: 100, Backups: 100})
	want := "start\n"
	for _, a := range audiences {
		a.wants(t, want)
	}
	for i := range 100 {
		write(t, f, fmt.Sprintf("%d\n", i))
	}
	for _, a := range audiences {
		a.wants(t, want+numbered(100))
	}
}
