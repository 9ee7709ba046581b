package explain

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// failing is a process that has given up.
func failing(args ...string) Facts {
	return Facts{
		Name: "app", Section: "program:app", State: "FATAL",
		Options: Options{Command: strings.Join(args, " "), StartSecs: time.Second, Autorestart: "unexpected", ExitCodes: []int{0}, StopSignal: "TERM", StopWait: 10 * time.Second},
		Command: Command{Args: args},
		Trouble: "Exited too quickly (process log may have details)",
		Exit:    &Exit{Text: "exit status 1", Code: 1, Lived: 20 * time.Millisecond},
	}
}

// Each well-known program is kept in the foreground, and one that is kept
// already is left alone.
func TestForeground(t *testing.T) {
	for _, tt := range []struct{ command, want string }{
		{"nginx", "nginx -g|daemon off;"},
		{"/usr/sbin/nginx -c /etc/n.conf", "/usr/sbin/nginx -c /etc/n.conf -g|daemon off;"},
		{"redis-server /etc/redis.conf --daemonize yes", "redis-server /etc/redis.conf --daemonize no"},
		{"php-fpm8.2 -D", "php-fpm8.2 --nodaemonize"},
		{"apache2ctl start", "apache2ctl -D FOREGROUND"},
		{"cron", "cron -f"},
		{"crond", "crond -n"},
		{"mysqld --daemonize --user=mysql", "mysqld --user=mysql"},
		{"mysqld --user=mysql", ""},
		{"mariadbd", ""},
		{"postgres -D /data", ""},
		{"pg_ctl -D /data start", "postgres -D /data"},
		{"gunicorn -D app:app", "gunicorn app:app"},
		{"gunicorn app:app", ""},
		{"uwsgi --ini a.ini --daemonize /var/log/a.log", "uwsgi --ini a.ini"},
		{"uwsgi --daemonize=/var/log/a.log --ini a.ini", "uwsgi --ini a.ini"},
		{"haproxy -D -f h.cfg", "haproxy -f h.cfg -db"},
		{"exim4 -bd -q30m", "exim4 -q30m -bdf"},
		{"postfix start", "postfix start-fg"},
		{"squid", "squid -N"},
		{"named -u bind", "named -u bind -f"},
		{"mongod --fork --dbpath /d", "mongod --dbpath /d"},
		{"sshd -D -e", ""},
		{"dockerd", ""},
		{"my-own-server", ""},
		{"", ""},
	} {
		command, known := Foreground(strings.Fields(tt.command))
		want := strings.Split(strings.ReplaceAll(tt.want, "|", "\x00"), " ")
		for i := range want {
			want[i] = strings.ReplaceAll(want[i], "\x00", "|")
		}
		got := strings.ReplaceAll(strings.Join(command, " "), "-g daemon off;", "-g|daemon off;")
		if known != (tt.want != "") || known && got != tt.want {
			t.Errorf("%q: %q, %v; want %q", tt.command, got, known, tt.want)
		}
	}
}

// What the programs below write is understood.
func TestWordsOfTrouble(t *testing.T) {
	for _, tt := range []struct{ line, cause string }{
		{"nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", "port-in-use"},
		{"Error: listen EADDRINUSE: address already in use :::3000", "port-in-use"},
		{"nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)", "no-port-permission"},
		{"app: error while loading shared libraries: libfoo.so.1: cannot open shared object file: No such file or directory", "missing-library"},
		{"ModuleNotFoundError: No module named 'flask'", "missing-module"},
		{"Error: Cannot find module '/srv/app/server.js'", "missing-module"},
		{"python3: can't open file '/srv/app.py': [Errno 2] No such file or directory", "missing-file"},
		{"Error: Unable to access jarfile app.jar", "missing-file"},
		{"sh: 1: foo: not found", "shell-command-not-found"},
		{"bash: line 1: foo: command not found", "shell-command-not-found"},
		{"PermissionError: [Errno 13] Permission denied: '/var/log/app.log'", "no-permission"},
		{"nginx: [emerg] open() \"/etc/nginx/x.conf\" failed (2: No such file or directory)", "missing-file"},
		{"OSError: [Errno 28] No space left on device", "no-space"},
		{"accept4: too many open files", "too-many-files"},
		{"java.lang.OutOfMemoryError: Java heap space", "no-memory"},
		{"\"root\" execution of the PostgreSQL server is not permitted.", "not-as-root"},
		{"Missing privilege separation directory: /run/sshd", "missing-directory"},
		{"sshd re-exec requires execution with an absolute path", "full-path"},
		{"AH00111: Config variable ${APACHE_RUN_DIR} is not defined", "environment"},
		{"redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.", "depends"},
		{"app: unrecognized option '--frobnicate'", "usage"},
		{"something went wrong", "exit-status"},
	} {
		f := failing("app")
		f.Output = Output{"stderr", []string{"starting", tt.line}}
		if e := Explain(f); e.Cause != tt.cause || e.Answer == "" {
			t.Errorf("%q: the cause is %s, want %s; %s", tt.line, e.Cause, tt.cause, e.Answer)
		}
	}
}

func TestWantedPort(t *testing.T) {
	for _, tt := range []struct {
		line, args string
		want       int
	}{
		{"bind() to 0.0.0.0:8080 failed (98: Address already in use)", "nginx", 8080},
		{"OSError: [Errno 98] Address already in use", "app --port 8081", 8081},
		{"OSError: [Errno 98] Address already in use", "app -b 127.0.0.1:8082", 8082},
		{"OSError: [Errno 98] Address already in use", "python3 -m http.server 8083", 8083},
		{"Address already in use", "app", 0},
		{"2026/11/26 00:05:09 [emerg] 1#1: bind() to 127.0.0.1:21807 failed (98: Address already in use)", "nginx", 21807},
		{"all is well", "app --port 8084", 0},
	} {
		if got := WantedPort([]string{tt.line}, strings.Fields(tt.args)); got != tt.want {
			t.Errorf("%q, %q: %d, want %d", tt.line, tt.args, got, tt.want)
		}
	}
}

// A killed process that the kernel may have killed is told from one that
// somebody has killed by way of supervisord.
func TestKilled(t *testing.T) {
	f := failing("app")
	f.State = "EXITED"
	f.Exit = &Exit{Text: "terminated by SIGKILL", Code: -1, Signal: "SIGKILL", Lived: time.Minute, OutOfMemory: true}
	if e := Explain(f); e.Cause != "out-of-memory" {
		t.Errorf("%+v", e)
	}
	f.Exit.OutOfMemory, f.Exit.Asked = false, "SIGKILL"
	if e := Explain(f); e.Cause != "signal" && e.Cause != "signalled" || !strings.Contains(e.Answer, "somebody had supervisord") {
		t.Errorf("%+v", e)
	}
}

func TestMeaning(t *testing.T) {
	for code, want := range map[int]string{1: "of any kind", 2: "wrong use", 126: "cannot be executed", 127: "no such command", 139: "SIGSEGV", 64: "EX_USAGE", 78: "EX_CONFIG", 255: "-1", 17: "nothing in particular"} {
		if got := meaning(&Exit{Code: code}); !strings.Contains(got, want) {
			t.Errorf("%d: %s", code, got)
		}
	}
}

// A percent sign is doubled where it is to be written into a file.
func TestStepsCanBeWritten(t *testing.T) {
	f := failing("/usr/sbin/nginx", "-c", "100%.conf")
	f.Exit = &Exit{Text: "exit status 0"}
	f.Left = []Process{{PID: 7, Command: "nginx"}}
	e := Explain(f)
	want := Step{"Keep nginx in the foreground", "program:app", "command", `/usr/sbin/nginx -c 100%%.conf -g "daemon off;"`, "", Nothing}
	if !slices.Contains(e.Steps, want) {
		t.Errorf("%+v", e.Steps)
	}
}

// Whatever the facts, there is an answer, and it does not crash.
func FuzzExplain(f *testing.F) {
	f.Add("FATAL", "nginx -g 'daemon off;'", "Exited too quickly", "bind() failed :80: Address already in use", 1, "SIGKILL", int64(5), 2)
	f.Add("STOPPED", "sh -c 'a; b'", "", "", 0, "", int64(0), 0)
	f.Add("RUNNING", "", "can't find command", "x", 300, "SIGSEGV", int64(1<<40), 9)
	f.Fuzz(func(t *testing.T, state, command, trouble, line string, code int, signal string, lived int64, kind int) {
		facts := failing(strings.Fields(command)...)
		facts.State, facts.Trouble = state, trouble
		facts.Exit = &Exit{Text: "x", Code: code, Signal: signal, Lived: time.Duration(lived), Killed: kind%2 == 0}
		facts.Output = Output{"stderr", []string{line}}
		facts.Command.Kind = Kind(kind)
		facts.Restarts, facts.Lives = kind, []time.Duration{1, 2, 3}
		for _, left := range [][]Process{nil, {{PID: 3, Command: command}}} {
			facts.Left = left
			if e := Explain(facts); e.Answer == "" || e.Cause == "" {
				t.Errorf("%+v", e)
			}
		}
		facts.Exit = nil
		if e := Explain(facts); e.Answer == "" {
			t.Errorf("%+v", e)
		}
	})
}
