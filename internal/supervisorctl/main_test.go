package supervisorctl

import (
	"context"
	"os"
	"testing"
)

// asProgram makes the test binary be supervisorctl, with the server of the tests
// of completion, so that a shell has something to run.
const asProgram = "SUPERVISORCTL_OF_THE_TESTS"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	cwd, err := os.Getwd()
	if err != nil {
		os.Exit(2)
	}
	os.Exit(run(Invocation{
		Args: os.Args[1:], Exe: "/usr/bin/supervisorctl", Cwd: cwd, Env: os.Environ(),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Interruptible: context.WithCancel,
	}, always(answers{"getAllProcessInfo": crowd})))
}
