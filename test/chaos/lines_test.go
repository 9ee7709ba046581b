//go:build linux

package chaos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// account is what one run of a writer says of itself.
type account struct {
	begun, written int
	at             func(line int) time.Time // when it began to write a line
}

// span is a time in which output may be lost.
type span struct{ from, to time.Time }

// account reads the account of a run.
func (m *match) account(run string) (account, error) {
	file, err := os.Open(m.Path(filepath.Join("accounts", run)))
	if err != nil {
		return account{}, err
	}
	defer file.Close()
	head := make([]byte, 16)
	if _, err := io.ReadFull(file, head); errors.Is(err, io.EOF) {
		return account{}, nil // it was killed before it wrote anything
	} else if err != nil {
		return account{}, err
	}
	a := account{begun: int(binary.LittleEndian.Uint64(head)), written: int(binary.LittleEndian.Uint64(head[8:]))}
	a.at = func(line int) time.Time {
		var moment [8]byte
		if file, err := os.Open(m.Path(filepath.Join("accounts", run))); err == nil {
			defer file.Close()
			_, err = file.ReadAt(moment[:], int64(8*(2+line)))
			if err != nil {
				m.t.Error(err)
			}
		}
		return time.Unix(0, int64(binary.LittleEndian.Uint64(moment[:])))
	}
	return a, nil
}

// runs returns the runs of a writer.
func (m *match) runs(name string) []string {
	m.t.Helper()
	paths, err := filepath.Glob(m.Path("accounts/" + name + ".*"))
	if err != nil {
		m.t.Fatal(err)
	}
	for i, path := range paths {
		paths[i] = filepath.Base(path)
	}
	return paths
}

// written returns how many lines all runs of a writer have written.
func (m *match) written(name string) (lines int) {
	m.t.Helper()
	for _, run := range m.runs(name) {
		a, err := m.account(run)
		if err != nil {
			m.t.Fatal(err)
		}
		lines += a.written
	}
	return lines
}

// awaitLines waits until a writer has written so many lines more.
func (m *match) awaitLines(name string, more int) {
	m.t.Helper()
	want := m.written(name) + more
	m.Await("lines of "+name, func() bool { return m.written(name) >= want })
}

// wholeLog returns a log with its rotated files, oldest first.
func (m *match) wholeLog(path string) string {
	m.t.Helper()
	backups, err := filepath.Glob(path + ".*")
	if err != nil {
		m.t.Fatal(err)
	}
	number := func(path string) int {
		n, err := strconv.Atoi(path[strings.LastIndexByte(path, '.')+1:])
		if err != nil {
			m.t.Fatal(err)
		}
		return n
	}
	slices.SortFunc(backups, func(a, b string) int { return number(b) - number(a) })
	var whole strings.Builder
	for _, path := range append(backups, path) {
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			m.t.Fatal(err)
		}
		whole.Write(text)
	}
	return whole.String()
}

// tally is what a log has of a writer's lines.
type tally struct{ lines, lost int }

// count checks the lines of a writer in its log. The daemon has ended, or the
// writer has written all it will.
func (m *match) count(name, log string, spans ...span) tally {
	m.t.Helper()
	accounts := make(map[string]account)
	for _, run := range m.runs(name) {
		a, err := m.account(run)
		if err != nil {
			m.t.Fatal(err)
		}
		accounts[run] = a
	}
	sum, faults := judge(log, accounts, spans)
	for _, fault := range faults {
		m.t.Errorf("the log of %s: %s", name, fault)
	}
	return sum
}

// judge compares a log with the accounts of those who wrote to it: each run's
// lines are in order and whole, none is there twice, and only such are missing as
// were written in one of the spans.
func judge(log string, accounts map[string]account, spans []span) (sum tally, faults []string) {
	next := make(map[string]int) // the next line of each run
	blame := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	miss := func(run string, from, to int) {
		for line := from; line < to; line++ {
			sum.lost++
			at := accounts[run].at(line)
			if !slices.ContainsFunc(spans, func(s span) bool { return at.After(s.from) && at.Before(s.to) }) {
				blame("%s: line %d of %d to %d is missing, which was written at %s", run, line, from, to, at.Format("15:04:05.000"))
				return
			}
		}
	}
	for text := range strings.Lines(log) {
		run, line, err := parseLine(text)
		if err != nil {
			blame("%v", err)
			continue
		}
		a, known := accounts[run]
		switch {
		case !known:
			blame("a line of another: %q", text)
			continue
		case line < next[run]:
			blame("%s: line %d comes after line %d", run, line, next[run]-1)
			continue
		case line >= a.begun:
			blame("%s: line %d was never written", run, line)
			continue
		}
		miss(run, next[run], line)
		next[run] = line + 1
		sum.lines++
	}
	for run, a := range accounts {
		miss(run, next[run], a.written)
	}
	return sum, faults
}

// parseLine reads one line of a writer, which must be whole.
func parseLine(text string) (run string, line int, err error) {
	fields := strings.Split(text, " ")
	if len(fields) != 3 {
		return "", 0, fmt.Errorf("no line of a writer: %q", text)
	}
	line, err = strconv.Atoi(fields[1])
	if err != nil || fields[2] != strings.Repeat("x", line%60)+"\n" {
		return "", 0, fmt.Errorf("no whole line of a writer: %q", text)
	}
	return fields[0], line, nil
}

// A referee who sees nothing is worth nothing.
func TestJudge(t *testing.T) {
	moment := time.Unix(1000, 0) // when line 0 was written; line 1 a second later
	accounts := map[string]account{"a.1-1": {begun: 4, written: 3, at: func(line int) time.Time {
		return moment.Add(time.Duration(line) * time.Second)
	}}}
	line := func(n int) string { return fmt.Sprintf("a.1-1 %d %s\n", n, strings.Repeat("x", n)) }
	for _, tt := range []struct {
		name, log string
		lost      int
		faults    int
		spans     []span
	}{
		{name: "all", log: line(0) + line(1) + line(2)},
		{name: "one that was being written", log: line(0) + line(1) + line(2) + line(3)},
		{name: "the last is missing", log: line(0) + line(1), lost: 1, faults: 1},
		{name: "the first is missing", log: line(1) + line(2), lost: 1, faults: 1},
		{name: "one is missing", log: line(0) + line(2), lost: 1, faults: 1},
		{name: "one may be missing", log: line(0) + line(2), lost: 1, spans: []span{{moment, moment.Add(2 * time.Second)}}},
		{name: "another may be missing", log: line(0) + line(2), lost: 1, faults: 1, spans: []span{{moment.Add(time.Second), moment.Add(time.Hour)}}},
		{name: "one is doubled", log: line(0) + line(1) + line(1) + line(2), faults: 1},
		{name: "out of order", log: line(1) + line(0) + line(2), lost: 1, faults: 2},
		{name: "cut short", log: line(0) + line(1) + strings.TrimSuffix(line(2), "x\n"), lost: 1, faults: 2},
		{name: "cut in the middle", log: line(0) + "a.1-1 1" + line(2), lost: 1, faults: 2},
		{name: "never written", log: line(0) + line(1) + line(2) + line(3) + line(4), faults: 1},
		{name: "of another", log: strings.Replace(line(0), "a", "b", 1) + line(0) + line(1) + line(2), faults: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sum, faults := judge(tt.log, accounts, tt.spans)
			if sum.lost != tt.lost || len(faults) != tt.faults {
				t.Errorf("%d lost, %q", sum.lost, faults)
			}
		})
	}
}
