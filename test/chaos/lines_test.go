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

// count checks the lines of a writer in its log: each run's are in order and
// whole, none is there twice, and only such are missing as were written in one
// of the spans. The daemon has ended, or the writer has written all it will.
func (m *match) count(name, log string, spans ...span) tally {
	m.t.Helper()
	next := make(map[string]int) // the next line of each run
	accounts := make(map[string]account)
	var sum tally
	for _, run := range m.runs(name) {
		a, err := m.account(run)
		if err != nil {
			m.t.Fatal(err)
		}
		accounts[run] = a
	}
	miss := func(run string, from, to int) {
		for line := from; line < to; line++ {
			sum.lost++
			at := accounts[run].at(line)
			if !slices.ContainsFunc(spans, func(s span) bool { return at.After(s.from) && at.Before(s.to) }) {
				m.t.Errorf("%s: line %d of %d to %d is missing, which was written at %s", run, line, from, to, at.Format("15:04:05.000"))
				return
			}
		}
	}
	for text := range strings.Lines(log) {
		run, line, err := parseLine(text)
		if err != nil {
			m.t.Errorf("the log of %s: %v", name, err)
			continue
		}
		a, known := accounts[run]
		switch {
		case !known:
			m.t.Errorf("the log of %s has a line of another: %q", name, text)
			continue
		case line < next[run]:
			m.t.Errorf("%s: line %d comes after line %d", run, line, next[run]-1)
			continue
		case line >= a.begun:
			m.t.Errorf("%s: line %d was never written", run, line)
			continue
		}
		miss(run, next[run], line)
		next[run] = line + 1
		sum.lines++
	}
	for run, a := range accounts {
		miss(run, next[run], a.written)
	}
	return sum
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
