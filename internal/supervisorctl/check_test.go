package supervisorctl

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/internal/config"
)

// A file that neither program can use is the one that has to be checked.
func TestCheckNeedsNobody(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "supervisord.conf")
	if err := os.WriteFile(file, []byte("[supervisord]\nloglevel=loud\nbroken\n[supervisorctl]\nprompt=%\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check"}, {"-c", file, "check"}, {"check", file}} {
		var out, errs bytes.Buffer
		status := run(Invocation{Args: args, Exe: "/nowhere/bin/supervisorctl", Cwd: dir, Stdout: &out, Stderr: &errs}, nil)
		if status != 1 || errs.Len() > 0 || !strings.Contains(out.String(), "supervisord.conf: 2 errors, 1 warning\n") {
			t.Errorf("%v: status %d\n%s%s", args, status, &out, &errs)
		}
	}
	var out bytes.Buffer
	status := run(Invocation{Args: []string{"--json", "check", file}, Exe: "x", Cwd: dir, Stdout: &out, Stderr: &out}, nil)
	if status != 1 || !strings.HasPrefix(out.String(), "[\n  {\n    \"file\": ") {
		t.Errorf("status %d\n%s", status, &out)
	}
}

// At the prompt it is a command like the others.
func TestCheckAtThePrompt(t *testing.T) {
	out, status := new(ctl).run(t, nil, "help", "check")
	if !strings.HasPrefix(out, "check [--strict] [FILE]\t") || status != 0 {
		t.Errorf("status %d, %s", status, out)
	}
	c := &ctl{stdin: "check /nowhere/x\n"}
	c.runWith(t, func(config.Ctl) (server, error) { return nil, errors.New("nobody is there") })
	if !strings.Contains(c.stderr, "cannot check: ") {
		t.Errorf("%s", c.stderr)
	}
}
