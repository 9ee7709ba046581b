package supervisorctl

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc/client"
)

func TestSuggest(t *testing.T) {
	words := []string{"web", "worker:worker_00", "worker:worker_01", "mailer", "Web", "status", "start", "restart"}
	for typed, want := range map[string]string{
		"wbe":              "web Web",
		"wed":              "web Web",
		"mialer":           "mailer",
		"mailr":            "mailer",
		"worker:worker_0":  "worker:worker_00 worker:worker_01",
		"worker:wroker_00": "worker:worker_00",
		"stats":            "status",
		"x":                "",
		"database":         "",
		"":                 "",
	} {
		if got := strings.Join(suggest(typed, words), " "); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

func FuzzDistance(f *testing.F) {
	f.Add("web", "wbe")
	f.Add("", "ä")
	f.Fuzz(func(t *testing.T, a, b string) {
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (string([]rune(a)) == string([]rune(b))) || d > max(len([]rune(a)), len([]rune(b))) {
			t.Fatalf("%q and %q are %d apart", a, b, d)
		}
	})
}

// hinted is what a session that may give advice says about an error.
func hinted(o origin, url string, err error) string {
	s := &session{origin: o, settings: config.Ctl{ServerURL: url}}
	return strings.Join(s.advice(err), "\n")
}

func TestHints(t *testing.T) {
	dir := t.TempDir()
	file := origin{file: "/etc/x.conf"}
	for _, test := range []struct {
		name   string
		origin origin
		url    string
		err    error
		want   []string // parts of the advice
	}{
		{"no socket", file, "unix://" + dir + "/no.sock", errMissing,
			[]string{"supervisord does not run, or it runs with another configuration file", "from serverurl in /etc/x.conf", "supervisord -c /etc/x.conf"}},
		{"no directory", file, "unix://" + dir + "/sub/no.sock", errMissing, []string{"The directory " + dir + "/sub is not there either"}},
		{"no file", origin{}, "unix:///no.sock", errMissing, []string{"No configuration file was found", "supervisord -c FILE"}},
		{"given", origin{file: "/etc/x.conf", given: true}, "unix:///no.sock", errMissing, []string{"from the command line (-s)"}},
		{"opened", origin{changed: true}, "unix:///no.sock", errMissing, []string{"from the command open"}},
		{"stale socket", file, "unix:///stale.sock", errRefused, []string{"nobody listens: the supervisord that made it has ended", "supervisord -c /etc/x.conf"}},
		{"port", origin{}, "http://localhost:9001", errRefused, []string{"Nobody listens there. No configuration file was found", "[inet_http_server]", "unix:///path"}},
		{"password", file, "http://localhost:9001", &client.StatusError{Code: 401}, []string{"username and password in [supervisorctl], or -u and -p, must be those in"}},
		{"name", file, "http://nowhere:9001", &net.DNSError{IsNotFound: true}, []string{"from serverurl in /etc/x.conf"}},
		{"anything else", file, "http://localhost:9001", fault(6), nil},
	} {
		got := hinted(test.origin, test.url, test.err)
		for _, part := range test.want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q lacks %q", test.name, got, part)
			}
		}
		if (got == "") != (test.want == nil) {
			t.Errorf("%s: %q", test.name, got)
		}
	}
	t.Run("permission", func(t *testing.T) {
		socket := filepath.Join(dir, "s")
		if err := os.WriteFile(socket, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		got := hinted(file, "unix://"+socket, errDenied)
		for _, part := range []string{"The socket belongs to " + userName(os.Getuid()) + ":", "mode 0700", "you are " + userName(os.Geteuid()), "chmod=0770"} {
			if !strings.Contains(got, part) {
				t.Errorf("%q lacks %q", got, part)
			}
		}
	})
	t.Run("closed directory", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("no directory is closed to root")
		}
		closed := filepath.Join(dir, "closed")
		if err := os.MkdirAll(filepath.Join(closed, "sub"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(closed, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(closed, 0o700) }) // so that it can be removed
		if got := hinted(file, "unix://"+closed+"/sub/s", errDenied); !strings.Contains(got, "The directory "+closed+" is closed to you") {
			t.Errorf("%q", got)
		}
	})
}

// What a name could have meant is told to programs as it is to people.
func TestNameHints(t *testing.T) {
	a := answers{"getAllProcessInfo": crowd, "startProcess apy": fault(10), "startProcess web": fault(10), "startProcess web_00": fault(10),
		"startProcess wbe_00": fault(10), "startProcess zzz": fault(10), "startProcess q*": fault(10), "startProcessGroup wep": fault(10)}
	for name, want := range map[string]string{
		"apy":    `"hints":["Did you mean api?"]`,
		"web":    `"hints":["web is a group: web:* means all of its processes."]`,
		"web_00": `"hints":["web_00 is in the group web: its name is web:web_00."]`,
		"wbe_00": `"hints":["Did you mean web:web_00?"]`,
		"wep:*":  `"hints":["Did you mean web:*?"]`,
		"q*":     `"hints":["No process matches. `,
		"zzz":    `"message":"no such process"}]`,
	} {
		if got, _ := new(ctl).run(t, a, "--json", "start", name); !strings.Contains(got, want) {
			t.Errorf("start %s prints %s, want %s", name, got, want)
		}
	}
	if got, _ := new(ctl).run(t, a, "--json", "stats"); !strings.Contains(got, `"hints":["Did you mean status?"]`) {
		t.Errorf("stats prints %s", got)
	}
}
