//go:build linux

// Package chaos holds the proof that the daemon survives what kills its
// children: faults of the machine, of programs and of operators, one test each,
// and a soak of random actions.
//
// One referee judges all of them (referee_test.go). Programs that write numbered
// lines show whether a byte of a log is missing or doubled; a client that asks for
// the status all the time measures the longest answer; and at the end the daemon's
// word about its children is compared with that of the kernel.
//
// A plain go test runs a short form; CHAOS=long, which `make chaos` sets, the long
// one. The package has tests only. What they have shown is in docs/reliability.md.
package chaos

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"supervisor/test/stage"
)

// The directory of the programs that are tested, while the tests run.
const programsVariable = "CHAOS_PROGRAMS"

// long says that the long form was asked for.
func long() bool { return os.Getenv("CHAOS") == "long" }

// pick returns the size of something in the present form.
func pick[T any](short, extended T) T {
	if long() {
		return extended
	}
	return short
}

func TestMain(m *testing.M) {
	flag.Parse()
	stage.LogIn()
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (exitCode int, err error) {
	if err := flag.Set("test.parallel", "4"); err != nil { // they wait most of the time
		return 0, err
	}
	dir, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := build(dir); err != nil {
		return 0, err
	}
	if err := os.Setenv(programsVariable, dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// build builds our programs, with the race detector if the tests have it, and
// the writer, of which there are many, without.
func build(dir string) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	ours := []string{"build", "-o", dir + "/", "supervisor/cmd/supervisord", "supervisor/cmd/supervisorctl"}
	if raceDetector {
		ours = append([]string{"build", "-race"}, ours[1:]...)
	}
	for _, args := range [][]string{ours, {"build", "-o", filepath.Join(dir, "writer"), "./writer"}} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build the programs: %w\n%s", err, out)
		}
	}
	return nil
}
