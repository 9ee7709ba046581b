package shell

import (
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestScript(t *testing.T) {
	for command, want := range map[string]string{
		"sh -c SCRIPT":                          "SCRIPT",
		"/bin/bash -lc SCRIPT name argument":    "SCRIPT",
		"bash -o pipefail -c SCRIPT":            "SCRIPT",
		"bash -euo pipefail -c SCRIPT":          "SCRIPT",
		"bash +o history --norc -e -c SCRIPT x": "SCRIPT",
		"busybox sh -c SCRIPT":                  "SCRIPT",

		"busybox httpd -f -c /etc/httpd.conf": "",
		"busybox":                             "",
		"sh -c":                               "",
		"sh run.sh -c shop.conf":              "",
		"python3 -c SCRIPT":                   "",
		"":                                    "",
	} {
		argv := strings.Fields(command)
		got := ""
		if at, ok := Script(argv); ok {
			got = argv[at]
		}
		if got != want {
			t.Errorf("the script of %q is %q, want %q", command, got, want)
		}
	}
}

// What is advised must help: a program that takes the place of the shell hears the
// signals, and the rest of the script does what it did.
func TestWithExec(t *testing.T) {
	for script, want := range map[string]string{
		"run --now":                 "exec run --now",
		" run >log 2>&1 ":           "exec run >log 2>&1",
		"cd /srv && ./run":          "cd /srv && exec ./run",
		"a; b":                      "a; exec b",
		"a\nb 'c; d'":               "a\n exec b 'c; d'",
		"a || b":                    "a || exec b",
		"find . -exec rm {} +; run": "find . -exec rm {} +; exec run",

		"cd /srv":                   "",
		"A=1 run":                   "",
		"a; A=1 run":                "",
		"a | b":                     "",
		"(a)":                       "",
		"while true; do a; done":    "",
		"a; exit 1":                 "",
		"a; sleep 5":                "",
		"trap 'kill $!' TERM; a; b": "",
		"":                          "",
		" ; ":                       "",
	} {
		got, ok := WithExec(script)
		if ok != (want != "") || ok && strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%q becomes %q, %v; want %q", script, got, ok, want)
		}
		if ok && !Executes(got) {
			t.Errorf("%q does not execute a program", got)
		}
	}
}

func TestExecutes(t *testing.T) {
	for script, want := range map[string]bool{
		"exec run":                  true,
		"cd /srv && exec run":       true,
		"if a; then exec run; fi":   true,
		"exec >log; exec run":       true,
		"run":                       false,
		"exec 2>&1; run":            false,
		"find . -exec rm {} +; run": false,
		"echo 'exec run'":           false,
	} {
		if Executes(script) != want {
			t.Errorf("%q executes a program: %v", script, !want)
		}
	}
}

func TestBackground(t *testing.T) {
	for command, want := range map[string]string{
		"run &":        "run ",
		"run& ":        "run",
		"&":            "",
		"run":          "none",
		"run && ":      "none",
		"echo 'a &'":   "none",
		`echo \&`:      "none",
		"a & wait":     "none",
		"a & b >log &": "a & b >log ",
	} {
		got := "none"
		if at, found := Background(command); found {
			got = command[:at]
		}
		if got != want {
			t.Errorf("%q puts %q into the background, want %q", command, got, want)
		}
	}
}

func TestHasTrap(t *testing.T) {
	for script, want := range map[string]bool{
		"trap 'kill $!' TERM; a & wait":     true,
		"trap 'kill $!' INT SIGTERM; a":     true,
		"trap -- x 15; a":                   true,
		"trap x INT; a":                     false,
		"trap - TERM; a":                    false,
		"echo 'trap x TERM'":                false,
		"if a; then trap x term; fi; b & c": true,
	} {
		if HasTrap(script, syscall.SIGTERM) != want {
			t.Errorf("%q has a trap for SIGTERM: %v", script, !want)
		}
	}
}

func FuzzScript(f *testing.F) {
	f.Add("cd /srv && trap 'a' TERM; ( b | c ) & exec d \\")
	f.Add("sh -euo pipefail -c 'a; b' &")
	f.Fuzz(func(t *testing.T, command string) {
		if bare := Bare(command); len(bare) != len(command) {
			t.Errorf("%q is %q without what is quoted, which has another length", command, bare)
		}
		if at, found := Background(command); found && command[at] != '&' {
			t.Errorf("%q has no & at %d", command, at)
		}
		if !strings.HasSuffix(command, Last(command)) {
			t.Errorf("%q does not end with %q", command, Last(command))
		}
		argv := strings.Fields(command)
		if at, ok := Script(argv); ok && !slices.Contains(argv[1:], argv[at]) {
			t.Errorf("%q has no word %d", command, at)
		}
		WithExec(command)
		HasTrap(command, syscall.SIGTERM)
	})
}
