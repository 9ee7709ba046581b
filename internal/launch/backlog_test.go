package launch

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// disk is a log file on a disk that has so much room.
type disk struct {
	bytes.Buffer
	room int
}

func (d *disk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	d.Buffer.Write(p[:n])
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (*disk) Close() error { return nil }

// A program that went on to log while the disk was full found the line that was
// just being written cut short, and all that came before there was room again
// missing.
func TestFullDiskLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for seed := range uint64(50) {
			random := rand.New(rand.NewPCG(seed, 0))
			var log bytes.Buffer
			l := &Launcher{Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}
			var b backlog
			d := &disk{}
			b.attach(d, "the log", l)
			var want strings.Builder
			for i := range 300 {
				if random.IntN(10) == 0 {
					d.room = random.IntN(500)
				}
				if random.IntN(50) == 0 { // the program dies and comes back
					b.detach(d)
					b.attach(d, "the log", l)
				}
				line := fmt.Sprintf("line %d %s\n", i, strings.Repeat("x", random.IntN(100)))
				want.WriteString(line)
				if cut := random.IntN(len(line)); random.IntN(5) == 0 { // it comes in two chunks
					b.write([]byte(line[:cut]))
					line = line[cut:]
				}
				b.write([]byte(line))
			}
			d.room = 1 << 30
			if random.IntN(2) == 0 {
				b.retry()
			}
			b.detach(d)
			if d.String() != want.String() {
				t.Fatalf("seed %d: the log has\n%s\nwant\n%s", seed, d, &want)
			}
			if l.kept.Load() != 0 {
				t.Errorf("seed %d: %d bytes are said to be kept", seed, l.kept.Load())
			}
			if strings.Contains(log.String(), "missing") {
				t.Errorf("seed %d: %s", seed, &log)
			}
		}
	})
}

// What there is no room for at all is lost in whole lines and in one piece, and it
// is said how much that was.
func TestTooMuchForAFullDisk(t *testing.T) {
	for _, cut := range []int{0, 7} { // the chunks begin with a line, or within one
		t.Run(strconv.Itoa(cut), func(t *testing.T) {
			var log bytes.Buffer
			l := &Launcher{Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}
			var b backlog
			d := &disk{room: 100_005} // which is within a line
			b.attach(d, "the log", l)
			all := new(bytes.Buffer)
			for i := range 100_000 {
				fmt.Fprintf(all, "line %5d\n", i)
			}
			want := all.String()
			b.write(all.Next(cut))
			for all.Len() > 200_000 {
				b.write(all.Next(10_000 + cut))
			}
			d.room = 1 << 30
			b.retry() // there is room again
			for all.Len() > 0 {
				b.write(all.Next(10_000))
			}
			b.detach(d)
			previous, gaps := -1, 0
			for line := range strings.Lines(d.String()) {
				number, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "line ")))
				if err != nil || number <= previous || !strings.HasSuffix(line, "\n") {
					t.Fatalf("line %q after line %d", line, previous)
				}
				if number != previous+1 {
					gaps++
				}
				previous = number
			}
			if gaps != 1 || previous != 99_999 {
				t.Errorf("%d gaps, and the last line is %d", gaps, previous)
			}
			said := regexp.MustCompile(`output is missing.*bytes=(\d+)`).FindAllStringSubmatch(log.String(), -1)
			if len(said) != 1 || said[0][1] != strconv.Itoa(len(want)-d.Len()) {
				t.Errorf("the log says %q, but %d bytes are missing", said, len(want)-d.Len())
			}
			if kept := d.Len() - 100_005; kept < mostKept-100 {
				t.Errorf("only about %d bytes were kept", kept)
			}
		})
	}
}

// Output without lines is not waited for to end one.
func TestFullDiskWithoutLines(t *testing.T) {
	var log bytes.Buffer
	l := &Launcher{Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	var b backlog
	d := &disk{}
	b.attach(d, "the log", l)
	chunk := bytes.Repeat([]byte{0}, mostPiece)
	for range 10 {
		b.write(chunk)
	}
	d.room = 1 << 30
	for range 3 {
		b.write(chunk)
	}
	if want := mostKept + 3*mostPiece; d.Len() != want {
		t.Errorf("the log has %d bytes, want %d", d.Len(), want)
	}
	b.detach(d)
}

// All logs together keep no more than they may.
func TestFullDiskOfMany(t *testing.T) {
	l := &Launcher{Options: Options{Log: slog.New(slog.DiscardHandler)}}
	logs := make([]backlog, 2*mostKeptInAll/mostKept)
	for i := range logs {
		logs[i].attach(&disk{}, "the log", l)
		logs[i].write(bytes.Repeat([]byte("a line\n"), mostKept/7))
	}
	if kept := l.kept.Load(); kept > mostKeptInAll || kept < mostKeptInAll-1<<20 {
		t.Errorf("%d bytes are kept", kept)
	}
	for i := range logs {
		logs[i].detach(logs[i].file)
	}
	if kept := l.kept.Load(); kept != 0 {
		t.Errorf("%d bytes are said to be kept of programs that have ended", kept)
	}
}
