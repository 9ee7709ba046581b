package supervisorctl

import (
	"fmt"
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
	none := answers{"getAllProcessInfo": twoProcesses["getAllProcessInfo"], "getConfigDrift": xmlrpc.Struct{}}
	for _, tt := range []struct {
		line   string
		server answers
		want   string
		status int
	}{
		{"diff", drifting(), "many: removed; update would remove it, nothing of it is running\n" + cat + "fresh: added; update would add it\n", 0},
		{"diff cat", drifting(), cat, 0},
		{"diff fresh nosuch", drifting(), "nosuch: ERROR (no such process)\nfresh: added; update would add it\n", 1},
		{"diff nosuch", drifting(), "nosuch: ERROR (no such process)\n", 1},
		{"diff nosuch* cat", none, "nosuch*: ERROR (no such process)\nWhat runs is what the configuration says\n", 1},
		{"diff ca* fr*", drifting(), cat + "fresh: added; update would add it\n", 0},
		{"diff many:o*", drifting(), "many: removed; update would remove it, nothing of it is running\n", 0},
		{"diff --foo", drifting(), "Error: bad argument --foo\n" + usageOf("diff"), 2},
		{"update --dryrun", nil, "Error: bad argument --dryrun\n" + usageOf("update"), 2},
		{"update --dry-run", answers{"getVersion": errRefused}, fakeURL + " refused connection\n", 4},
		{"diff", none, "What runs is what the configuration says\n", 0},
		{"diff", answers{"getConfigDrift": fault(int(wire.UnknownMethod))}, "ERROR: this supervisord cannot tell; reread says which groups differ\n", 1},
		{"diff", answers{"getConfigDrift": fault(int(wire.CantReread))}, "ERROR: TEXT\n", 1},
		{"update --dry-run", drifting(), "many: would be removed, nothing of it is running\n" +
			"cat: would be updated (command, priority), which restarts cat\nfresh: would be added\n", 0},
		{"update --dry-run cat nosuch", drifting(), "ERROR: no such group: nosuch\ncat: would be updated (command, priority), which restarts cat\n", 1},
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

// A process that comes or goes is not told as an option that somebody could look for.
func TestDiffOfNumprocs(t *testing.T) {
	change := func(process, from, to string) xmlrpc.Struct {
		return xmlrpc.Struct{{Name: "process", Value: process}, {Name: "key", Value: "process_name"}, {Name: "from", Value: from}, {Name: "to", Value: to}}
	}
	a := answers{"getConfigDrift": xmlrpc.Struct{{Name: "changed", Value: []any{
		xmlrpc.Struct{{Name: "group", Value: "pool"}, {Name: "stops", Value: []any{"pool:pool_02"}}, {Name: "options", Value: []any{
			change("pool_02", "pool_02", ""), change("pool_x", "", "pool_x"),
		}}},
	}}}}
	runTranscripts(t, []transcript{
		{"", "diff", a, "pool: changed; update would restart pool:pool_02\n  pool_02: would be gone\n  pool_x: new\n", 0},
		{"", "update --dry-run", a, "pool: would be updated (processes), which restarts pool:pool_02\n", 0},
	})
}

// A farm of workers is told in a few lines; scripts get every name.
func TestDriftOfAFarm(t *testing.T) {
	const workers = 500
	var stops, options []any
	for i := range workers {
		name := fmt.Sprintf("web_%03d", i)
		stops = append(stops, "web:"+name)
		options = append(options, xmlrpc.Struct{{Name: "process", Value: name}, {Name: "key", Value: "command"}, {Name: "from", Value: "old"}, {Name: "to", Value: "new"}})
	}
	for i := range workers {
		name := fmt.Sprintf("web_%d", workers+i)
		options = append(options, xmlrpc.Struct{{Name: "process", Value: name}, {Name: "key", Value: "process_name"}, {Name: "from", Value: ""}, {Name: "to", Value: name}})
	}
	a := answers{"getConfigDrift": xmlrpc.Struct{{Name: "changed", Value: []any{
		xmlrpc.Struct{{Name: "group", Value: "web"}, {Name: "stops", Value: stops}, {Name: "options", Value: options}},
	}}}}
	runTranscripts(t, []transcript{
		{"", "diff", a, "web: changed; update would restart web:web_000 .. web_499 (500)\n" +
			"  web_000 .. web_499 (500):\n    - command=old\n    + command=new\n  web_500 .. web_999 (500): new\n", 0},
		{"", "update --dry-run", a, "web: would be updated (command, processes), which restarts web:web_000 .. web_499 (500)\n", 0},
	})
	if got, _ := new(ctl).run(t, a, "--json", "update", "--dry-run"); strings.Count(got, `"web:web_`) != 2*workers {
		t.Errorf("not all names are in %s", got)
	}
}

// Regression: of a program with autostart=false it was said that an update restarts
// it, but it was only stopped; and nobody was told that what had been stopped by hand
// would be started.
func TestWhatAnUpdateStarts(t *testing.T) {
	a := answers{"getConfigDrift": xmlrpc.Struct{{Name: "changed", Value: []any{
		xmlrpc.Struct{{Name: "group", Value: "shop"},
			{Name: "stops", Value: []any{"shop:api", "shop:manual", "shop:old"}}, {Name: "starts", Value: []any{"shop:api", "shop:idle"}},
			{Name: "options", Value: []any{xmlrpc.Struct{{Name: "process", Value: "old"}, {Name: "key", Value: "process_name"}, {Name: "from", Value: "old"}, {Name: "to", Value: ""}}}}},
		xmlrpc.Struct{{Name: "group", Value: "cron"}, {Name: "stops", Value: []any{}}, {Name: "starts", Value: []any{"cron"}}, {Name: "options", Value: []any{}}},
	}}}}
	runTranscripts(t, []transcript{
		{"", "diff", a, "shop: changed; update would restart shop:api, stop shop:manual, shop:old, start shop:idle\n" +
			"  old: would be gone\n  shop:manual: would stay stopped, because of autostart=false\n" +
			"cron: changed; update would replace it, nothing of it is running; start cron\n", 0},
		{"", "update --dry-run", a, "shop: would be updated (processes), which restarts shop:api, stops shop:manual, shop:old, starts shop:idle\n" +
			"cron: would be updated (), which starts cron\n", 0},
	})
}

// Where %(process_num)d stands in an option, each worker has a change of its own, and
// one of them tells enough.
func TestDiffOfNumberedOptions(t *testing.T) {
	var options []any
	for i := range 100 {
		name := fmt.Sprintf("web_%02d", i)
		for _, change := range [][3]string{
			{"command", fmt.Sprintf("serve -p 80%02d", i), fmt.Sprintf("serve -v -p 80%02d", i)},
			{"startsecs", "1", "2"},
		} {
			options = append(options, xmlrpc.Struct{{Name: "process", Value: name}, {Name: "key", Value: change[0]}, {Name: "from", Value: change[1]}, {Name: "to", Value: change[2]}})
		}
	}
	a := answers{"getConfigDrift": xmlrpc.Struct{{Name: "changed", Value: []any{
		xmlrpc.Struct{{Name: "group", Value: "web"}, {Name: "stops", Value: []any{}}, {Name: "options", Value: options}},
	}}}}
	runTranscripts(t, []transcript{
		{"", "diff", a, "web: changed; update would replace it, nothing of it is running\n" +
			"  web_00 .. web_99 (100), such as web_00:\n    - command=serve -p 8000\n    + command=serve -v -p 8000\n" +
			"  web_00 .. web_99 (100):\n    - startsecs=1\n    + startsecs=2\n", 0},
	})
}

func TestDryRunJSON(t *testing.T) {
	const want = `"result":[{"name":"many","done":"would be removed","stops":[],"starts":[]},` +
		`{"name":"cat","done":"would be updated","stops":["cat"],"starts":["cat"],"options":[{"process":"cat","key":"command","from":"cat","to":"cat -u"},{"key":"priority","from":"1","to":"2"}]},` +
		`{"name":"fresh","done":"would be added","stops":[],"starts":[]}],"errors":[]}`
	if got, _ := new(ctl).run(t, drifting(), "--json", "update", "--dry-run"); !strings.Contains(got, want) {
		t.Errorf("prints %s\nwant   %s", got, want)
	}
}
