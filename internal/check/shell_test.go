package check

import (
	"strings"
	"testing"
)

// What is said about a script must help: exec is no help where the last command is
// over at once, and where a trap would be gone with the shell.
func TestShellKeepsTheSignal(t *testing.T) {
	const group, exec = "stopasgroup=true", " exec "
	for _, tt := range []struct{ script, more, want string }{
		{"sleep 1; a", "", exec},
		{"a && b", "", exec},
		{"a; sleep infinity", "", exec},
		{"exec 2>&1; a; b", "", exec},
		{"exec 3>x; a", "", exec},
		{"exec 2>&1; exec a", "", ""},
		{"sleep 3; exit 7", "", group},
		{"a || exit 1", "", group},
		{"a; echo done", "", group},
		{"a; sleep 5", "", group},
		{"a; [ -f x ]", "", group},
		{"while :; do a; done", "", group},
		{"a | b", "", group},
		{"trap \"echo bye\" TERM; while :; do sleep 1; done", "", ""},
		{"trap \"kill $!\" INT SIGTERM; a & wait", "", ""},
		{"trap x 15; a & wait", "", ""},
		{"trap \"echo bye\" INT; while :; do sleep 1; done", "", group},
		{"trap \"echo bye\" INT; while :; do sleep 1; done", "stopsignal=INT\n", ""},
		{"trap \"rm x\" EXIT; a", "", group},
		{"trap \"rm x\" TERM; a", "", group},
		{"trap - TERM; a", "", exec},
	} {
		text := daemon + "[program:p]\ncommand=/bin/sh -c '" + tt.script + "'\n" + tt.more
		found := look(t, text, ordinary())
		switch {
		case tt.want == "" && len(found) == 0:
		case tt.want == "" || len(found) != 1 || found[0].Code != shellNoExec || found[0].Suggestion == nil:
			t.Errorf("%s: %+v", tt.script, found)
		case !strings.Contains(*found[0].Suggestion, tt.want) || tt.want == group && strings.Contains(found[0].Hint, "say exec"):
			t.Errorf("%s: %s: %s", tt.script, found[0].Hint, *found[0].Suggestion)
		}
	}
}
