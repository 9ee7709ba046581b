package supervisorctl

import (
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
		{"group", "why web", a, "web:one is well.\n\nweb:two is well.\n", 0},
		{"process", "why app", a, "app is well.\n", 0},
		{"pattern", "why web:*", a, "web:one is well.\n\nweb:two is well.\n", 0},
		{"help", "why --help", a, findUsage("why"), 0},
	})
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
