package supervisorctl

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"supervisor/internal/wire"
)

// crowd is what the server knows in the tests of patterns.
var crowd = []any{
	info("api", 20, "RUNNING", 1, "up"),
	info("odd:w*", 20, "RUNNING", 2, "up"),
	info("web:web_00", 20, "RUNNING", 3, "up"),
	info("web:web_01", 20, "RUNNING", 4, "up"),
	info("worker:worker_00", 20, "RUNNING", 5, "up"),
	info("worker:worker_10", 0, "STOPPED", 0, ""),
}

func TestMatching(t *testing.T) {
	all, err := wire.ParseProcessInfos(crowd)
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]string{
		"worker_*":    "worker:worker_00 worker:worker_10",
		"web:*_0?":    "web:web_00 web:web_01",
		"*_[01]0":     "web:web_00 worker:worker_00 worker:worker_10",
		"w*:*":        "web:web_00 web:web_01 worker:worker_00 worker:worker_10",
		"w*:":         "web:web_00 web:web_01 worker:worker_00 worker:worker_10",
		"*:*_00":      "web:web_00 worker:worker_00",
		"a*":          "api",
		"*":           "api odd:w* web:web_00 web:web_01 worker:worker_00 worker:worker_10",
		"odd:w*":      "odd:w*", // its name, and nothing else
		"web:worker*": "",
		"[":           "",
		"a?":          "",
	} {
		var got []string
		for _, p := range matching(all, pattern) {
			got = append(got, displayName(p.Group, p.Name))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s matches %q, want %q", pattern, got, want)
		}
	}
	for name, want := range map[string]bool{"a": false, "g:*": false, "g:": false, "g:a*": true, "*:*": true, "a?": true, "[ab]": true, "all": false} {
		if isPattern(name) != want {
			t.Errorf("%s is a pattern: %v", name, !want)
		}
	}
}

// gate is a server that answers no start before a hundred have been asked for.
type gate struct {
	answers
	asked *sync.WaitGroup
}

func (g gate) Call(ctx context.Context, method string, params ...any) (any, error) {
	if strings.HasSuffix(method, "."+wire.StartProcess) {
		g.asked.Done()
		g.asked.Wait()
		return true, nil
	}
	return g.answers.Call(ctx, method, params...)
}

// Regression: of 500 workers 32 were started at a time, each of which took startsecs.
func TestPatternsOfAFarm(t *testing.T) {
	const workers = 100
	var all []any
	for i := range workers {
		all = append(all, info(fmt.Sprintf("w:w%d", i), 0, "STOPPED", 0, ""))
	}
	g := gate{answers{"getAllProcessInfo": all}, new(sync.WaitGroup)}
	g.asked.Add(workers)
	got, status := new(ctl).runWith(t, always(g), "start", "w*")
	if strings.Count(got, ": started\n") != workers || status != 0 {
		t.Errorf("%q with status %d", got, status)
	}
}

func TestPatterns(t *testing.T) {
	a := answers{"getAllProcessInfo": crowd,
		"startProcess worker:worker_00": fault(60), "startProcess worker:worker_10": true,
		"stopProcess web:web_00": true, "stopProcess web:web_01": true,
		"startProcess web:web_00": true, "startProcess web:web_01": fault(50),
		"startProcess x*": fault(10), "stopProcess x*": fault(10), "startProcessGroup x*": fault(10),
		"signalProcess api HUP": true, "clearProcessLogs api": true, "clearProcessLogs x?": fault(10),
		"getProcessInfo worker:worker_00": crowd[4], "getProcessInfo worker:worker_10": crowd[5], "getProcessInfo x*": fault(10),
		"readProcessStdoutLog api -1600 0": "api's", "readProcessStdoutLog x* -1600 0": fault(10),
		"readProcessStdoutLog web:web_00 -3 0": "abc", "readProcessStdoutLog web:web_01 -3 0": fault(20),
		"/logtail/api/stdout": "followed\n",
	}
	runTranscripts(t, []transcript{
		{"start", "start worker_*", a, "worker:worker_00: ERROR (already started)\nworker:worker_10: started\n", 0},
		{"restart", "restart web:*_0?", a, "web:web_00: stopped\nweb:web_01: stopped\nweb:web_00: started\nweb:web_01: ERROR (spawn error)\n", 7},
		{"once", "stop web:web_00 web_*", a, "web:web_00: stopped\nweb:web_01: stopped\n", 0},
		{"signal", "signal HUP a*", a, "api: signalled\n", 0},
		{"clear", "clear [a]pi x?", a, "api: cleared\nx?: ERROR (no such process)\n", 1},
		{"pid", "pid worker*", a, "5\n0\n", 7},
		{"status", "status web_* api", a,
			"web:web_00                       RUNNING   up\nweb:web_01                       RUNNING   up\napi                              RUNNING   up\n", 0},
		{"tail", "tail ap?", a, "api's\n", 0},
		{"tail of several", "tail -3 web_*", a, "==> web:web_00 <==\nabc\n==> web:web_01 <==\nweb:web_01: ERROR (no log file)\n", 1},
		{"tail -f", "tail -f a*", a, pressCtrlC + "followed\n", 0},
		{"tail -f of several", "tail -f web_*", a, "Error: tail -f follows one process, and web_* means several; logs -f follows them all\n", 1},
		{"start of nothing", "start x*", a, "x*: ERROR (no such process)\n", 1},
		{"start of no group", "start x*:*", a, "x*: ERROR (no such group)\n", 2},
		{"stop of nothing", "stop x* api", with(a, "stopProcess api", true), "x*: ERROR (no such process)\napi: stopped\n", 1},
		{"pid of nothing", "pid x*", a, "No such process x*\n", 1},
		{"status of nothing", "status x*", a, "x*: ERROR (no such process)\n", 4},
		{"tail of nothing", "tail x*", a, "x*: ERROR (no such process name)\n", 1},
	})
}

// with returns the answers and one more.
func with(a answers, key string, answer any) answers {
	more := answers{key: answer}
	for k, v := range a {
		more[k] = v
	}
	return more
}

// There is one foreground.
func TestForegroundOfAPattern(t *testing.T) {
	stopped := info("worker:worker_10", 0, "STOPPED", 0, "")
	a := answers{"getAllProcessInfo": crowd, "getProcessInfo worker:worker_10": stopped, "getProcessInfo q*": fault(10)}
	var farm []any
	for i := range 9 {
		farm = append(farm, info(fmt.Sprintf("w:w%d", i), 20, "RUNNING", 1, ""))
	}
	runTranscripts(t, []transcript{
		{"a farm", "fg w*", answers{"getAllProcessInfo": farm}, "ERROR: w* matches several processes: w:w0 .. w8 (9)\n", 1},
		{"one", "fg *_10", a, "ERROR: process not running\n", 1},
		{"several", "fg web*", a, "ERROR: web* matches several processes: web:web_00, web:web_01\n", 1},
		{"none", "fg q*", a, "ERROR: bad process name supplied\n", 1},
	})
}
