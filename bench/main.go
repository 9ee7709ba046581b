//go:build linux && (amd64 || arm64)

// Command bench measures supervisors from outside, as whole processes: the one
// of this project, Supervisor itself if it is installed, s6 and runit if they
// are, and a floor, which is a program that does only what cannot be avoided.
//
// The contenders take turns in one run, with the same workload, so the ratios
// between them hold although the machine may be slow or busy. Everything that
// is written goes to a directory of its own in memory, which is removed at the
// end together with all processes that were started.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

func main() {
	err := runRole(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// runRole does the part of a child if the first argument names one.
func runRole(args []string) error {
	if len(args) > 0 {
		if play, known := roles[args[0]]; known {
			return play(args[1:])
		}
	}
	return bench(args, os.Stdout)
}

// bench measures and prints the table.
func bench(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	bin := flags.String("bin", "bin", "directory of our programs")
	quick := flags.Bool("quick", false, "one short round instead of three")
	only := flags.String("only", "", "measure only what matches this regular expression")
	with := flags.String("with", "", "measure only the contenders that match this regular expression")
	document := flags.String("o", "", "document whose table is to be replaced by the new one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r := &run{
		quick: *quick, metrics: metrics(), log: os.Stderr,
		figures: make(map[string]map[string][]float64), private: make(map[string]int64),
	}
	var err error
	if r.only, err = regexp.Compile(*only); err != nil {
		return fmt.Errorf("cannot use -only: %w", err)
	}
	if r.with, err = regexp.Compile(*with); err != nil {
		return fmt.Errorf("cannot use -with: %w", err)
	}
	if err := adoptOrphans(); err != nil {
		return fmt.Errorf("cannot become the parent of orphans: %w", err)
	}
	if err := r.prepare(*bin); err != nil {
		return err
	}
	defer os.RemoveAll(r.dir)
	go r.heedInterrupt()
	began, busy := time.Now(), load()
	failures := r.measureAll()
	var table bytes.Buffer
	met, missed := r.write(&table)
	summary := fmt.Sprintf("\n%d targets met, %d missed. Measured in %s; load average before %s, after %s.\n",
		met, missed, time.Since(began).Round(time.Second), busy, load())
	table.WriteString(summary)
	if _, err := out.Write(table.Bytes()); err != nil {
		return err
	}
	if *document == "" || failures != nil {
		return failures
	}
	return replaceTable(*document, table.Bytes())
}

// heedInterrupt cleans up when somebody has had enough.
func (r *run) heedInterrupt() {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	<-interrupted
	killOrphans()
	os.RemoveAll(r.dir)
	os.Exit(1)
}

// prepare copies all programs of ours to memory, so that no disk is measured.
func (r *run) prepare(bin string) error {
	parent := "/dev/shm"
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		parent = os.TempDir()
	}
	var err error
	if r.dir, err = os.MkdirTemp(parent, "bench-"); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	r.self = r.dir + "/bench"
	for from, to := range map[string]string{
		self:                   r.self,
		bin + "/supervisord":   r.dir + "/supervisord",
		bin + "/supervisorctl": r.dir + "/supervisorctl",
	} {
		if err := copyProgram(from, to); err != nil {
			return fmt.Errorf("cannot copy a program: %w", err)
		}
	}
	r.all = contenders(r.dir, r.self)
	return nil
}

func copyProgram(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// The table in a document is between these lines.
const (
	tableBegin = "<!-- the table of make bench -->\n"
	tableEnd   = "<!-- its end -->\n"
)

// replaceTable puts a new table into a document.
func replaceTable(document string, table []byte) error {
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	head, rest, found := bytes.Cut(text, []byte(tableBegin))
	_, tail, ended := bytes.Cut(rest, []byte(tableEnd))
	if !found || !ended {
		return fmt.Errorf("cannot put the table into %s: there is no place for it", document)
	}
	text = bytes.Join([][]byte{head, []byte(tableBegin), table, []byte(tableEnd), tail}, nil)
	return os.WriteFile(document, text, 0o644)
}
