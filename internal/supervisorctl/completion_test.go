package supervisorctl

import (
	"io"
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc"
)

// words runs the program as a completion script does.
func words(t *testing.T, dial dialer, typed ...string) []string {
	t.Helper()
	var out strings.Builder
	status := run(Invocation{Args: append([]string{"completion", wordsFlag}, typed...), Exe: "/bin/ctl", Cwd: t.TempDir(),
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Discard}, dial)
	if status != 0 {
		t.Errorf("%q: status %d", typed, status)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestCompletionWords(t *testing.T) {
	full := answers{
		"getAllProcessInfo": crowd,
		"getConfigDrift":    xmlrpc.Struct{{Name: "added", Value: []any{"fresh"}}},
		"getAllConfigInfo": []any{
			xmlrpc.Struct{{Name: "group", Value: "api"}, {Name: "name", Value: "api"}, {Name: "inuse", Value: true}},
			xmlrpc.Struct{{Name: "group", Value: "idle"}, {Name: "name", Value: "idle"}, {Name: "inuse", Value: false}},
		},
	}
	for _, test := range []struct {
		typed []string
		want  string // candidates, without what they mean
	}{
		{[]string{"vers"}, "version"},
		{[]string{"-i", "re"}, "reload remove reread restart"},
		{[]string{"start", ""}, "all api odd:* odd:w* web:* web:web_00 web:web_01 worker:* worker:worker_00 worker:worker_10"},
		{[]string{"start", "web:web_00", "web:"}, "web:* web:web_00 web:web_01"},
		{[]string{"signal", "US"}, "USR1 USR2"},
		{[]string{"signal", "HUP", "a"}, "all api"},
		{[]string{"tail", "-"}, "-f"},
		{[]string{"tail", "-f", "a"}, "api"},
		{[]string{"tail", "-f", "api", ""}, "stderr stdout"},
		{[]string{"logs", "-f", "al"}, "all"},
		{[]string{"signal", "HUP", "al"}, "all"},
		{[]string{"wait", "al"}, "all"},
		{[]string{"start", "api", "al"}, ""},
		{[]string{"fg", "al"}, ""},
		{[]string{"update", ""}, "all api fresh odd web worker"},
		{[]string{"diff", "f"}, "fresh"},
		{[]string{"add", ""}, "api idle odd web worker"},
		{[]string{"check", "/et"}, ":files"},
		{[]string{"upgrade", ""}, ":files"},
		{[]string{"wait", "api:R"}, "api:RUNNING"},
		{[]string{"wait", "--t"}, "--timeout"},
		{[]string{"update", "w"}, "web worker"},
		{[]string{"completion", ""}, "bash fish zsh"},
		{[]string{"help", "sig"}, "signal"},
		{[]string{"-"}, "--configuration --help --interactive --serverurl --username --password --history_file --raw --json --color"},
		{[]string{"--co"}, "--configuration --color"},
		{[]string{"--color", "a"}, "auto always"},
		{[]string{"-c", "/et"}, ":files"},
		{[]string{"--configuration", ""}, ":files"},
		{[]string{"-u", ""}, ""},
		{[]string{"nonsense", ""}, ""},
		{[]string{"-x", ""}, "add avail check clear completion diff exit fg help logs maintail open pid quit reload remove reread restart shutdown signal start status stop tail top update upgrade version wait why"},
		{nil, ""},
	} {
		var got []string
		for _, line := range words(t, always(full), test.typed...) {
			word, _, _ := strings.Cut(line, "\t")
			got = append(got, word)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q: %q, want %q", test.typed, strings.Join(got, " "), test.want)
		}
	}
	if got := words(t, always(answers{"getAllProcessInfo": crowd}), "stop", "ap"); got[0] != "api\tRUNNING up" {
		t.Errorf("a name: %q", got)
	}
	if got := words(t, always(nil), "versi"); got[0] != "version\tShow the version of supervisord" {
		t.Errorf("a command: %q", got)
	}
	if got := words(t, always(broken(errMissing)), "start", ""); got[0] != "" {
		t.Errorf("without a server: %q", got)
	}
}

// The words come from the server that the line is about.
func TestCompletionAsksTheRightServer(t *testing.T) {
	var asked config.Ctl
	dial := func(c config.Ctl) (server, error) { asked = c; return answers{}, nil }
	words(t, dial, "-s", "unix:///other.sock", "-u", "me", "-p", "secret", "start", "")
	if asked.ServerURL != "unix:///other.sock" || asked.Username != "me" || asked.Password != "secret" {
		t.Errorf("%+v", asked)
	}
}

func TestCompletionScripts(t *testing.T) {
	for shell, script := range map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion} {
		if got, status := new(ctl).run(t, nil, "completion", shell); got != script || status != 0 || script == "" {
			t.Errorf("%s: %q, %d", shell, got, status)
		}
	}
	want := "Error: completion requires the name of a shell: bash, zsh or fish\n" + usageOf("completion")
	if got, status := new(ctl).run(t, nil, "completion", "csh"); got != want || status != 2 {
		t.Errorf("%q, %d", got, status)
	}
}
