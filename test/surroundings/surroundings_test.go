//go:build linux

// Package surroundings holds the proof that the daemon works wherever Supervisor
// does: as process 1, as root and as anybody, without a terminal and without
// stdin, with more environment than anybody needs, with bytes that are no text.
//
// Each surrounding is a row of one table. In each, both implementations run the
// same programs, and what the programs see and what a client is told must be the
// same. The package has tests only.
//
// A clock that is set is in clock_test.go: the wall clock belongs to the machine, so
// ours is built with another one, and there is nothing to compare with.
package surroundings

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/wire"
	"supervisor/test/stage"
	"supervisor/xmlrpc/client"
)

func TestMain(m *testing.M) { os.Exit(stage.Main(m)) }

// nobody is the user and group that is ordinary everywhere.
const nobody = 65534

// configuration is run in all surroundings; MORE stands for more of its first section.
const configuration = `[supervisord]
logfile=$DIR/supervisord.log
pidfile=$DIR/supervisord.pid
childlogdir=$DIR
MORE
[unix_http_server]
file=$DIR/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:observer]
command=/bin/sh $DIR/observe
stdout_logfile=$DIR/observer.log
redirect_stderr=true
[program:grüße]
command=/bin/sh -c 'echo Grüße von $SUPERVISOR_PROCESS_NAME; exec cat'
stdout_logfile=$DIR/grüße.log
[program:bytes]
command=/usr/bin/printf '\377\376 no text \303\n'
stdout_logfile=$DIR/bytes.log
startsecs=0
autorestart=false
[program:many]
command=/bin/cat
process_name=%(program_name)s_%(process_num)d
numprocs=3
autostart=false
startsecs=0
`

// observer writes down what a program can see of its surroundings.
const observer = `
id -u; id -g; id -G
echo "umask $(umask), in $(pwd)"
ps -o tty= -p $$
(cd /proc/$$/fd && echo descriptors [0-9])
for fd in 0 1 2; do test -p /proc/$$/fd/$fd && echo "$fd is a pipe"; done
echo "leader of its group: $(test "$(ps -o pgid= -p $$ | tr -d ' ')" = $$ && echo yes)"
echo "in the session of its parent: $(test "$(ps -o sid= -p $$)" = "$(ps -o sid= -p $PPID)" && echo yes)"
tr '\0' '\n' </proc/$$/environ | grep -a -c ^MANY_
tr '\0' '\n' </proc/$$/environ | grep -a BYTES | od -An -c
tr '\0' '\n' </proc/$$/environ | grep -a -E '^(SUPERVISOR_|HOME=|USER=)' | sort
echo end
exec cat
`

// surrounding is one row of the table.
type surrounding struct {
	name  string
	root  bool     // only root can make it
	words []string // before the command line of the daemon
	try   []string // a command that must succeed, else this machine cannot
	more  string   // of [supervisord]
	owner int      // of the directory; 0: whoever runs the test
	edit  func(*exec.Cmd)
	want  string // a pattern in what is observed
}

var surroundings = []surrounding{
	{name: "plain", want: `(?s)2 is a pipe.*in the session of its parent: yes`},
	{name: "process 1 of a pid name space", root: true, words: []string{"unshare", "-pf", "--mount-proc"}, try: []string{"unshare", "-pf", "--mount-proc", "true"},
		want: `daemon 1\n`},
	{name: "root with user=", root: true, more: "user=nobody", owner: nobody, want: `(?m)^65534$`},
	{name: "an ordinary user", root: true, owner: nobody, want: `(?m)^65534$`, edit: func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}},
	{name: "closed stdin", words: shell(`exec "$@" <&-`), want: `0 is a pipe`},
	{name: "nothing open", words: shell(`exec "$@" <&- >&- 2>&-`), more: "silent=true", want: `(?m)^descriptors 0 1 2$`},
	{name: "a session without a terminal", words: []string{"setsid", "--wait"}, want: `(?m)^\?`},
	{name: "ignored signals", words: shell(`trap "" HUP INT QUIT TERM; exec "$@"`), want: `end`},
	{name: "a strict umask", words: shell(`umask 077; exec "$@"`), want: `umask 0077`},
	{name: "10,000 environment variables", want: `(?m)^10000$`, edit: func(cmd *exec.Cmd) {
		for i := range 10000 {
			cmd.Env = append(cmd.Env, fmt.Sprintf("MANY_%05d=%s", i, strings.Repeat("x", i%50)))
		}
	}},
	{name: "bytes in the environment", want: `377 376`, edit: func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "BYTES=\xff\xfe \xc3", "BYTES_\xe9=\xa0")
	}},
	{name: "the C locale", want: `end`, edit: func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "LC_ALL=C") }},
	{name: "a machine that has been up for years", root: true, want: `end`,
		words: []string{"unshare", "-T", "--monotonic", "99999999", "--boottime", "99999999", "--fork"},
		try:   []string{"unshare", "-T", "--monotonic", "99999999", "--boottime", "99999999", "--fork", "true"}},
}

func shell(script string) []string { return []string{"/bin/sh", "-c", script, "sh"} }

func TestSurroundings(t *testing.T) {
	for _, row := range surroundings {
		t.Run(row.name, func(t *testing.T) {
			stage.RequireReference(t)
			if row.root && os.Getuid() != 0 {
				t.Skip("only root can make it")
			}
			if row.try != nil {
				if out, err := exec.Command(row.try[0], row.try[1:]...).CombinedOutput(); err != nil {
					t.Skipf("not on this machine: %v: %s", err, out)
				}
			}
			t.Parallel()
			theirs := row.observe(t, stage.Reference)
			ours := row.observe(t, stage.Ours())
			if theirs != ours {
				t.Errorf("with Supervisor:\n%s\nwith us:\n%s", theirs, ours)
			}
			if !regexp.MustCompile(row.want).MatchString(ours) {
				t.Errorf("nothing matches %s in\n%s", row.want, ours)
			}
		})
	}
}

// observe runs a daemon in the surrounding and tells what is seen there. It must
// end with the status 0 when it is asked to.
func (row surrounding) observe(t *testing.T, programs stage.Programs) string {
	t.Helper()
	s := stage.New(t, strings.Replace(configuration, "MORE", row.more, 1))
	s.Write("observe", observer)
	if row.owner != 0 && os.Getuid() == 0 {
		if err := os.Chown(s.Dir, row.owner, row.owner); err != nil {
			t.Fatal(err)
		}
	}
	d := s.Start(programs, row.edit, row.words...)
	c, err := client.New("unix://"+s.Path("socket"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	call := func(method string, params ...any) (any, error) {
		return c.Call(context.Background(), "supervisor."+method, params...)
	}
	s.Await("the observer", func() bool { return strings.Contains(s.Read("observer.log"), "\nend\n") })
	s.Await("the greeting", func() bool { return s.Read("grüße.log") != "" })
	s.Await("the states", func() bool {
		v, err := call("getAllProcessInfo")
		return err == nil && strings.Contains(states(v), "grüße RUNNING") && strings.Contains(states(v), "observer RUNNING") && strings.Contains(states(v), "bytes EXITED")
	})
	var b strings.Builder
	say := func(what string, v any, err error) {
		if err != nil {
			v = err
		}
		fmt.Fprintln(&b, what, v)
	}
	v, err := call("getPID")
	if err != nil {
		t.Fatal(err)
	}
	if pid := strconv.Itoa(v.(int)); pid == "1" {
		say("daemon", 1, nil)
	} else if got := strings.TrimSpace(s.Read("supervisord.pid")); got != pid {
		t.Errorf("the pid file says %s, but the daemon is %s", got, pid)
	}
	// PRO-057: each process of a program that has several is started by its own name.
	v, err = call("startProcess", "many:many_1")
	say("start", v, err)
	v, err = call("readProcessStdoutLog", "grüße", 0, 0)
	say("log", v, err)
	v, err = call("startProcess", "grüße")
	say("again", v, err)
	v, err = call("getAllProcessInfo")
	if err != nil {
		t.Fatal(err)
	}
	say("states", states(v), nil)
	v, err = call("shutdown")
	say("shutdown", v, err)
	if out, err := d.End(); err != nil {
		t.Errorf("%s ended with %v:\n%s", programs, err, out)
	}
	fmt.Fprintf(&b, "bytes %q\n%s", s.Read("bytes.log"), s.Read("observer.log"))
	return strings.ReplaceAll(b.String(), s.Dir, "DIR")
}

// states lists the processes and their states.
func states(v any) string {
	infos, err := wire.ParseProcessInfos(v)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, info := range infos {
		fmt.Fprintf(&b, "\n  %s %s %s", info.Group, info.Name, info.State)
	}
	return b.String()
}
