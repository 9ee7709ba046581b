package supervisorctl

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/internal/wire"
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

// Without a file, what the running supervisord reads is checked, if that is here.
func TestCheckAsksTheDaemon(t *testing.T) {
	dir := t.TempDir()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{"supervisord.conf": "unix:///s", "remote.conf": "http://192.0.2.1:9001", "theirs.conf": ""} {
		text := "[supervisord]\n[supervisorctl]\nserverurl=" + url + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	source := func(file, host string) answers {
		return answers{"getConfigSource": wire.ConfigSource{File: file, Directory: dir, Host: host}.Value()}
	}
	theirs := filepath.Join(dir, "theirs.conf")
	for _, tt := range []struct {
		name   string
		args   []string
		daemon answers
		want   string
	}{
		{"the daemon's", []string{"check"}, source(theirs, host), theirs},
		{"at an address", []string{"-s", "http://localhost:1", "check", "--strict"}, source(theirs, host), theirs},
		{"a file", []string{"check", "supervisord.conf"}, source(theirs, host), "supervisord.conf"},
		{"a file of the command line", []string{"-c", "supervisord.conf", "check"}, source(theirs, host), "supervisord.conf"},
		{"elsewhere", []string{"-s", "http://192.0.2.1:9001", "check"}, source(theirs, host), "supervisord.conf"},
		{"in a container", []string{"check"}, source(theirs, "container"), "supervisord.conf"},
		{"not here", []string{"check"}, source(theirs+".gone", host), "supervisord.conf"},
		{"of Supervisor", []string{"check"}, answers{"getConfigSource": fault(1)}, "supervisord.conf"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			inv := Invocation{Args: tt.args, Exe: "/nowhere/bin/supervisorctl", Cwd: dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}
			status := run(inv, func(config.Ctl) (server, error) { return tt.daemon, nil })
			if !strings.HasSuffix("\n"+out.String(), "\n"+tt.want+": 0 errors, 0 warnings\n") && !strings.HasSuffix(out.String(), "/"+tt.want+": 0 errors, 0 warnings\n") || status != 0 || errs.Len() > 0 {
				t.Errorf("status %d\n%s%s", status, &out, &errs)
			}
		})
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
