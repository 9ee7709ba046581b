package supervisorctl

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc"
)

// explained is a server that explains one process.
var explained = answers{
	"getAllProcessInfo": []any{info("app", 200, "FATAL", 0, "")},
	"getExplanation app:app": xmlrpc.Struct{
		{Name: "name", Value: "app"}, {Name: "answer", Value: "It is broken."}, {Name: "evidence", Value: []any{}},
		{Name: "steps", Value: []any{
			xmlrpc.Struct{{Name: "say", Value: "End it"}, {Name: "run", Value: "kill 7"}},
			xmlrpc.Struct{{Name: "say", Value: "Start it"}, {Name: "run", Value: "supervisorctl start app"}},
		}},
	},
}

// A command that is to be typed reaches the daemon that was asked: it repeats
// the options that named it, and no password. Scripts get it as it came.
func TestWhyRepeatsOptions(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"why app", `\$ supervisorctl -c /\S+/supervisord.conf start app\n$`},
		{"-s unix:///x -u me -p secret why app", `\$ supervisorctl -c /\S+/supervisord.conf -s unix:///x start app\n$`},
		{"--json why app", `"run":"supervisorctl start app"`},
	} {
		got, status := new(ctl).runWith(t, always(explained), strings.Fields(test.args)...)
		if !regexp.MustCompile(test.want).MatchString(got) || !strings.Contains(got, "kill 7") || strings.Contains(got, "secret") || status != 0 {
			t.Errorf("%s prints with status %d\n%s\nwant %s", test.args, status, got, test.want)
		}
	}
}

func TestTyped(t *testing.T) {
	url := config.Ctl{ServerURL: "unix:///a b"}
	for _, test := range []struct {
		origin        origin
		command, want string
	}{
		{origin{file: "/etc/supervisord.conf"}, "supervisorctl update", "supervisorctl update"},
		{origin{file: "it's mine.conf", named: true}, "supervisorctl update", `supervisorctl -c 'it'\''s mine.conf' update`},
		{origin{file: "/etc/supervisord.conf", given: true}, "supervisorctl update", "supervisorctl -s 'unix:///a b' update"},
		{origin{file: "a.conf", named: true, changed: true}, "supervisorctl update", "supervisorctl -c a.conf -s 'unix:///a b' update"},
		{origin{file: "a.conf", named: true}, "kill 7", "kill 7"},
	} {
		s := &session{origin: test.origin, settings: url}
		if got := s.typed(test.command); got != test.want {
			t.Errorf("%+v: %s, want %s", test.origin, got, test.want)
		}
	}
}

// The name of a group stands for its processes; a process of that name comes first.
func TestWhyGroup(t *testing.T) {
	explanation := func(name string) xmlrpc.Struct {
		return xmlrpc.Struct{{Name: "name", Value: name}, {Name: "answer", Value: name + " is well."}, {Name: "evidence", Value: []any{}}, {Name: "steps", Value: []any{}}}
	}
	a := answers{
		"getAllProcessInfo":      []any{info("app", 20, "RUNNING", 1, ""), info("web:one", 20, "RUNNING", 2, ""), info("web:two", 20, "RUNNING", 3, "")},
		"getExplanation app:app": explanation("app"),
		"getExplanation web:one": explanation("web:one"),
		"getExplanation web:two": explanation("web:two"),
	}
	runTranscripts(t, []transcript{
		{"group", "why web", a, "web:one is well.\n\nweb:two: the same as web:one\n", 0},
		{"process", "why app", a, "app is well.\n", 0},
		{"pattern", "why web:*", a, "web:one is well.\n\nweb:two: the same as web:one\n", 0},
		{"help", "why --help", a, findUsage("why"), 0},
	})
}

// Workers that fail for one reason are told it once, whatever their numbers, pids and
// times are. Who fails for another is told another. Scripts get every one.
func TestWhyOfAFarm(t *testing.T) {
	a := answers{}
	var all []any
	for i := range 9 {
		name := fmt.Sprintf("farm:w%d", i)
		status := 3
		if i == 5 {
			status = 4
		}
		all = append(all, info(name, 200, "FATAL", 0, ""))
		a["getExplanation "+name] = xmlrpc.Struct{
			{Name: "name", Value: name}, {Name: "state", Value: "FATAL"}, {Name: "cause", Value: "exit-status"},
			{Name: "answer", Value: fmt.Sprintf("%s, pid %d, ended with exit status %d after 0.%d seconds.", name, 100+i, status, i)},
			{Name: "evidence", Value: []any{fmt.Sprintf("12:00:0%d no queue", i)}},
			{Name: "steps", Value: []any{xmlrpc.Struct{{Name: "say", Value: "Start it"}, {Name: "run", Value: "supervisorctl start " + name}}}},
		}
	}
	a["getAllProcessInfo"] = all
	got, _ := new(ctl).run(t, a, "why", "all")
	got = regexp.MustCompile(`-c \S+ `).ReplaceAllString(got, "")
	const want = `farm:w0, pid 100, ended with exit status 3 after 0.0 seconds.
  12:00:00 no queue
What to do:
  1. Start it:
         $ supervisorctl start farm:w0

farm:w5, pid 105, ended with exit status 4 after 0.5 seconds.
  12:00:05 no queue
What to do:
  1. Start it:
         $ supervisorctl start farm:w5

farm:w1 .. w4 (4): the same as farm:w0
farm:w6: the same as farm:w0
farm:w7: the same as farm:w0
farm:w8: the same as farm:w0
`
	if got != want {
		t.Errorf("prints\n%s\nwant\n%s", got, want)
	}
	if got, _ := new(ctl).run(t, a, "--json", "why", "all"); strings.Count(got, `"cause"`) != 9 {
		t.Errorf("not all are in %s", got)
	}
}

func findUsage(name string) string {
	c, _ := findCommand(name)
	return c.usage
}

// An unknown name is the error that it is for other commands; only status has a
// status of its own for it.
func TestWhyUnknownName(t *testing.T) {
	runTranscripts(t, []transcript{
		{"process", "why nope", explained, "nope: ERROR (no such process)\n", 1},
		{"group", "why nope:*", explained, "nope: ERROR (no such group)\n", 1},
		{"pattern", "why nop*", explained, "nop*: ERROR (no such process)\n", 1},
	})
}
