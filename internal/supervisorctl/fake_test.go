package supervisorctl

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc"
	"supervisor/xmlrpc/client"
)

// answers is a supervisord whose answers are known beforehand: by the method,
// without its namespace, and the parameters, all divided by blanks. A value that
// is an error is the error of the call.
type answers map[string]any

// Call gives the answer. getVersion has one unless it says otherwise; any other
// call that was not foreseen is an error that shows in the output.
func (a answers) Call(_ context.Context, method string, params ...any) (any, error) {
	key := strings.TrimPrefix(method, "supervisor.")
	for _, p := range params {
		key += fmt.Sprintf(" %v", p)
	}
	answer, ok := a[key]
	if !ok && key == "getVersion" {
		return "3.0", nil
	}
	if !ok {
		return nil, fmt.Errorf("unexpected call: %s", key)
	}
	if err, ok := answer.(error); ok {
		return nil, err
	}
	return answer, nil
}

// Stream serves the text at the path; there is no log where there is none.
func (a answers) Stream(_ context.Context, path string, w io.Writer) error {
	switch answer := a[path].(type) {
	case nil:
		return &client.StatusError{Code: 404, Status: "Not Found", URL: fakeURL + path}
	case error:
		return answer
	default:
		_, err := fmt.Fprint(w, answer)
		return err
	}
}

// fault is the fault of a code, with the text that a server would give it.
func fault(code int) *xmlrpc.Fault { return &xmlrpc.Fault{Code: code, Text: "TEXT"} }

// info is what getProcessInfo answers.
func info(name string, state int, stateName string, pid int, description string) xmlrpc.Struct {
	n := parseName(name)
	return xmlrpc.Struct{
		{Name: "group", Value: n.group}, {Name: "name", Value: n.process},
		{Name: "state", Value: state}, {Name: "statename", Value: stateName},
		{Name: "pid", Value: pid}, {Name: "description", Value: description},
	}
}

// outcome is one result of a method for a group.
func outcome(name string, code int, text string) xmlrpc.Struct {
	n := parseName(name)
	return xmlrpc.Struct{
		{Name: "group", Value: n.group}, {Name: "name", Value: n.process},
		{Name: "status", Value: code}, {Name: "description", Value: text},
	}
}

// twoProcesses is a server with two groups.
var twoProcesses = answers{
	"getAllProcessInfo": []any{
		info("cat", 20, "RUNNING", 5, "pid 5, uptime 0:00:01"),
		info("many:one", 0, "STOPPED", 0, "Not started"), info("many:other", 0, "STOPPED", 0, "Not started")},
	"getSupervisorVersion": "4.2.5",
}

// ctl is one run of the program.
type ctl struct {
	settings string // of [supervisorctl], a line each
	stdin    string
	stderr   string // what was printed there
}

const fakeURL = "unix:///fake.sock"

// run runs the program against a fake server.
func (c *ctl) run(t *testing.T, a answers, args ...string) (stdout string, status int) {
	t.Helper()
	dial := func(settings config.Ctl) (server, error) {
		if settings.ServerURL != fakeURL {
			return nil, valueError("Unknown protocol for serverurl " + settings.ServerURL)
		}
		return a, nil
	}
	return c.runWith(t, dial, args...)
}

// always is a way to reach one server, whatever the settings are.
func always(a server) dialer { return func(config.Ctl) (server, error) { return a, nil } }

func (c *ctl) runWith(t *testing.T, dial dialer, args ...string) (stdout string, status int) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "supervisord.conf")
	text := "[supervisorctl]\nserverurl=" + fakeURL + "\n" + c.settings
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errOut strings.Builder
	status = run(Invocation{
		Args:          append([]string{"-c", file}, args...),
		Exe:           "/usr/bin/supervisorctl",
		Cwd:           dir,
		Stdin:         strings.NewReader(c.stdin),
		Stdout:        &out,
		Stderr:        &errOut,
		Interruptible: context.WithCancel,
	}, dial)
	c.stderr = errOut.String()
	return out.String(), status
}

// transcript is one line of commands, what it prints and its exit status.
type transcript struct {
	id     string
	line   string
	server answers
	want   string
	status int
}

func runTranscripts(t *testing.T, rows []transcript) {
	for _, row := range rows {
		t.Run(row.id+" "+row.line, func(t *testing.T) {
			got, status := new(ctl).run(t, row.server, strings.Fields(row.line)...)
			if got != row.want || status != row.status {
				t.Errorf("prints %q with status %d\nwant   %q with status %d", got, status, row.want, row.status)
			}
		})
	}
}

// usageOf returns the usage text of a command.
func usageOf(name string) string {
	c, _ := findCommand(name)
	return c.usage
}

var (
	errRefused = &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}
	errMissing = &os.SyscallError{Syscall: "connect", Err: syscall.ENOENT}
	errDenied  = &os.SyscallError{Syscall: "connect", Err: syscall.EACCES}
)
