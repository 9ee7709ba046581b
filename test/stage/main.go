//go:build linux

package stage

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// programsVariable says where our programs are, while the tests of a package run.
const programsVariable = "STAGE_PROGRAMS"

// Main builds our programs, runs the tests of a package, and returns the exit
// status.
func Main(m *testing.M) int {
	flag.Parse()
	LogIn()
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func buildAndRun(m *testing.M) (exitCode int, err error) {
	dir, err := os.MkdirTemp("", "programs")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if _, err := Build(dir); err != nil {
		return 0, err
	}
	if err := os.Setenv(programsVariable, dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// Ours returns what Main has built.
func Ours() Programs { return Programs(os.Getenv(programsVariable)) }
