package supervisorctl

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc"
	"supervisor/xmlrpc/client"
)

// The commands that ask for the version first, and those that do not.
var (
	checkedLines   = []string{"status", "pid", "start x", "stop x", "restart x", "signal HUP x", "clear x", "tail x", "maintail", "fg x", "version"}
	uncheckedLines = []string{"avail", "reread", "add x", "remove x", "update", "reload"}
)

// broken is a server that meets every first call of a command with the error.
func broken(err error) answers {
	return answers{"getVersion": err, "getAllConfigInfo": err, "reloadConfig": err, "addProcessGroup x": err,
		"removeProcessGroup x": err, "restart": err, "shutdown": err}
}

func TestCheck(t *testing.T) {
	const (
		noNamespace = "Sorry, supervisord responded but did not recognize the supervisor namespace commands that " +
			"supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled " +
			"in the configuration file (see sample.conf).\n"
		otherVersion = "Sorry, this version of supervisorctl expects to talk to a server with API version 3.0, " +
			"but the remote version is 2.0.\n"
	)
	for _, test := range []struct {
		id     string
		server answers
		want   string
		status int // of all but status
		own    int // of status
	}{
		{"CTL-007", broken(errRefused), fakeURL + " refused connection\n", 4, 4},
		{"CTL-008", broken(errMissing), fakeURL + " no such file\n", 7, 4},
		{"CTL-009", broken(errDenied), "error: <class 'PermissionError'>, [Errno 13] Permission denied: file: supervisorctl line: 0\n", 1, 1},
		{"CTL-010", broken(&net.DNSError{IsNotFound: true}), "error: <class 'socket.gaierror'>, [Errno -2] Name or service not known: file: supervisorctl line: 0\n", 1, 1},
		{"CTL-012", broken(fault(1)), noNamespace, 3, 4},
		{"CTL-013", answers{"getVersion": "2.0"}, otherVersion, 5, 4},
		{"CTL-014", broken(&client.StatusError{Code: 401, Status: "Unauthorized"}), "Server requires authentication\n", 1, 1},
		{"CTL-016", broken(fault(6)), "error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'TEXT'>: file: supervisorctl line: 0\n", 1, 1},
	} {
		for _, line := range checkedLines {
			status := test.status
			if line == "status" {
				status = test.own
			}
			runTranscripts(t, []transcript{{test.id, line, test.server, test.want, status}})
		}
	}
	// The check comes before a look at the arguments.
	for _, line := range []string{"start", "stop", "restart", "signal", "clear", "tail", "maintail a b", "fg"} {
		runTranscripts(t, []transcript{{"CTL-008", line, broken(errMissing), fakeURL + " no such file\n", 7}})
	}
	for _, line := range uncheckedLines {
		runTranscripts(t, []transcript{
			{"CTL-007", line, broken(errRefused), "error: <class 'ConnectionRefusedError'>, [Errno 111] Connection refused: file: supervisorctl line: 0\n", 1},
			{"CTL-008", line, broken(errMissing), "error: <class 'FileNotFoundError'>, [Errno 2] No such file or directory: file: supervisorctl line: 0\n", 1},
			{"CTL-014", line, broken(&client.StatusError{Code: 401, Status: "Unauthorized"}), "Server requires authentication\n", 1},
		})
	}
}

func TestPythonError(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("cannot call: %w", fault(6)), "<class 'xmlrpc.client.Fault'>, <Fault 6: 'TEXT'>"},
		{&client.StatusError{Code: 500, Status: "Internal Server Error"},
			"<class 'xmlrpc.client.ProtocolError'>, <ProtocolError for 127.0.0.1/RPC2: 500 Internal Server Error>"},
		{&net.DNSError{IsTemporary: true}, "<class 'socket.gaierror'>, [Errno -3] Temporary failure in name resolution"},
		{&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, "<class 'OSError'>, [Errno 113] No route to host"},
		{syscall.ECONNRESET, "<class 'ConnectionResetError'>, [Errno 104] Connection reset by peer"},
		{syscall.EPIPE, "<class 'BrokenPipeError'>, [Errno 32] Broken pipe"},
		{syscall.ETIMEDOUT, "<class 'TimeoutError'>, [Errno 110] Connection timed out"},
		{errNoAnswer, "<class 'EOFError'>, EOF when reading a line"},
		{errors.New("no sense"), "<class 'xmlrpc.client.ResponseError'>, no sense"},
	} {
		class, detail := pythonError(test.err)
		if got := class + ", " + detail; got != test.want {
			t.Errorf("%v: %s, want %s", test.err, got, test.want)
		}
	}
}

func TestCommandLine(t *testing.T) {
	a := answers{"getSupervisorVersion": "4.2.5"}
	for _, test := range []struct {
		id     string
		args   []string
		stdout string
		stderr string // of the first line, after Error:
		status int
	}{
		{"CTL-002", []string{"-x"}, "", "option -x not recognized", 2},
		{"CTL-002 no -v", []string{"-v"}, "", "option -v not recognized", 2},
		{"CTL-002 no --version", []string{"--version"}, "", "option --version not recognized", 2},
		{"CTL-003", []string{"-s", "foo"}, "", "invalid value for -s 'foo': value 'foo' is not a URL", 2},
		{"CTL-003 no rest", []string{"--server=http://"}, "", "invalid value for --serverurl 'http://': value 'http://' is not a URL", 2},
		{"CTL-003 no scheme", []string{"-s", "127.0.0.1:9001"}, "", "invalid value for -s '127.0.0.1:9001': value '127.0.0.1:9001' is not a URL", 2},
		{"CTL-011", []string{"-s", "ftp://x", "version"}, "error: <class 'ValueError'>, Unknown protocol for serverurl ftp://x: file: supervisorctl line: 0\n", "", 1},
		{"twice", []string{"-i", "-i"}, "", "conflicting command line option '-i'", 2},
		{"CTL-017", []string{"foo"}, "*** Unknown syntax: foo\n", "", 1},
		{"CTL-017 words", []string{"foo", "bar"}, "*** Unknown syntax: foo bar\n", "", 1},
		{"CTL-017 quoted", []string{"'version'"}, "*** Unknown syntax: 'version'\n", "", 1},
		{"CTL-018", []string{""}, "", "", 0},
		{"CTL-018 blanks", []string{" ", " "}, "", "", 0},
		{"CTL-180", []string{"version"}, "4.2.5\n", "", 0},
		{"CTL-180 argument", []string{"version", "x"}, "Error: version accepts no arguments\n" + usageOf("version"), "", 1},
		{"CTL-187", []string{"quit"}, "\n", "", 0},
		{"CTL-187 exit", []string{"exit", "x"}, "\n", "", 0},
		{"CTL-194", []string{"?version"}, usageOf("version"), "", 0},
		{"CTL-194 bang", []string{"!ls"}, "*** Unknown syntax: !ls\n", "", 1},
	} {
		t.Run(test.id, func(t *testing.T) {
			var c ctl
			stdout, status := c.run(t, a, test.args...)
			stderr := ""
			if test.stderr != "" {
				stderr = "Error: " + test.stderr + "\nFor help, use /usr/bin/supervisorctl -h\n"
			}
			if stdout != test.stdout || c.stderr != stderr || status != test.status {
				t.Errorf("prints %q and %q with status %d\nwant   %q and %q with status %d",
					stdout, c.stderr, status, test.stdout, stderr, test.status)
			}
		})
	}
	t.Run("missing file", func(t *testing.T) {
		var errOut strings.Builder
		status := run(Invocation{Args: []string{"-c", "/nonexistent.conf", "status"}, Exe: "/bin/ctl", Cwd: "/", Stderr: &errOut}, nil)
		if want := "Error: could not find config file /nonexistent.conf\nFor help, use /bin/ctl -h\n"; errOut.String() != want || status != 2 {
			t.Errorf("%q, %d, want %q", errOut.String(), status, want)
		}
	})
	t.Run("CTL-001", func(t *testing.T) {
		for _, option := range []string{"-h", "-?", "--help"} {
			var out strings.Builder
			status := run(Invocation{Args: []string{option}, Exe: "/bin/ctl", Stdout: &out}, nil)
			first, rest, _ := strings.Cut(out.String(), "\n")
			if first != "supervisorctl -- control applications run by supervisord from the cmd line." || status != 0 {
				t.Errorf("%s prints %q with status %d", option, first, status)
			}
			if !strings.Contains(rest, "\n-i/--interactive -- ") || !strings.Contains(rest, "/bin/ctl [options]") {
				t.Errorf("%s prints %q", option, rest)
			}
		}
	})
}

// What the command line says counts more than what the file says.
func TestSettings(t *testing.T) {
	for _, test := range []struct {
		id, file string
		args     []string
		want     config.Ctl
	}{
		{"CTL-004 file", "username=a\npassword=b\n", nil, config.Ctl{ServerURL: fakeURL, Username: "a", Password: "b"}},
		{"CTL-004 command line", "username=a\npassword=b\n", []string{"-s", "unix://rel", "-u", "c", "--password", "d"},
			config.Ctl{ServerURL: "unix://rel", Username: "c", Password: "d"}},
		{"DIF-035 -r", "history_file=/file\n", []string{"-r", "/given"}, config.Ctl{ServerURL: fakeURL, HistoryFile: "/given"}},
	} {
		t.Run(test.id, func(t *testing.T) {
			var got config.Ctl
			dial := func(c config.Ctl) (server, error) {
				got = c
				return answers{"getSupervisorVersion": "1"}, nil
			}
			c := ctl{settings: test.file}
			c.runWith(t, dial, append(test.args, "version")...)
			got.Prompt = ""
			if got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestShutdownReloadOpen(t *testing.T) {
	runTranscripts(t, []transcript{
		{"CTL-181", "shutdown", answers{"shutdown": true}, "Shut down\n", 0},
		{"CTL-181 argument", "shutdown x", nil, "Error: shutdown accepts no arguments\n" + usageOf("shutdown"), 1},
		{"CTL-182", "shutdown", answers{"shutdown": fault(6)}, "ERROR: already shutting down\n", 0},
		{"CTL-182", "reload", answers{"restart": fault(6)}, "ERROR: already shutting down\n", 1},
		{"CTL-183 refused", "shutdown", answers{"shutdown": errRefused}, "ERROR: " + fakeURL + " refused connection (already shut down?)\n", 1},
		{"CTL-183 missing", "shutdown", answers{"shutdown": errMissing}, "ERROR: " + fakeURL + " no such file (already shut down?)\n", 1},
		{"DIF-015", "reload", answers{"restart": &xmlrpc.Fault{Code: 92, Text: "CANT_REREAD: why"}}, "ERROR: CANT_REREAD: why\n", 1},
		{"CTL-184", "reload", answers{"restart": true}, "Restarted supervisord\n", 0},
		{"CTL-184 argument", "reload x", nil, "Error: reload accepts no arguments\n" + usageOf("reload"), 1},
		{"CTL-186", "open foo", nil, "ERROR: url must be http:// or unix://\n", 1},
		{"CTL-186 nothing", "open", nil, "ERROR: url must be http:// or unix://\n", 1},
		{"CTL-186 good", "open " + fakeURL, answers{"getAllProcessInfo": []any{info("x", 0, "STOPPED", 0, "")}},
			"x                                STOPPED   \n", 0},
		{"unreachable", "open " + fakeURL, broken(errRefused), fakeURL + " refused connection\n", 0},
		{"broken", "open " + fakeURL, broken(fault(6)), "error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'TEXT'>: file: supervisorctl line: 0\n", 1},
	})
}
