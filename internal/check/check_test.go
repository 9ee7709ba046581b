package check

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"supervisor/internal/config"
)

// stage is a world that is made up. Directories are there if a file is in them.
type stage struct {
	files  map[string]Info
	texts  map[string]string
	groups map[int][]int
}

func (s stage) Stat(path string) (Info, error) {
	if info, ok := s.files[path]; ok {
		return info, nil
	}
	for file := range s.files {
		if strings.HasPrefix(file, strings.TrimSuffix(path, "/")+"/") {
			return Info{Mode: fs.ModeDir | 0o755}, nil
		}
	}
	return Info{}, fs.ErrNotExist
}

func (s stage) Head(path string) string { return s.texts[path] }
func (s stage) Groups(uid int) []int    { return s.groups[uid] }

// ordinary is a stage with a few programs. The user daemon is 1 on all systems.
func ordinary() stage {
	program := Info{Mode: 0o755}
	return stage{
		files: map[string]Info{
			"/bin/sh": program, "/bin/cat": program, "/usr/bin/env": program, "/usr/sbin/nginx": program, "/opt/app/run": program,
			"/opt/closed":        {Mode: fs.ModeDir | 0o700},
			"/opt/closed/run":    program,
			"/opt/group/run":     {Mode: 0o750, GID: 42},
			"/opt/owner/run":     {Mode: 0o500, UID: 1},
			"/opt/other/run":     {Mode: 0o700},
			"/opt/script":        program,
			"/opt/plain":         program,
			"/opt/binary":        program,
			"/opt/nothing-there": {Mode: fs.ModeDir | 0o755},
		},
		texts: map[string]string{
			"/opt/script": "#!/usr/bin/env ruby\n", "/opt/plain": "echo hello\n", "/opt/binary": "\x7fELF\x02\x01\x01\x00",
		},
		groups: map[int][]int{1: {42}},
	}
}

// look checks a text, in which DIR is its directory.
func look(t *testing.T, text string, w World) []Finding {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "F")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "DIR", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	return Check(config.Source{File: file, Cwd: dir, Env: []string{"PATH=/usr/bin:/bin", "HOME=/root"}, Hostname: "h"}, w)
}

const daemon = "[supervisord]\nuser=root\n"

// Each row is a [program:p] and the codes of what is found, in order.
func TestPrograms(t *testing.T) {
	for _, tt := range []struct{ program, codes string }{
		{"command=/bin/cat", ""},
		{"command=cat", ""},
		{"command=/bin/cat ; reads from its input", ""},
		{"command=/bin/cat -f 'a > b' \"c && d\" e\\;f", ""},
		{"command=/bin/cat --url http://h/?a=1&b=2 --match a|b --from *:80 --x=a>b", ""},
		{"command=/bin/cat %(program_name)s 50%%", ""},
		{"command=/bin/sh -c 'exec /bin/cat > /dev/null'", ""},
		{"command=/bin/sh -c 'cd /opt && exec /bin/cat'", ""},
		{"command=/bin/sh -c '/bin/cat $HOME ~ *'", ""},
		{"command=/bin/sh -c 'a; b'\nstopasgroup=true", ""},
		{"command=/bin/sh -c 'while :; do a; done'", "shell-without-exec"},
		{"command=/bin/sh -c 'a | b'", "shell-without-exec"},
		{"command=/bin/sh -lc 'a; b'", "shell-without-exec"},
		{"command=/bin/sh -c 'a &'", "background"},
		{"command=/bin/cat &", "background"},
		{"command=/bin/cat | cat", "shell-syntax"},
		{"command=/bin/cat 2>&1", "shell-syntax"},
		{"command=/bin/cat >/tmp/x", "shell-syntax"},
		{"command=/bin/cat; cat", "shell-syntax"},
		{"command=/bin/cat `date`", "shell-syntax"},
		{"command=/bin/cat $HOME", "not-expanded"},
		{"command=/bin/cat ~/x", "not-expanded"},
		{"command=/bin/cat /tmp/*.txt", "not-expanded"},
		{"command=/bin/cat '$HOME'", ""},
		{"command=/usr/sbin/nginx", "daemonizes"},
		{"command=/bin/sh -c \"cd /; exec /usr/sbin/nginx\"", "daemonizes"},
		{"command=/usr/bin/env A=b /usr/sbin/nginx", "daemonizes"},
		{"command=/usr/sbin/nginx -g \"daemon off;\"", ""},
		{"command=nginx -g \"daemon off;\"", "missing-program"},
		{"command=nginx -g \"daemon off;\"\nenvironment=PATH=\"/usr/sbin\"", ""},
		{"command=nginx", "daemonizes missing-program"},
		{"command=A=b /bin/cat", "assignment-in-command"},
		{"command=cd /opt", "shell-builtin"},
		{"command=service nginx start", "init-script"},
		{"command=/etc/init.d/nginx start", "init-script"},
		{"command=sudo -u www /bin/cat", "wrapper missing-program"},
		{"command=\"/bin/cat -u\"", "quoted-value"},
		{"command=\"/bin/cat\"", ""},
		{"command=/bin/cat 'a", "bad-command"},
		{"command=/bin/sh -c 'a ; b'", "comment-cuts"},
		{"command=/bin/cat ; /bin/cat", "comment-cuts"},
		{"command=bin/cat", "relative-program"},
		{"command=/opt/nothing-there", "not-executable"},
		{"command=/opt/closed/run\nuser=daemon", "not-executable"},
		{"command=/opt/closed/run", ""},
		{"command=/opt/group/run\nuser=daemon", ""},
		{"command=/opt/owner/run\nuser=daemon", ""},
		{"command=/opt/other/run\nuser=daemon", "not-executable"},
		{"command=/opt/script", "bad-interpreter"},
		{"command=/opt/plain", "bad-interpreter"},
		{"command=/opt/binary", ""},
		{"command=/bin/cat\ndirectory=/opt/app", ""},
		{"command=/bin/cat\ndirectory=/opt/app/run", "working-directory"},
		{"command=/bin/cat\ndirectory=/opt/closed\nuser=daemon", "working-directory"},
		{"command=/bin/cat\ndirectory=~/x", "not-expanded"},
		{"command=/bin/cat\nstdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0", ""},
		{"command=/bin/cat\nstdout_logfile=/dev/null", ""},
		{"command=/bin/cat\nstdout_logfile=/dev/fd/1\nstderr_logfile=/dev/fd/2", "device-rotated device-rotated"},
		{"command=/bin/cat\nstdout_logfile=DIR/x\nstderr_logfile=DIR/x", "shared-log"},
		{"command=/bin/cat\nstdout_logfile=DIR/x\nnumprocs=2\nprocess_name=%(process_num)s", "shared-log"},
		{"command=/bin/cat\nstdout_logfile=DIR/x%(process_num)s\nnumprocs=2\nprocess_name=%(process_num)s", ""},
		{"command=/bin/cat\nautorestart=true\nexitcodes=0", ""},
		{"command=/bin/cat\nstartsecs=0\nautorestart=false", ""},
		{"command=/bin/cat\nstartsecs=0", "restart-loop"},
		{"command=/bin/cat\nstartsecs=-1", "negative-number"},
		{"command=/bin/cat\nstopwaitsecs=0", "killed-at-once"},
		{"command=/bin/cat\nenvironment=A=$HOME", "not-expanded"},
		{"comand=/bin/cat", "missing-key unknown-key"},
		{"command=/bin/cat\nevents=TICK", "wrong-section"},
		{"Command=/bin/cat\nAUTOSTART=true", ""},
	} {
		found := look(t, daemon+"[program:p]\n"+tt.program+"\n", ordinary())
		var codes []string
		for _, f := range found {
			codes = append(codes, string(f.Code))
		}
		if got := strings.Join(codes, " "); got != tt.codes {
			var b bytes.Buffer
			if err := WriteText(&b, found); err != nil {
				t.Error(err)
			}
			t.Errorf("%s\nfound %q, want %q\n%s", tt.program, got, tt.codes, &b)
		}
	}
}

// Findings get into logs that others read, so they hold no secret.
func TestSecretsStay(t *testing.T) {
	for _, text := range []string{
		"[inet_http_server]\nport=1\nusername=u\npassword='s3cr3t'\n",
		"[inet_http_server]\nport=1\nusername=u\npassword=s3cr3t #s3cr3t\n[supervisorctl]\nserverurl=http://127.0.0.1:1\npassword=other\n",
		"[inet_http_server]\nport=1\npassword=s3cr3t\npassword=s3cr3t\n[inet_http_serve]\npassword=s3cr3t\n",
		"[program:a]\ncommand=/bin/cat\nenvironment=DB_PASSWORD=\"s3cr3t\",A=$B\n",
		"[program:a]\ncommand=/bin/cat\nenvironment=API_TOKEN=s3cr3t,B=\n",
	} {
		var b bytes.Buffer
		if err := WriteText(&b, look(t, daemon+text, ordinary())); err != nil {
			t.Fatal(err)
		}
		if b.Len() == 0 || strings.Contains(b.String(), "s3cr3t") {
			t.Errorf("%s\nfound:\n%s", text, &b)
		}
	}
}

// Regression: what was to be written was put into the middle of another word, if the
// path of a file had the name of the program, or of the option, in it.
func TestForegroundSuggestions(t *testing.T) {
	for _, tt := range []struct{ command, want string }{
		{"nginx -c /etc/nginx/nginx.conf", `nginx -g "daemon off;" -c /etc/nginx/nginx.conf`},
		{"nginx -c /etc/nginx.conf ; nginx", `nginx -g "daemon off;" -c /etc/nginx.conf ; nginx`},
		{"/usr/bin/env A=nginx nginx -p nginx", `/usr/bin/env A=nginx nginx -g "daemon off;" -p nginx`},
		{`/bin/sh -c "nginx -t && exec nginx -c /srv/nginx.conf"`, `/bin/sh -c "nginx -t && exec nginx -g 'daemon off;' -c /srv/nginx.conf"`},
		{"haproxy -f /etc/my-D.cfg -D", "haproxy -f /etc/my-D.cfg -db"},
		{"gunicorn -c /srv/--daemon.py --daemon app:app", "gunicorn -c /srv/--daemon.py app:app"},
	} {
		got := ""
		for _, f := range look(t, daemon+"[program:p]\ncommand="+tt.command+"\n", ordinary()) {
			if f.Code == daemonizes && f.Suggestion != nil {
				got = *f.Suggestion
			}
		}
		if got != "command="+tt.want {
			t.Errorf("%s: suggests %q, want %q", tt.command, got, tt.want)
		}
	}
}

// The column is that of what is meant.
func TestColumns(t *testing.T) {
	for _, tt := range []struct {
		text         string
		line, column int
	}{
		{daemon + "loglevel = loud\n", 3, 12},
		{daemon + "[program:é]\n  command=/bin/cat ä | b\n", 4, 22},
		{daemon + "[program:p]\ncommand=/bin/sh -c 'é ; b'\n", 4, 23},
		{"  [programm:p]\n" + daemon, 1, 3},
		{"\ufeff" + daemon + "loglevel=loud\r\n", 3, 10},
	} {
		found := look(t, tt.text, ordinary())
		if len(found) == 0 || found[0].Line != tt.line || found[0].Column != tt.column {
			t.Errorf("%q: %+v, want line %d, column %d", tt.text, found, tt.line, tt.column)
		}
	}
}

// The text form is for editors, so it does not change.
func TestText(t *testing.T) {
	var b bytes.Buffer
	suggestion := "a=b\nc=d"
	err := WriteText(&b, []Finding{
		{File: "f", Line: 1, Column: 2, Severity: Error, Code: "x", Section: "s", Key: "k", Message: "bad\n\x1b[1m", Hint: "do", Suggestion: &suggestion},
		{File: "f", Line: 3, Column: 4, Severity: Note, Code: "y", Message: "so"},
		{File: "f\x1b", Line: 5, Column: 6, Severity: Note, Code: "z", Section: "s\x1b[2J", Key: "k\x07\n", Message: "so"},
	})
	const want = "f:1:2: error: [s] k: bad ?[1m [x]\n    do\n    > a=b\n    > c=d\nf:3:4: note: so [y]\n" +
		"f?:5:6: note: [s?[2J] k? : so [z]\n"
	if b.String() != want || err != nil {
		t.Errorf("%s %v", &b, err)
	}
	if err := WriteText(broken{}, nil); err == nil {
		t.Error("it does not say that it cannot be written")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

// beyond are errors that only show when the daemon opens its sockets.
var beyond = []config.Code{socketDirectory, socketPath}

// agree checks that there are errors if and only if the daemon refuses the
// configuration, and that one of them says what the daemon says.
func agree(t *testing.T, src config.Source, w World) {
	t.Helper()
	found := Check(src, w)
	_, err := config.Load(src)
	var refusal *config.Error
	if !errors.As(err, &refusal) {
		for _, f := range found {
			if f.Severity == Error && !slices.Contains(beyond, f.Code) {
				t.Fatalf("it loads, but: %+v", f)
			}
		}
		return
	}
	if !slices.ContainsFunc(found, func(f Finding) bool {
		return f.Severity == Error && f.Code == refusal.Code
	}) {
		t.Fatalf("the daemon says %q (%s), not so:\n%+v", refusal.Text, refusal.Code, found)
	}
}

func FuzzCheck(f *testing.F) {
	dir := f.TempDir()
	for _, l := range []string{
		"", "x", "[supervisord]\nx", "\xff[supervisord]\nlogfile=\xff", "[supervisord]\n[program:a]\ncommand=/bin/sh -c 'a ; b' ; c",
		"[supervisord]\n[program:a]\ncommand=nohup -x\nnumprocs=3\n[program:a]\ncommand=sudo -u\n[group:g]\nprograms=a,,b\n[group:h]\nprograms=a",
		"[supervisord]\n[eventlistener:e]\nevents=x,tick\nstdout_syslog=1\nredirect_stderr=1\n[DEFAULT]\nfoo=bar\n",
		"[supervisord]\nlogfile=NONE\nenvironment=A=$B,C\n  D=~\n[inet_http_server]\nport=1\npassword=1\n[unix_http_server]\nfile=~/x\nchmod=0777\n[supervisorctl]\nserverurl=x\n",
		"[supervisord]\n[program:a]\ncommand=&\n[program:b]\ncommand=| > `\n[program:c]\ncommand=$A ~ nginx\ndirectory='x'\nstdout_logfile=/dev/stdout\nexitcodes=1\n",
	} {
		f.Add(l)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "files") {
			return // so that it does not read all the system
		}
		file := filepath.Join(dir, "F")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		src := config.Source{File: file, Cwd: dir, Env: []string{"HOME=/root"}, UID: 0, Hostname: "h"}
		agree(t, src, ordinary())
		for _, found := range Check(src, ordinary()) {
			if found.Line < 1 || found.Column < 1 || found.EndLine != 0 && found.EndLine <= found.Line || found.Message == "" || found.Severity == "" {
				t.Fatalf("%+v", found)
			}
		}
	})
}
