//go:build linux

package launch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"supervisor/internal/config"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// handOver has another launcher, with another spawner, go on where the bench's
// stands, as it would in the same process after an execve. What is between
// happens while nobody looks.
func (b *bench) handOver(between func(), groups ...supervisor.Prepared) []supervisor.Prepared {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	old := b.launcher
	if err := old.Freeze(ctx); err != nil {
		b.t.Fatal(err)
	}
	between()
	image, err := old.Image(groups)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := json.Marshal(image)
	if err != nil {
		b.t.Fatal(err)
	}
	var again Image
	if err := json.Unmarshal(text, &again); err != nil {
		b.t.Fatal(err)
	}
	if !reflect.DeepEqual(image, again) {
		b.t.Errorf("the image does not survive: %s", text)
	}
	b.t.Cleanup(old.queue.release) // so that it can be closed
	own(b.t, &again)
	spawner, err := spawn.Resume(func(e spawn.Exit) { b.t.Errorf("pid %d is nobody's", e.PID) }, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(spawner.Close)
	var configs []*config.Group
	for _, g := range groups {
		configs = append(configs, g.Group)
	}
	o := old.Options
	o.Spawner = spawner
	launcher, ready, err := Resume(o, configs, again)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(launcher.Close)
	b.launcher = launcher
	return ready
}

// own gives an image descriptors of its own: here, the old owner is still there and
// closes its own.
func own(t *testing.T, image *Image) {
	t.Helper()
	dup := func(fd *int) {
		if *fd <= 0 {
			return
		}
		own, err := unix.FcntlInt(uintptr(*fd), unix.F_DUPFD_CLOEXEC, 3)
		if err != nil {
			t.Fatal(err)
		}
		*fd = own
	}
	for _, g := range image.Groups {
		for i := range g.Sockets {
			dup(&g.Sockets[i].FD)
		}
		for _, s := range g.Seats {
			if s.Child == nil {
				continue
			}
			if s.Child.Input != nil {
				dup(&s.Child.Input.FD)
			}
			for i := range s.Child.Streams {
				st := &s.Child.Streams[i]
				dup(&st.Pipe)
				if st.Log != nil {
					dup(&st.Log.FD)
				}
			}
		}
	}
}

func (b *bench) report(r supervisor.Report) {
	switch r := r.(type) {
	case supervisor.Output:
		r.Data = bytes.Clone(r.Data)
		b.reports <- r
	case supervisor.Aftermath:
		b.aftermaths <- r
	default:
		b.reports <- r
	}
}

// Output, capture, rotation, stdin and the exit status go on where they were,
// whatever a child does in between.
func TestHandOver(t *testing.T) {
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "out")
	const script = `printf "before<!--XSUPERVISOR:BEGIN-->a<!--XSUP"; echo 1 >&2; read x; ` +
		`printf "ERVISOR:END-->"; echo $x; i=0; while test $i -lt 400; do echo line $i; i=$((i+1)); done; exit 7`
	g := &config.Group{Name: "g", Processes: []*config.Process{
		shell("talker", script, logTo(out), func(p *config.Process) {
			p.Stdout.CaptureMax = 100
			p.Stdout.MaxBytes, p.Stdout.Backups = 1500, 9
			p.Stderr.Events = true
		}),
		shell("absent", "exit 0"),
	}}
	ready := []supervisor.Prepared{{Group: g, Seats: b.seats(g)}}
	b.launch(ready[0].Seats[0])
	spawned := next[supervisor.Spawned](b)
	next[supervisor.Output](b)
	ready = b.handOver(func() {}, ready...)
	ready = b.handOver(func() {}, ready...) // before it has moved
	seat := ready[0].Seats[0]
	if log, _ := seat.Logs(); log != out {
		t.Errorf("the log is %q", log)
	}
	seat.Resume(b.report)
	ready[0].Seats[1].Resume(b.report)
	b.launcher.Thaw()
	ready = b.handOver(func() { // it writes and dies while nobody looks
		if err := seat.Send([]byte("hello\n")); err != nil {
			t.Error(err)
		}
		awaitZombie(t, spawned.PID)
	}, ready...)
	ready[0].Seats[0].Resume(b.report)
	b.launcher.Thaw()
	captured := next[supervisor.Captured](b)
	if string(captured.Data) != "a" {
		t.Errorf("captured %q", captured.Data)
	}
	if ended := next[supervisor.Ended](b); ended.PID != spawned.PID || ended.Exit.Status != 7 {
		t.Errorf("ended %+v", ended)
	}
	var want strings.Builder
	want.WriteString("beforehello\n")
	for i := range 400 { // less than the smallest pipe holds, which who has many gets
		fmt.Fprintf(&want, "line %d\n", i)
	}
	got := b.file(out)
	for i := 1; ; i++ {
		backup := fmt.Sprintf("%s.%d", out, i)
		if matches, _ := filepath.Glob(backup); len(matches) == 0 {
			if i == 1 {
				t.Error("the log was not rotated")
			}
			break
		}
		got = b.file(backup) + got
	}
	if got != want.String() {
		t.Errorf("logged %d bytes, want %d", len(got), want.Len())
	}
	if err := ready[0].Seats[0].Send(nil); err == nil {
		t.Error("there is still a child")
	}
}

// awaitZombie waits until a child is dead; nobody may have collected it.
func awaitZombie(t *testing.T, pid int) {
	t.Helper()
	var info unix.Siginfo
	for {
		err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT, nil)
		if err == nil {
			return
		}
		if !errors.Is(err, unix.EINTR) {
			t.Fatal(err)
		}
	}
}

// What a child has not read of its stdin yet is written by the next launcher.
func TestHandOverStdin(t *testing.T) {
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "out")
	g := &config.Group{Name: "g", Processes: []*config.Process{shell("reader", `head -c 1048577 | wc -c`, logTo(out))}}
	ready := []supervisor.Prepared{{Group: g, Seats: b.seats(g)}}
	b.launch(ready[0].Seats[0])
	next[supervisor.Spawned](b)
	const size = 1 << 20
	rest := bytes.Repeat([]byte("x"), size)
	if err := ready[0].Seats[0].Send(rest[:size/2]); err != nil {
		t.Fatal(err)
	}
	ready = b.handOver(func() {}, ready...)
	seat := ready[0].Seats[0]
	seat.Resume(b.report)
	b.launcher.Thaw()
	if err := seat.Send(append([]byte("\n"), rest[size/2:]...)); err != nil {
		t.Fatal(err)
	}
	next[supervisor.Ended](b)
	if got := strings.TrimSpace(b.file(out)); got != fmt.Sprint(size+1) {
		t.Errorf("the child has read %s bytes, want %d", got, size+1)
	}
}

// The socket that processes share stays the same one, and is closed after the last.
func TestHandOverSocket(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "fcgi.sock")
	socket := &config.Socket{URL: "unix://" + path, Path: path, Mode: 0o700, Owner: config.KeepOwner}
	onSocket := func(p *config.Process) { p.Socket = socket }
	g := &config.Group{Name: "g", Kind: config.FastCGI, Processes: []*config.Process{
		shell("a", "exec sleep 1000", onSocket), shell("b", "exec sleep 1000", onSocket), shell("c", "exit 0", onSocket),
	}}
	ready := []supervisor.Prepared{{Group: g, Seats: b.seats(g)}}
	for _, s := range ready[0].Seats[:2] {
		b.launch(s)
		next[supervisor.Spawned](b)
	}
	ready = b.handOver(func() {}, ready...)
	for _, s := range ready[0].Seats {
		s.Resume(b.report)
	}
	b.launcher.Thaw()
	for i, s := range ready[0].Seats[:2] {
		if log := b.logged(); strings.Count(log, "Closing socket") != 1 { // that of the trial
			t.Errorf("closed too early: %s", log)
		}
		if err := s.Signal(9, false); err != nil {
			t.Fatalf("seat %d: %v", i, err)
		}
		next[supervisor.Ended](b)
	}
	if log := b.logged(); strings.Count(log, "Creating socket") != 2 || strings.Count(log, "Closing socket") != 2 {
		t.Errorf("the log says\n%s", log)
	}
}

// Whoever freezes in vain lets go again.
func TestFreezeInVain(t *testing.T) {
	b := newBench(t)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	out := filepath.Join(t.TempDir(), "out")
	s := b.seat("read x; echo $x", logTo(out))
	b.launch(s)
	next[supervisor.Spawned](b)
	_ = b.launcher.Freeze(gone)
	b.launcher.Thaw()
	if err := s.Send([]byte("hello\n")); err != nil {
		t.Fatal(err)
	}
	next[supervisor.Ended](b)
	if got := b.file(out); got != "hello\n" {
		t.Errorf("logged %q", got)
	}
}
