//go:build linux

// Package clients holds the proof that programs which other people wrote for
// Supervisor need no change: each does the same with Supervisor and with us, and
// must see the same.
//
// The clients come from the package registries of their languages, in the
// versions that are pinned here, and from Debian; each is in a file of its own.
// One that cannot be had is skipped by its name, but not in CI. The package has
// tests only.
package clients

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"supervisor/internal/wire"
	"supervisor/test/stage"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "listen" {
		listen(os.Args[2])
		return
	}
	os.Exit(stage.Main(m))
}

// configuration is what the clients find: a server with a password, one without,
// and a program in each state that lasts.
const configuration = `[supervisord]
identifier=clients
logfile=$DIR/supervisord.log
pidfile=$DIR/supervisord.pid
childlogdir=$DIR
[unix_http_server]
file=$DIR/socket
[inet_http_server]
port=127.0.0.1:$PORT
username=user
password=pass
[inet_http_server:open]
port=127.0.0.1:$PORT2
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:cat]
command=/bin/cat
startsecs=0
[program:talker]
command=/bin/sh -c 'echo to stdout; echo "ünïcode <&>" >&2; exec cat'
stdout_logfile=$DIR/talker.out
stderr_logfile=$DIR/talker.err
startsecs=0
[program:three]
command=/bin/sh -c 'exit 3'
startsecs=0
autorestart=false
[program:quick]
command=/bin/sh -c 'exit 1'
startsecs=5
startretries=0
[program:idle]
command=/bin/cat
autostart=false
startsecs=1
[program:speaker]
command=/bin/sh -c 'printf "before<!--XSUPERVISOR:BEGIN-->hello <&> ünï<!--XSUPERVISOR:END-->after"; read -r _; exit 4'
stdout_capture_maxbytes=1KB
autostart=false
autorestart=false
startsecs=0
[group:pair]
programs=one,two
[program:one]
command=/bin/cat
autostart=false
startsecs=0
[program:two]
command=/bin/cat
autostart=false
startsecs=0
`

// compare lets a client visit both daemons, in the same state, and compares what
// it says. want is something that it says only if it works at all.
func compare(t *testing.T, extra, want string, visit func(t *testing.T, s *stage.Stage) string) {
	t.Helper()
	stage.RequireReference(t)
	t.Parallel()
	said := make(map[stage.Programs]string)
	ours := stage.Ours()
	for _, programs := range []stage.Programs{stage.Reference, ours} {
		s := stage.New(t, configuration+extra)
		d := s.Start(programs, nil)
		for name, state := range map[string]wire.ProcessState{"cat": wire.Running, "quick": wire.Fatal, "talker": wire.Running, "three": wire.Exited} {
			s.AwaitState(name, state)
		}
		s.Await("the words of talker", func() bool { return s.Read("talker.out") != "" && s.Read("talker.err") != "" })
		said[programs] = normal(s, visit(t, s))
		s.Call("supervisor.shutdown")
		if out, err := d.End(); err != nil {
			t.Errorf("the daemon ended with %v:\n%s", err, out)
		}
	}
	theirs, got := said[stage.Reference], said[ours]
	if !strings.Contains(theirs, want) {
		t.Fatalf("with Supervisor the client does not say %q, but\n%s", want, theirs)
	}
	if got != theirs {
		t.Error(diff(theirs, got))
	}
}

// What differs from one run to the next.
var (
	moments = regexp.MustCompile(`\b1[6-9]\d{8}\b`)
	pids    = regexp.MustCompile(`(?im)(\bpid["']?[ :=,]+'?)[1-9]\d*`)
	uptimes = regexp.MustCompile(`uptime \d+:\d\d:\d\d`)
	dates   = regexp.MustCompile(`[A-Z][a-z]{2} [0-3]\d [01]\d:[0-5]\d [AP]M`)
	stamps  = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}`)
	serials = regexp.MustCompile(`\bserial:\d+`)
	lengths = regexp.MustCompile(`(PROCESS_(?:STATE|COMMUNICATION)\w*.*?\blen['":, ]+)\d+`) // of payloads with a pid
	answers = regexp.MustCompile(`(?m)^supervisor> (\d+|4\.\d\.\d)$`)                       // of the commands pid and version
	autos   = regexp.MustCompile(`---clients-\w{8}\.log`)
)

func normal(s *stage.Stage, text string) string {
	text = strings.NewReplacer(s.Dir, "DIR", s.Ports[0], "PORT", s.Ports[1], "PORT2").Replace(text)
	text = moments.ReplaceAllString(text, "MOMENT")
	text = pids.ReplaceAllString(text, "${1}PID")
	text = uptimes.ReplaceAllString(text, "uptime UP")
	text = dates.ReplaceAllString(text, "DATE")
	text = stamps.ReplaceAllString(text, "STAMP")
	text = lengths.ReplaceAllString(text, "${1}LENGTH")
	text = answers.ReplaceAllString(text, "supervisor> NUMBER")
	text = autos.ReplaceAllString(text, "---clients-AUTO.log")
	return serials.ReplaceAllString(text, "serial:N")
}

// diff shows the lines in which two texts differ.
func diff(theirs, ours string) string {
	var b strings.Builder
	a, o := strings.Split(theirs, "\n"), strings.Split(ours, "\n")
	for i := range max(len(a), len(o)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(o) {
			y = o[i]
		}
		if x != y {
			fmt.Fprintf(&b, "with Supervisor: %s\nwith us:         %s\n", x, y)
		}
	}
	return b.String()
}

// run runs a client to its end and returns what it writes to stdout.
func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), stage.Patience)
	defer cancel()
	limited := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	limited.Dir, limited.Env = cmd.Dir, cmd.Env
	out, err := limited.Output()
	if err != nil {
		var stderr string
		if exit, ok := err.(*exec.ExitError); ok {
			stderr = string(exit.Stderr)
		}
		t.Fatalf("%v: %v\n%s%s", cmd.Args, err, out, stderr)
	}
	return string(out)
}
