// Package corpus holds the proof that configurations are read as Supervisor
// reads them: the same files go to an installed Supervisor and to package
// config, and what comes of them is compared option by option. It has tests
// only. Where Supervisor is not installed they are skipped, but not in CI.
package corpus

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"
)

// request is what to load, and where.
type request struct {
	File string            `json:"file"`
	Cwd  string            `json:"cwd"`
	Env  map[string]string `json:"env"`
	Args []string          `json:"args"`
	Ctl  bool              `json:"ctl"`
}

// answer is what came of it, as plain JSON. It is either {"error": text} or
// what was read.
type answer map[string]any

// reference is a process of the installed Supervisor that loads files.
type reference struct {
	in  io.Writer
	out *bufio.Reader
}

// missing skips a test for want of something, or fails it in CI.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// startReference starts the reference; it ends with the test.
func startReference(t *testing.T) *reference {
	t.Helper()
	if _, err := os.Stat("/usr/bin/supervisord"); err != nil {
		missing(t, "Supervisor is not installed")
	}
	cmd := exec.Command("/usr/bin/python3", "testdata/reference.py")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8") // of the requests and of the files
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return &reference{in, bufio.NewReader(out)}
}

func (r *reference) load(t *testing.T, req request) answer {
	t.Helper()
	if req.Args == nil {
		req.Args = []string{}
	}
	line, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	line, err = r.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatal(err)
	}
	return a
}
