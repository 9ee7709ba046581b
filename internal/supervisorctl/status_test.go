package supervisorctl

import (
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc"
)

// everything is what getAllProcessInfo answers in the tests of this file.
var everything = []any{
	info("cat", 20, "RUNNING", 5, "pid 5, uptime 0:00:01"),
	info("g:a", 10, "STARTING", 6, ""),
	info("g:b", 30, "BACKOFF", 0, "Exited too quickly"),
	info("off", 0, "STOPPED", 0, "Not started"),
	info("over", 40, "STOPPING", 7, ""),
}

const (
	catLine  = "cat                              RUNNING   pid 5, uptime 0:00:01\n"
	gaLine   = "g:a                              STARTING  \n"
	gbLine   = "g:b                              BACKOFF   Exited too quickly\n"
	offLine  = "off                              STOPPED   Not started\n"
	overLine = "over                             STOPPING  \n"
)

func TestStatus(t *testing.T) {
	all := answers{"getAllProcessInfo": everything}
	only := func(p any) answers { return answers{"getAllProcessInfo": []any{p}} }
	long := strings.Repeat("n", 50)
	runTranscripts(t, []transcript{
		{"CTL-020", "status", all, catLine + gaLine + gbLine + offLine + overLine, 3},
		{"CTL-021", "status", answers{"getAllProcessInfo": []any{
			info("cat", 20, "RUNNING", 5, "up"), info(long, 20, "RUNNING", 5, "up")}},
			"cat" + strings.Repeat(" ", 50) + "RUNNING   up\n" + long + "   RUNNING   up\n", 0},
		{"CTL-021 letters, not bytes", "status", only(info(strings.Repeat("ä", 31), 20, "RUNNING", 5, "up")),
			strings.Repeat("ä", 31) + "   RUNNING   up\n", 0},
		{"CTL-022 running", "status cat", all, catLine, 0},
		{"CTL-022 starting, backoff, stopping", "status g:* over", all, gaLine + gbLine + overLine, 0},
		{"CTL-022 stopped", "status off", all, offLine, 3},
		{"CTL-022 exited", "status", only(info("x", 100, "EXITED", 0, "")), "x                                EXITED    \n", 3},
		{"CTL-022 fatal", "status", only(info("x", 200, "FATAL", 0, "")), "x                                FATAL     \n", 3},
		{"CTL-022 unknown", "status", only(info("x", 1000, "UNKNOWN", 0, "")), "x                                UNKNOWN   \n", 3},
		{"CTL-023 in the order of the names", "status g:b cat g:* cat:cat", all, gbLine + catLine + gaLine + gbLine + catLine, 0},
		{"CTL-023 all", "status nope all", all, catLine + gaLine + gbLine + offLine + overLine, 3},
		{"CTL-024", "status nope", all, "nope: ERROR (no such process)\n", 4},
		{"CTL-024 group", "status cat nope:*", all, "nope: ERROR (no such group)\n" + catLine, 4},
		{"CTL-024 in a group", "status g:nope", all, "g:nope: ERROR (no such process)\n", 4},
		{"CTL-025", "status off nope", all, "nope: ERROR (no such process)\n" + offLine, 3},
		{"CTL-026", "status g", all, "g: ERROR (no such process)\n", 4},
		{"CTL-027", "status", answers{"getAllProcessInfo": []any{}}, "", 0},
		{"not an array", "status", answers{"getAllProcessInfo": "what"},
			"error: <class 'xmlrpc.client.ResponseError'>, cannot read a list of processes: a string is no array: file: supervisorctl line: 0\n", 1},
	})
}

func TestPID(t *testing.T) {
	a := answers{"getPID": 1, "getAllProcessInfo": everything,
		"getProcessInfo cat": everything[0], "getProcessInfo off": everything[3],
		"getProcessInfo nope": fault(10), "getProcessInfo g:*": fault(10), "getProcessInfo odd": fault(30)}
	runTranscripts(t, []transcript{
		{"CTL-030 daemon", "pid", a, "1\n", 0},
		{"CTL-030 one", "pid cat", a, "5\n", 0},
		{"CTL-030 all", "pid cat all", a, "5\n6\n0\n0\n7\n", 0},
		{"CTL-030 stopped", "pid off", a, "0\n", 7},
		{"CTL-030 unknown", "pid nope", a, "No such process nope\n", 1},
		{"CTL-030 group", "pid g:*", a, "No such process g:*\n", 1},
		{"CTL-031", "pid cat off", a, "5\n0\n", 7},
		{"last error", "pid off nope cat", a, "0\nNo such process nope\n5\n", 1},
		{"other fault", "pid cat odd cat", a,
			"5\nerror: <class 'xmlrpc.client.Fault'>, <Fault 30: 'TEXT'>: file: supervisorctl line: 0\n", 1},
	})
}

func TestStatusOfOrphans(t *testing.T) {
	known := answers{"getAllProcessInfo": []any{everything[0]}, "getOrphans": []any{
		xmlrpc.Struct{{Name: "group", Value: "g"}, {Name: "name", Value: "a"}, {Name: "pid", Value: 12}, {Name: "cleanup", Value: "kill -- -12"}},
		"nonsense",
	}}
	const warning = "left over from an earlier supervisord, and supervised by nobody: g:a, pid 12 (to end it: kill -- -12)\n"
	for name, c := range map[string]struct {
		server     answers
		onTerminal bool
		want       string
	}{
		"terminal":        {known, true, warning},
		"no terminal":     {known, false, ""},
		"another program": {answers{"getAllProcessInfo": []any{everything[0]}, "getOrphans": fault(1)}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errOut strings.Builder
			s := newSession(Invocation{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut}, config.Ctl{},
				func(config.Ctl) (server, error) { return c.server, nil })
			s.onTerminal = c.onTerminal
			s.execute(t.Context(), "status")
			if out.String() != catLine || errOut.String() != c.want {
				t.Errorf("out %q, err %q", out.String(), errOut.String())
			}
		})
	}
}
