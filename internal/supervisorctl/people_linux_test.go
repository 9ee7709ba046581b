package supervisorctl

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/xmlrpc"
)

// sitAs is sit with an environment.
func sitAs(t *testing.T, dial dialer, env []string, args ...string) *typist {
	t.Helper()
	return sitWith(t, dial, "", func(inv *Invocation) { inv.Env = env }, args...)
}

// What is for people alone: colours and advice, on a terminal and nowhere else.
func TestForPeople(t *testing.T) {
	colours := []string{"TERM=xterm"}
	const coloured = "cat                              \x1b[32mRUNNING\x1b[0m   pid 5, uptime 0:00:01\r\nmany:one                         \x1b[2mSTOPPED\x1b[0m   Not started\r\n"
	const bare = "cat                              RUNNING   pid 5, uptime 0:00:01\r\nmany:one                         STOPPED   Not started\r\n"
	for _, test := range []struct {
		name string
		env  []string
		args []string
		want string
	}{
		{"colours", colours, []string{"status"}, coloured},
		{"NO_COLOR", []string{"TERM=xterm", "NO_COLOR=1"}, []string{"status"}, bare},
		{"NO_COLOR is empty", []string{"TERM=xterm", "NO_COLOR="}, []string{"status"}, coloured},
		{"a dumb terminal", []string{"TERM=dumb"}, []string{"status"}, bare},
		{"never", colours, []string{"--color=never", "status"}, bare},
		{"never, after the command", colours, []string{"status", "--color=never"}, bare},
		{"always", []string{"NO_COLOR=1"}, []string{"--color", "always", "status"}, coloured},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := sitAs(t, always(twoProcesses), test.env, test.args...)
			p.sees(test.want)
			p.leaves(3)
		})
	}
	t.Run("columns", func(t *testing.T) {
		wide := answers{"getAllProcessInfo": []any{info("報告", 20, "RUNNING", 5, "x")}}
		p := sitAs(t, always(wide), nil, "status")
		p.sees("報告" + strings.Repeat(" ", 33-4) + "RUNNING   x\r\n")
		p.leaves(0)
		got, _ := new(ctl).run(t, wide, "status")
		if got != "報告"+strings.Repeat(" ", 33-2)+"RUNNING   x\n" {
			t.Errorf("a script sees %q", got)
		}
	})
	t.Run("no terminal, no colours", func(t *testing.T) {
		got, _ := new(ctl).run(t, twoProcesses, "status")
		if strings.Contains(got, "\x1b") {
			t.Errorf("%q", got)
		}
		if got, _ := new(ctl).run(t, twoProcesses, "--color=always", "status", "cat"); got != "cat                              \x1b[32mRUNNING\x1b[0m   pid 5, uptime 0:00:01\n" {
			t.Errorf("always: %q", got)
		}
	})
	t.Run("what ended badly is red", func(t *testing.T) {
		bad := info("job", 100, "EXITED", 0, "Nov 26 05:01 PM")
		bad = append(bad, xmlrpc.Member{Name: "spawnerr", Value: "Bad exit code 3"})
		ended := answers{"getAllProcessInfo": []any{info("done", 100, "EXITED", 0, "x"), bad}}
		got, _ := new(ctl).run(t, ended, "--color=always", "status")
		const space = "                             "
		if want := "done" + space + "\x1b[2mEXITED\x1b[0m    x\njob " + space + "\x1b[1;31mEXITED\x1b[0m    Nov 26 05:01 PM\n"; got != want {
			t.Errorf("shows\n%q\nwant\n%q", got, want)
		}
	})
	t.Run("advice", func(t *testing.T) {
		p := sitAs(t, always(broken(errMissing)), nil, "status")
		p.sees(fakeURL + " no such file\r\n  There is no such socket: supervisord does not run")
		p.leaves(4)
		p = sitAs(t, always(with(twoProcesses, "startProcess cta", fault(10))), nil, "start", "cta")
		p.sees("cta: ERROR (no such process)\r\n  Did you mean cat?\r\n")
		p.leaves(1)
		p = sitAs(t, always(with(twoProcesses, "startProcess zzzz", fault(10))), nil, "start", "zzzz")
		p.sees("status lists the names that there are.")
		p.leaves(1)
		p = sitAs(t, always(nil), nil, "stauts")
		p.sees("*** Unknown syntax: stauts\r\n  Did you mean status")
		p.leaves(1)
	})
	t.Run("advice goes to the standard error", func(t *testing.T) {
		_, program := openTerminal(t)
		var out strings.Builder
		file := filepath.Join(t.TempDir(), "supervisord.conf")
		if err := os.WriteFile(file, []byte("[supervisorctl]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		status := run(Invocation{Args: []string{"-c", file, "status"}, Cwd: "/", Stdin: strings.NewReader(""), Stdout: &out, Stderr: program,
			Interruptible: context.WithCancel}, always(broken(errMissing)))
		if out.String() != "http://localhost:9001 no such file\n" || status != 4 {
			t.Errorf("%q, %d", out.String(), status)
		}
	})
	t.Run("help lists what Supervisor does not have", func(t *testing.T) {
		p := sitAs(t, always(nil), nil, "help")
		p.sees("default commands (type help <topic>):")
		p.sees("more commands (type help <topic>):")
		p.sees("wait")
		p.leaves(0)
	})
	t.Run("help shows what a command can do that Supervisor's cannot", func(t *testing.T) {
		for command, sees := range map[string][]string{
			"update": {"update <gname> [...]", "Beyond Supervisor:", "update --dry-run", "update --json"},
			"status": {"Beyond Supervisor:", "status --color=never", "'worker_*'", "status --json"},
			"tail":   {"Beyond Supervisor:", "--raw"},
			"wait":   {"wait <name> --timeout"},
			"why":    {"why <name>", "'worker_*'", "why --json"},
		} {
			p := sitAs(t, always(nil), nil, "help", command)
			for _, line := range sees {
				p.sees(line)
			}
			p.leaves(0)
		}
		if out, _ := new(ctl).run(t, nil, "help", "update"); strings.Contains(out, "Beyond") {
			t.Errorf("scripts are shown %q", out)
		}
	})
}
