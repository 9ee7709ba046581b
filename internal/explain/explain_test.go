package explain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"supervisor/internal/shell"
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
		{"sh: 0: cannot open app.sh: No such file", "missing-file"},
		{"Can't open perl script \"app.pl\": No such file or directory", "missing-file"},
		{"python3: can't open file 'app.py': [Errno 13] Permission denied", "no-permission"},
		{"[Warning] Can't open and lock privilege tables: Table 'mysql.servers' doesn't exist", "exit-status"},
		{"[ERROR] Can't start server : Bind on unix socket: Permission denied", "no-permission"},
		{"sh: 1: foo: not found", "shell-command-not-found"},
		{"bash: line 1: foo: command not found", "shell-command-not-found"},
		{"PermissionError: [Errno 13] Permission denied: '/var/log/app.log'", "no-permission"},
		{"nginx: [emerg] open() \"/etc/nginx/x.conf\" failed (2: No such file or directory)", "missing-file"},
		{"OSError: [Errno 28] No space left on device", "no-space"},
		{"accept4: too many open files", "too-many-files"},
		{"java.lang.OutOfMemoryError: Java heap space", "no-memory"},
		{"\"root\" execution of the PostgreSQL server is not permitted.", "not-as-root"},
		{"mysqld: Please consult the MariaDB Documentation to find out how to run mariadbd as root!", "not-as-root"},
		{"2026-11-26  4:47:51 0 [ERROR] mysqld: unknown option '--daemonize'", "usage"},
		{"Missing privilege separation directory: /run/sshd", "missing-directory"},
		{"sshd re-exec requires execution with an absolute path", "full-path"},
		{"AH00111: Config variable ${APACHE_RUN_DIR} is not defined", "environment"},
		{"redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.", "depends"},
		{"app: unrecognized option '--frobnicate'", "usage"},
		{"something went wrong", "exit-status"},
	} {
		f := failing("app")
		f.Output = Output{Channel: "stderr", Lines: []string{"starting", tt.line}}
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

// Who runs out of memory is told how to get more, as far as that can be said.
func TestMoreMemory(t *testing.T) {
	f := failing("app")
	f.Exit = &Exit{Text: "terminated by SIGKILL", Code: -1, Signal: "SIGKILL", Lived: time.Minute, OutOfMemory: true}
	f.Output = Output{Channel: "stderr", Lines: []string{"connection refused"}} // which is not what it died of
	for _, tt := range []struct {
		limit    Limit
		run, say string
	}{
		{Limit{}, "", "the machine"},
		{Limit{"/sys/fs/cgroup/system.slice/supervisor.service/memory.max", 64 << 20, true}, "systemctl set-property supervisor.service MemoryMax=128M", "the service"},
		{Limit{"/sys/fs/cgroup/memory/my group/memory.limit_in_bytes", 100, true}, "echo 200 > '/sys/fs/cgroup/memory/my group/memory.limit_in_bytes'", "twice as much"},
		{Limit{"/sys/fs/cgroup/memory.max", 1 << 30, false}, "", "the container"},
	} {
		f.Memory = tt.limit
		e := Explain(f)
		if e.Cause != "out-of-memory" || e.Steps[0].Run != tt.run || !strings.Contains(e.Steps[0].Say, tt.say) {
			t.Errorf("%+v: %+v", tt.limit, e)
		}
	}
	f.State, f.Restarts, f.Lives = "RUNNING", 7, []time.Duration{1, 2, 3}
	if e := Explain(f); e.Cause != "out-of-memory" {
		t.Errorf("again and again: %+v", e)
	}
}

func TestMeaning(t *testing.T) {
	for code, want := range map[int]string{1: "of any kind", 2: "wrong use", 126: "cannot be executed", 127: "no such command", 139: "SIGSEGV", 64: "EX_USAGE", 78: "EX_CONFIG", 255: "-1", 17: "nothing in particular"} {
		if got := meaning(&Exit{Code: code}); !strings.Contains(got, want) {
			t.Errorf("%d: %s", code, got)
		}
	}
}

// What is advised about a shell keeps what the shell was told besides, and is of use.
func TestShells(t *testing.T) {
	const group = "true"
	for _, tt := range []struct {
		argv   []string
		behind string // with an & and without a stop
		stop   string
	}{
		{[]string{"bash", "-lc", "cd /srv && ./run"}, "bash -lc 'cd /srv && exec ./run'", "bash -lc 'cd /srv && exec ./run'"},
		{[]string{"/bin/bash", "-o", "pipefail", "-c", "./run", "x"}, "/bin/bash -o pipefail -c 'exec ./run' x", "/bin/bash -o pipefail -c 'exec ./run' x"},
		{[]string{"sh", "-c", "a | b"}, "sh -c 'a | b'", group},
		{[]string{"sh", "-c", "trap : TERM; a; b"}, "sh -c 'trap : TERM; a; b'", group},
		{[]string{"sh", "-c", "find . -exec x {} +; b"}, "sh -c 'find . -exec x {} +; exec b'", "sh -c 'find . -exec x {} +; exec b'"},
	} {
		step := func(f Facts, cause string) string {
			e := Explain(f)
			if e.Cause != cause {
				t.Errorf("%q: %+v", tt.argv, e)
			}
			for _, s := range e.Steps {
				if s.Key != "" {
					return s.Value
				}
			}
			return ""
		}
		f := failing(tt.argv...)
		f.State = "STOPPED"
		f.Exit = &Exit{Text: "terminated by SIGKILL", Code: -1, Signal: "SIGKILL", StopTook: time.Minute, Killed: true}
		if got := step(f, "shell-swallows-signals"); strings.Join(strings.Fields(got), " ") != tt.stop {
			t.Errorf("%q is not to swallow signals: %s, want %s", tt.argv, got, tt.stop)
		}
		f = failing(slices.Clone(tt.argv)...)
		f.Exit = &Exit{Text: "exit status 0"}
		at, _ := shell.Script(tt.argv)
		f.Command.Args[at] += " &"
		if got := step(f, "shell-background"); strings.Join(strings.Fields(got), " ") != tt.behind {
			t.Errorf("%q is not to go to the background: %s, want %s", tt.argv, got, tt.behind)
		}
	}
}

// A percent sign is doubled where it is to be written into a file.
func TestStepsCanBeWritten(t *testing.T) {
	f := failing("/usr/sbin/nginx", "-c", "100%.conf")
	f.Exit = &Exit{Text: "exit status 0"}
	f.Left = []Process{{PID: 7, Command: "nginx"}}
	for want, stay := range map[string][]string{
		`/usr/sbin/nginx -g "daemon off;" -c 100%%.conf`: {"/usr/sbin/nginx", "-g", "daemon off;", "-c", "100%.conf"},
		`/usr/sbin/nginx -c 100%%.conf -x`:               {"/usr/sbin/nginx", "-c", "100%.conf", "-x"},
		`/usr/sbin/nginx`:                                {"/usr/sbin/nginx"},
	} {
		f.Command.Stay = stay
		e := Explain(f)
		if !slices.Contains(e.Steps, Step{"Keep nginx in the foreground", "program:app", "command", want, "", Nothing}) {
			t.Errorf("%+v", e.Steps)
		}
	}
}

// Whatever the facts, there is an answer, and it does not crash.
func FuzzExplain(f *testing.F) {
	f.Add("FATAL", "nginx -g 'daemon off;'", "Exited too quickly", "bind() failed :80: Address already in use", 1, "SIGKILL", int64(5), 2)
	f.Add("STOPPED", "sh -c 'a; b'", "", "", 0, "", int64(0), 0)
	f.Add("FATAL", "", "", "", 0, "", int64(0), 0)
	f.Add("RUNNING", "", "can't find command", "x", 300, "SIGSEGV", int64(1<<40), 9)
	f.Fuzz(func(t *testing.T, state, command, trouble, line string, code int, signal string, lived int64, kind int) {
		facts := failing(strings.Fields(command)...)
		facts.State, facts.Trouble = state, trouble
		facts.Exit = &Exit{Text: "x", Code: code, Signal: signal, Lived: time.Duration(lived), Killed: kind%2 == 0}
		facts.Output = Output{Channel: "stderr", Lines: []string{line}}
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
