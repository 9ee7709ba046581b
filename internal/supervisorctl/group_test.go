package supervisorctl

import (
	"testing"

	"supervisor/xmlrpc"
)

// reloaded is what reloadConfig answers.
func reloaded(added, changed, removed []any) []any { return []any{[]any{added, changed, removed}} }

func names(all ...any) []any { return all }

func TestAvail(t *testing.T) {
	configured := func(group, name string, inUse, autostart bool, groupPrio, processPrio int) any {
		return xmlrpc.Struct{{Name: "group", Value: group}, {Name: "name", Value: name},
			{Name: "inuse", Value: inUse}, {Name: "autostart", Value: autostart},
			{Name: "group_prio", Value: groupPrio}, {Name: "process_prio", Value: processPrio}}
	}
	runTranscripts(t, []transcript{
		{"CTL-130", "avail", answers{"getAllConfigInfo": []any{
			configured("cat", "cat", true, true, 999, 999), configured("g", "p", false, false, 3, -12)}},
			"cat                              in use    auto      999:999\n" +
				"g:p                              avail     manual    3:-12\n", 0},
		{"CTL-131", "avail x", nil, "Error: avail accepts no arguments\n" + usageOf("avail"), 1},
		{"CTL-132", "avail", answers{"getAllConfigInfo": []any{configured("lis", "lis", true, true, -1, 999)}},
			"lis                              in use    auto      -1:999\n", 0},
		{"shutting down", "avail", answers{"getAllConfigInfo": fault(6)}, "ERROR: supervisor shutting down\n", 1},
		{"refused", "avail", answers{"getAllConfigInfo": errRefused},
			"error: <class 'ConnectionRefusedError'>, [Errno 111] Connection refused: file: supervisorctl line: 0\n", 1},
	})
}

func TestReread(t *testing.T) {
	runTranscripts(t, []transcript{
		{"CTL-140", "reread", answers{"reloadConfig": reloaded(nil, nil, nil)}, "No config updates to processes\n", 0},
		{"CTL-141", "reread", answers{"reloadConfig": reloaded(names("b", "a-b"), names("c"), names("a"))},
			"a: disappeared\na-b: available\nb: available\nc: changed\n", 0},
		{"CTL-142", "reread", answers{"reloadConfig": &xmlrpc.Fault{Code: 92, Text: "CANT_REREAD: why"}},
			"ERROR: CANT_REREAD: why\n", 1},
		{"CTL-143", "reread x", nil, "Error: reread accepts no arguments\n" + usageOf("reread"), 1},
		{"shutting down", "reread", answers{"reloadConfig": fault(6)}, "ERROR: supervisor shutting down\n", 1},
		{"not a difference", "reread", answers{"reloadConfig": []any{[]any{}}},
			"error: <class 'xmlrpc.client.ResponseError'>, cannot read the server's answer: it is not [[added, changed, removed]]: file: supervisorctl line: 0\n", 1},
	})
}

func TestAddRemove(t *testing.T) {
	runTranscripts(t, []transcript{
		{"CTL-150", "add a b", answers{"addProcessGroup a": true, "addProcessGroup b": true},
			"a: added process group\nb: added process group\n", 0},
		{"CTL-150 again", "add a", answers{"addProcessGroup a": fault(90)}, "ERROR: process group already active\n", 0},
		{"CTL-150 unknown", "add a b", answers{"addProcessGroup a": fault(10), "addProcessGroup b": true},
			"ERROR: no such process/group: a\nb: added process group\n", 1},
		{"shutting down", "add a", answers{"addProcessGroup a": fault(6)}, "ERROR: shutting down\n", 1},
		{"CTL-151", "remove a", answers{"removeProcessGroup a": true}, "a: removed process group\n", 0},
		{"CTL-151 running", "remove a", answers{"removeProcessGroup a": fault(91)}, "ERROR: process/group still running: a\n", 1},
		{"CTL-151 unknown", "remove a", answers{"removeProcessGroup a": fault(10)}, "ERROR: no such process/group: a\n", 1},
		{"shutting down", "remove a", answers{"removeProcessGroup a": fault(6)},
			"error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'TEXT'>: file: supervisorctl line: 0\n", 1},
		{"CTL-152", "add", nil, "", 0},
		{"CTL-152", "remove", nil, "", 0},
	})
}

func TestUpdate(t *testing.T) {
	// All calls that the update of each group needs; one that is not listed
	// shows as an error, so a row also says what is not called.
	a := answers{
		"reloadConfig":           reloaded(names("n2", "n1"), names("c"), names("r")),
		"getAllProcessInfo":      []any{info("c", 20, "RUNNING", 1, ""), info("r", 20, "RUNNING", 1, ""), info("s:p", 20, "RUNNING", 1, "")},
		"stopProcessGroup r":     []any{outcome("r", 80, "OK")},
		"removeProcessGroup r":   true,
		"stopProcessGroup c":     []any{outcome("c", 30, "FAILED: c")},
		"removeProcessGroup c":   true,
		"addProcessGroup c":      true,
		"addProcessGroup n1":     true,
		"addProcessGroup n2":     true,
		"startProcessGroup noop": true,
	}
	with := func(key string, value any) answers {
		changed := answers{key: value}
		for k, v := range a {
			if k != key {
				changed[k] = v
			}
		}
		return changed
	}
	const (
		removed = "r: stopped\nr: removed process group\n"
		changed = "c: stopped\nc: updated process group\n"
		added   = "n2: added process group\nn1: added process group\n"
	)
	runTranscripts(t, []transcript{
		{"CTL-160 CTL-161 CTL-162 CTL-163", "update", a, removed + changed + added, 0},
		{"CTL-164 CTL-168", "update", with("reloadConfig", reloaded(nil, nil, nil)), "", 0},
		{"CTL-165 removed", "update r", a, removed, 0},
		{"CTL-165 changed and added", "update n1 c", a, changed + "n1: added process group\n", 0},
		{"CTL-165 unchanged", "update s", a, "", 0},
		{"CTL-166", "update zz n1 s:p", a, "ERROR: no such group: zz\nERROR: no such group: s:p\nn1: added process group\n", 1},
		{"CTL-167", "update all", a, removed + changed + added, 0},
		{"CTL-167 among names", "update zz all", a, removed + changed + added, 0},
		{"CTL-169", "update", with("reloadConfig", &xmlrpc.Fault{Code: 92, Text: "CANT_REREAD: why"}), "ERROR: CANT_REREAD: why\n", 1},
		{"CTL-170", "update", with("reloadConfig", reloaded(names("n1"), nil, nil)), "n1: added process group\n", 0},
		{"cannot be stopped", "update", with("stopProcessGroup r", []any{outcome("r:a", 80, "OK"), outcome("r:b", 30, "FAILED: b")}),
			"r: stopped\nr: has problems; not removing\n" + changed + added, 1},
		{"shutting down", "update", with("reloadConfig", fault(6)), "ERROR: already shutting down\n", 1},
		{"ends at a fault", "update", with("removeProcessGroup c", fault(91)), removed +
			"c: stopped\nerror: <class 'xmlrpc.client.Fault'>, <Fault 91: 'TEXT'>: file: supervisorctl line: 0\n", 1},
	})
}
