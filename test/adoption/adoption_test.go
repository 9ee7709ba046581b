//go:build linux

// Package adoption proves what docs/adoption.md promises: a daemon that is killed
// in any moment gets all of its programs back, and nothing of them is lost.
//
// A plain go test kills it a few times; CHAOS=long, which `make chaos` sets, a
// hundred times under a hundred programs. The package has tests only.
package adoption

import (
	"fmt"
	"os"
	"testing"

	"supervisor/test/stage"
)

// The directory of the programs that are tested, while the tests run.
const programsVariable = "ADOPTION_PROGRAMS"

func TestMain(m *testing.M) {
	if part := os.Getenv(partVariable); part != "" {
		play(part)
		return
	}
	stage.LogIn()
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (exitCode int, err error) {
	dir, err := os.MkdirTemp("", "adoption")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if _, err := stage.Build(dir); err != nil {
		return 0, err
	}
	if err := os.Setenv(programsVariable, dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// pick returns the size of something in the present form.
func pick[T any](short, extended T) T {
	if os.Getenv("CHAOS") == "long" {
		return extended
	}
	return short
}

// head is the beginning of every configuration.
const head = `[supervisord]
logfile=$DIR/supervisord.log
logfile_maxbytes=0
pidfile=$DIR/supervisord.pid
childlogdir=$DIR
adopt=true
[unix_http_server]
file=$DIR/s
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$DIR/s
`
