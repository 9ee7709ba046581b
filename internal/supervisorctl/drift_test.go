package supervisorctl

import (
	"strings"
	"testing"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// driftAnswer is what getConfigDrift answers where something of each kind differs.
var driftAnswer = xmlrpc.Struct{
	{Name: "added", Value: []any{"fresh"}},
	{Name: "changed", Value: []any{
		xmlrpc.Struct{{Name: "group", Value: "cat"}, {Name: "stops", Value: []any{"cat"}}, {Name: "options", Value: []any{
			xmlrpc.Struct{{Name: "process", Value: "cat"}, {Name: "key", Value: "command"}, {Name: "from", Value: "cat"}, {Name: "to", Value: "cat -u"}},
			xmlrpc.Struct{{Name: "process", Value: ""}, {Name: "key", Value: "priority"}, {Name: "from", Value: "1"}, {Name: "to", Value: "2"}},
		}}},
	}},
	{Name: "removed", Value: []any{
		xmlrpc.Struct{{Name: "group", Value: "many"}, {Name: "stops", Value: []any{}}, {Name: "options", Value: []any{}}},
	}},
}

func drifting() answers {
	return answers{"getAllProcessInfo": twoProcesses["getAllProcessInfo"], "getConfigDrift": driftAnswer}
}

func TestDiff(t *testing.T) {
	const cat = "cat: changed; update would restart cat\n" +
		"  cat:\n    - command=cat\n    + command=cat -u\n" +
		"  the group:\n    - priority=1\n    + priority=2\n"
	none := answers{"getConfigDrift": xmlrpc.Struct{}}
	for _, tt := range []struct {
		line   string
		server answers
		want   string
		status int
	}{
		{"diff", drifting(), "many: removed; update would remove it, nothing of it is running\n" + cat + "fresh: added; update would add it\n", 0},
		{"diff cat", drifting(), cat, 0},
		{"diff fresh nosuch", drifting(), "nosuch: ERROR (no such process)\nfresh: added; update would add it\n", 1},
		{"diff", none, "What runs is what the configuration says\n", 0},
		{"diff", answers{"getConfigDrift": fault(int(wire.UnknownMethod))}, "ERROR: this supervisord cannot tell; reread says which groups differ\n", 1},
		{"diff", answers{"getConfigDrift": fault(int(wire.CantReread))}, "ERROR: TEXT\n", 1},
		{"update --dry-run", drifting(), "many: would be removed, nothing of it is running\n" +
			"cat: would be updated (command, priority), which stops cat\nfresh: would be added\n", 0},
		{"update --dry-run cat nosuch", drifting(), "ERROR: no such group: nosuch\ncat: would be updated (command, priority), which stops cat\n", 1},
		{"update --dry-run", none, "", 0},
	} {
		t.Run(tt.line, func(t *testing.T) {
			c := new(ctl)
			out, status := c.run(t, tt.server, strings.Fields(tt.line)...)
			if out != tt.want || status != tt.status || c.stderr != "" {
				t.Errorf("%q, status %d, stderr %q; want %q, %d", out, status, c.stderr, tt.want, tt.status)
			}
		})
	}
}

// Where nobody sees it, nothing is said that was not asked for, and the server
// is not even asked: the fake one has no answer.
func TestNoHintsOffATerminal(t *testing.T) {
	c := new(ctl)
	out, _ := c.run(t, twoProcesses, "status")
	if strings.Contains(out, "unexpected") || c.stderr != "" {
		t.Errorf("%q, stderr %q", out, c.stderr)
	}
}
