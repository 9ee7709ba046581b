package supervisorctl

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"supervisor/xmlrpc"
)

// Who watches by a program learns of what is left over from an earlier daemon, too.
func TestLeftoversInJSON(t *testing.T) {
	a := answers{"getAllProcessInfo": []any{}, "getOrphans": []any{xmlrpc.Struct{
		{Name: "group", Value: "web"}, {Name: "name", Value: "a"}, {Name: "pid", Value: 9}, {Name: "cleanup", Value: "kill 9"},
	}}}
	const want = `{"command":"status","exit_status":0,"result":[],"errors":[],"leftovers":[{"name":"web:a","pid":9,"cleanup":"kill 9"}]}` + "\n"
	if got, _ := new(ctl).run(t, a, "--json", "status"); got != want {
		t.Errorf("prints %s", got)
	}
}

// Each command, and what it prints with --json: docs/scripting.md is this table
// in words. The exit status is that of the command without it.
func TestJSON(t *testing.T) {
	full := info("web:a", 20, "RUNNING", 5, "pid 5, uptime 0:00:01")
	const described = `{"name":"web:a","group":"web","process":"a","state":"RUNNING","pid":5,"start":0,"stop":0,"now":0,` +
		`"exit_status":0,"spawn_error":"","description":"pid 5, uptime 0:00:01","stdout_logfile":"","stderr_logfile":""}`
	a := answers{
		"getAllProcessInfo": []any{full}, "getPID": 1, "getProcessInfo web:a": full,
		"getSupervisorVersion": "4.3.0", "getProcessInfo nope": fault(10),
		"startProcess web:a": true, "startProcess nope": fault(10), "startProcess busy": fault(60),
		"startProcessGroup web": []any{outcome("web:a", 80, "OK"), outcome("web:b", 50, "SPAWN_ERROR: b")},
		"startProcessGroup no":  fault(10), "stopProcess web:a": true, "stopProcess idle": fault(70), "startProcess idle": true,
		"signalProcess web:a HUP": true, "signalProcess web:a NO": fault(11), "clearProcessLogs web:a": true,
		"addProcessGroup g": true, "addProcessGroup there": fault(90), "removeProcessGroup g": true, "removeProcessGroup up": fault(91),
		"reloadConfig":                   []any{[]any{[]any{"new"}, []any{}, []any{}}},
		"addProcessGroup new":            true,
		"readProcessStdoutLog x -1600 0": "a\u009bb<", "readLog -1600 0": "log\n",
		"readProcessStdoutLog none -1600 0": fault(20), "shutdown": true, "restart": fault(6),
	}
	const ok, noName = `"errors":[]}`, `{"name":"nope","code":10,"fault":"BAD_NAME","message":"no such process"}`
	for _, test := range []struct {
		line, want string
		status     int
	}{
		{"status", `{"command":"status","exit_status":0,"result":[` + described + `],` + ok, 0},
		{"status nope", `{"command":"status","exit_status":4,"result":[],"errors":[` + noName + `]}`, 4},
		{"pid", `{"command":"pid","exit_status":0,"result":[{"name":"supervisord","pid":1}],` + ok, 0},
		{"pid all", `{"command":"pid","exit_status":0,"result":[{"name":"web:a","pid":5}],` + ok, 0},
		{"pid web:a nope", `{"command":"pid","exit_status":1,"result":[{"name":"web:a","pid":5}],"errors":[` + noName + `]}`, 1},
		{"start web:a nope", `{"command":"start","exit_status":1,"result":[{"name":"web:a","done":"started"}],"errors":[` + noName + `]}`, 1},
		{"start busy", `{"command":"start","exit_status":0,"result":[],"errors":[{"name":"busy","code":60,"fault":"ALREADY_STARTED","message":"already started"}]}`, 0},
		{"start web:*", `{"command":"start","exit_status":7,"result":[{"name":"web:a","done":"started"}],"errors":[{"name":"web:b","code":50,"fault":"SPAWN_ERROR","message":"spawn error"}]}`, 7},
		{"start no:*", `{"command":"start","exit_status":2,"result":[],"errors":[{"name":"no:*","code":10,"fault":"BAD_NAME","message":"no such group"}]}`, 2},
		{"restart idle", `{"command":"restart","exit_status":0,"result":[{"name":"idle","done":"started"}],"errors":[{"name":"idle","code":70,"fault":"NOT_RUNNING","message":"not running"}]}`, 0},
		{"signal HUP web:a", `{"command":"signal","exit_status":0,"result":[{"name":"web:a","done":"signalled"}],` + ok, 0},
		{"signal NO web:a", `{"command":"signal","exit_status":1,"result":[],"errors":[{"name":"web:a","code":11,"fault":"BAD_SIGNAL","message":"bad signal name"}]}`, 1},
		{"clear web:a", `{"command":"clear","exit_status":0,"result":[{"name":"web:a","done":"cleared"}],` + ok, 0},
		{"add g there", `{"command":"add","exit_status":0,"result":[{"name":"g","done":"added"}],"errors":[{"name":"there","code":90,"fault":"ALREADY_ADDED","message":"process group already active"}]}`, 0},
		{"remove g up", `{"command":"remove","exit_status":1,"result":[{"name":"g","done":"removed"}],"errors":[{"name":"up","code":91,"fault":"STILL_RUNNING","message":"process/group still running"}]}`, 1},
		{"reread", `{"command":"reread","exit_status":0,"result":{"added":["new"],"changed":[],"removed":[]},` + ok, 0},
		{"update", `{"command":"update","exit_status":0,"result":[{"name":"new","done":"added"}],` + ok, 0},
		{"version", `{"command":"version","exit_status":0,"result":"4.3.0",` + ok, 0},
		{"tail x", `{"command":"tail","exit_status":0,"result":{"name":"x","channel":"stdout","text":"a\u009bb<"},` + ok, 0},
		{"tail none", `{"command":"tail","exit_status":1,"result":null,"errors":[{"name":"none","code":20,"fault":"NO_FILE","message":"no log file"}]}`, 1},
		{"maintail", `{"command":"maintail","exit_status":0,"result":{"name":"supervisord","text":"log\n"},` + ok, 0},
		{"shutdown", `{"command":"shutdown","exit_status":0,"result":[{"name":"supervisord","done":"shut down"}],` + ok, 0},
		{"reload", `{"command":"reload","exit_status":1,"result":[],"errors":[{"code":6,"fault":"SHUTDOWN_STATE","message":"ERROR: already shutting down"}]}`, 1},
		{"start", `{"command":"start","exit_status":2,"result":[],"errors":[{"message":` + quoted("Error: start requires a process name\n"+strings.TrimSuffix(usageOf("start"), "\n")) + `}]}`, 2},
		{"help version", `{"command":"help","exit_status":0,"result":` + quoted(usageOf("version")) + `,` + ok, 0},
		{"nonsense", `{"command":"","exit_status":1,"result":"","errors":[{"message":"*** Unknown syntax: nonsense"}]}`, 1},
		{"tail -f x", `{"command":"tail","exit_status":2,"result":null,"errors":[{"message":"this command goes on until it is interrupted, so there is no JSON document of it"}]}`, 2},
		{"logs -f x", `{"command":"logs","exit_status":2,"result":[],"errors":[{"message":"this command goes on until it is interrupted, so there is no JSON document of it"}]}`, 2},
		{"fg x", `{"command":"fg","exit_status":2,"result":null,"errors":[{"message":"this command goes on until it is interrupted, so there is no JSON document of it"}]}`, 2},
	} {
		t.Run(test.line, func(t *testing.T) {
			words := strings.Fields(test.line)
			got, status := new(ctl).run(t, a, append([]string{"--json"}, words...)...)
			if got != test.want+"\n" || status != test.status {
				t.Errorf("prints %s with status %d\nwant   %s with status %d", got, status, test.want, test.status)
			}
			if !json.Valid([]byte(got)) {
				t.Error("this is no JSON")
			}
			if again, _ := new(ctl).run(t, a, append(words, "--json")...); len(words) > 0 && words[0] != "nonsense" && again != got {
				t.Errorf("after the command, the option brings %s", again)
			}
		})
	}
}

func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a text can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}

// A server that cannot be reached is told as JSON, too.
func TestJSONWithoutServer(t *testing.T) {
	for _, test := range []struct {
		server answers
		line   string
		want   string
		status int
	}{
		{broken(errMissing), "status", `{"message":"unix:///fake.sock no such file"}`, 4},
		{broken(errRefused), "start x", `{"message":"unix:///fake.sock refused connection"}`, 4},
		{broken(errMissing), "avail", `{"message":"connect: no such file or directory"}`, 1},
		{broken(fault(6)), "status", `{"code":6,"fault":"SHUTDOWN_STATE","message":"TEXT"}`, 1},
	} {
		got, status := new(ctl).run(t, test.server, append([]string{"--json"}, strings.Fields(test.line)...)...)
		if !strings.Contains(got, `"errors":[`+strings.TrimSuffix(test.want, "}")) || status != test.status {
			t.Errorf("%s prints %s with status %d", test.line, got, status)
		}
	}
	c := new(ctl)
	if _, status := c.run(t, nil, "--json"); status != 2 || !strings.Contains(c.stderr, "--json needs a command") {
		t.Errorf("without a command: %q, %d", c.stderr, status)
	}
}

// In the shell, each line is a document of its own if it asks for one, and
// questions are not part of it.
func TestJSONInTheShell(t *testing.T) {
	c := ctl{stdin: "version --json\nnope\nversion --json\nshutdown --json\ny\nversion\n"}
	a := answers{"getAllProcessInfo": []any{}, "getSupervisorVersion": "4", "shutdown": true}
	got, _ := c.run(t, a)
	const v = `{"command":"version","exit_status":0,"result":"4","errors":[]}` + "\n"
	want := "supervisor> " + v + "supervisor> *** Unknown syntax: nope\nsupervisor> " + v +
		"supervisor> " + `{"command":"shutdown","exit_status":0,"result":[{"name":"supervisord","done":"shut down"}],"errors":[]}` +
		"\nsupervisor> 4\nsupervisor> \n"
	if got != want {
		t.Errorf("prints %q\nwant   %q", got, want)
	}
	if !strings.Contains(c.stderr, "Really shut the remote supervisord process down y/N? ") {
		t.Errorf("the question is not on the standard error: %q", c.stderr)
	}
}

// hesitant is a server that answers one method only when nobody waits any more.
type hesitant struct {
	answers
	method string
}

func (h hesitant) Call(ctx context.Context, method string, params ...any) (any, error) {
	if method != h.method {
		return h.answers.Call(ctx, method, params...)
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// What is interrupted has a document, too: whoever reads it expects one.
func TestJSONInterrupted(t *testing.T) {
	var out, errOut strings.Builder
	status := run(Invocation{
		Args: []string{"-s", fakeURL, "--json", "stop", "cat"}, Exe: "/nonexistent/bin/ctl", Cwd: t.TempDir(),
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut,
		Interruptible: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, interrupt := context.WithCancel(ctx)
			interrupt()
			return ctx, interrupt
		},
	}, always(hesitant{twoProcesses, "supervisor.stopProcess"}))
	const want = `{"command":"stop","exit_status":1,"result":[],"errors":[{"message":"interrupted"}]}` + "\n"
	if out.String() != want || errOut.String() != "" || status != 1 {
		t.Errorf("prints %q and %q with status %d", out.String(), errOut.String(), status)
	}
}
