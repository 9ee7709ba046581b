package config

import (
	"fmt"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestProgramDefaults_CFG_150(t *testing.T) {
	s := newSite(t, map[string]string{"F": programOnly})
	g := s.must().Groups[0]
	stream := Stream{Log: Log{Auto: true}, MaxBytes: 50 << 20, Backups: 10}
	want := Process{
		Name: "a", Group: "a", Section: "program:a", Program: "a", Command: "x", Priority: 999, Autostart: true, Autorestart: IfUnexpected,
		StartSecs: time.Second, StartRetries: 3, ExitCodes: []int{0}, StopSignal: syscall.SIGTERM, StopWait: 10 * time.Second,
		Stdout: stream, Stderr: stream,
	}
	if got := *g.Processes[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if g.Name != "a" || g.Kind != Programs || g.Priority != 999 || g.Pool != nil {
		t.Errorf("group %+v", g)
	}
}

// Writing the default of an option, as the manual gives it, changes nothing.
func TestDocumentedDefaults(t *testing.T) {
	required := map[string]string{
		"program:x": "command=x\n", "fcgi-program:x": "command=x\nsocket=tcp://h:1\n", "eventlistener:x": "command=x\nevents=TICK\n",
		"inet_http_server": "port=1\n", "unix_http_server": "file=s\n", "supervisord": "", "group:x": "",
	}
	for _, o := range Options() {
		lines, ok := required[o.Section]
		if !ok || !o.Written {
			continue
		}
		s := newSite(t, map[string]string{
			"F": "[" + o.Section + "]\n" + lines + "[supervisord]\n",
			"G": "[" + o.Section + "]\n" + lines + o.Key + "=" + o.Default + "\n[supervisord]\n",
		})
		without := s.must()
		s.src.File = s.dir + "/G"
		with := s.must()
		with.File, with.inputs = without.File, without.inputs
		if !reflect.DeepEqual(with, without) {
			t.Errorf("[%s] %s=%s is not the default", o.Section, o.Key, o.Default)
		}
	}
}

// Every option has one line of explanation.
func TestOptions(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range Options() {
		id := o.Section + "." + o.Key
		if seen[id] {
			t.Errorf("%s is listed twice", id)
		}
		seen[id] = true
		if o.Meaning == "" || strings.HasSuffix(o.Meaning, ".") || strings.Contains(o.Meaning, "\n") {
			t.Errorf("%s: meaning %q", id, o.Meaning)
		}
		if o.Default == "" {
			t.Errorf("%s: no default in words", id)
		}
	}
	for _, id := range []string{
		"include.files", "supervisord.logfile", "unix_http_server.chmod", "inet_http_server.port", "supervisorctl.prompt", "program:x.command",
		"fcgi-program:x.socket", "eventlistener:x.payload_length", "group:x.programs", "rpcinterface:x.supervisor.rpcinterface_factory",
	} {
		if !seen[id] {
			t.Errorf("%s is not listed", id)
		}
	}
}

func TestPrograms(t *testing.T) {
	log := func(p *Process) any { return p.Stdout.Log }
	testGood(t, []good{
		{"CFG-153 numprocs_start", programOnly + "numprocs=2\nnumprocs_start=5\nprocess_name=p%(process_num)d", names, "a: p5 p6"},
		{"CFG-154 none", programOnly + "numprocs=0", names, "a:"},
		{"CFG-154 less than none", programOnly + "numprocs=-1", names, "a:"},
		{"CFG-156 stopasgroup implies killasgroup", programOnly + "stopasgroup=true", first(func(p *Process) any { return p.KillAsGroup }), true},
		{"killasgroup alone", programOnly + "killasgroup=true", first(func(p *Process) any { return []bool{p.StopAsGroup, p.KillAsGroup} }), []bool{false, true}},
		{"CFG-103 no log", programOnly + "stdout_logfile=none", first(log), Log{}},
		{"CFG-103 log off", programOnly + "stdout_logfile=OFF", first(log), Log{}},
		{"CFG-103 empty log", programOnly + "stdout_logfile=", first(log), Log{}},
		{"CFG-103 automatic log", programOnly + "stdout_logfile=auto", first(log), Log{Auto: true}},
		{"CFG-102 log in the home directory", programOnly + "stderr_logfile=~/x", first(func(p *Process) any { return p.Stderr.Log.Path }), "DIR/x"},
		{"CFG-157 redirected stderr", programOnly + "redirect_stderr=true\nstderr_logfile=x", first(func(p *Process) any { return p.Stderr.Log }), Log{}},
		{"CFG-157 warning", programOnly + "redirect_stderr=true\nstderr_logfile=x", warnings, "For [program:a], redirect_stderr=true but stderr_logfile has also been set to a filename, which is not used"},
		{"CFG-157 warning for each process", programOnly + "redirect_stderr=true\nstderr_logfile=x\nnumprocs=2\nprocess_name=%(process_num)d", func(c *Config) any { return len(c.Notes) }, 2},
		{"CFG-158 syslog as a file", programOnly + "stdout_logfile=syslog", first(func(p *Process) any { return fmt.Sprint(p.Stdout.Log, p.Stdout.Syslog) }), "{false } true"},
		{"CFG-158 warning", programOnly + "stdout_logfile=syslog", warnings, "For [program:a], stdout_logfile=syslog but this is deprecated; stdout_syslog=true does the same"},
		{"CFG-159 no rotation", programOnly + "stdout_logfile_maxbytes=0", warnings, "For [program:a], AUTO logging used for stdout_logfile without rollover; it may fill the disk unless stdout_logfile_maxbytes is set"},
		{"CFG-160 directory", programOnly + "directory=/no-such", first(func(p *Process) any { return p.Directory }), "/no-such"},
		{"CFG-161 empty command", programOnly + "command=", first(command), ""},
		{"server URL", programOnly + "serverurl=http://h", first(func(p *Process) any { return p.ServerURL }), "http://h"},
		{"automatic server URL", programOnly + "serverurl= Auto ", first(func(p *Process) any { return p.ServerURL }), ""},
		{"umask", programOnly + "umask=077", first(func(p *Process) any { return *p.Umask }), uint32(0o77)},
		{"process name is trimmed", programOnly + "process_name=\n x", names, "a: x"},
		{"all the rest", programOnly + "user=root\npriority=1\nautostart=no\nautorestart=yes\nstartsecs=0\nstartretries=0\nexitcodes=\nstopsignal=INT\nstopwaitsecs=1\nstdout_logfile_backups=1\nstdout_capture_maxbytes=1KB\nstdout_events_enabled=on\nstdout_syslog=yes\n",
			first(func(p *Process) any {
				return fmt.Sprint(p.User.UID, p.Priority, p.Autostart, p.Autorestart, p.StartSecs, p.StartRetries, p.ExitCodes, p.StopSignal, p.StopWait, p.Stdout)
			}), "0 1 false true 0s 0 [] interrupt 1s {{true } 52428800 1 1024 true true}"},
	})
	testBad(t, []bad{
		{"CFG-100 user name", programOnly + "user=no-such-user", "Invalid user name no-such-user" + inProgramA},
		{"CFG-100 user id", programOnly + "user=99999999", "Invalid user id 99999999" + inProgramA},
		{"CFG-151 no command", daemonOnly + "[program:a]\n", "program section program:a does not specify a command" + inProgramA},
		{"CFG-152 no process_num", programOnly + "numprocs=2", "%(process_num) must be present within process_name when numprocs > 1" + inProgramA},
		{"CFG-155 stop the group, kill one", programOnly + "stopasgroup=true\nkillasgroup=false", "Cannot set stopasgroup=true and killasgroup=false" + inProgramA},
		{"CFG-162 suffix", programOnly + "startsecs=x", "invalid literal for int() with base 10: 'x'" + inProgramA},
		{"CFG-163 ungrouped priority", programOnly + "priority=x", "invalid literal for int() with base 10: 'x'"},
		{"CFG-163 grouped priority", programOnly + "priority=x\n[group:g]\nprograms=a", "invalid literal for int() with base 10: 'x'" + inProgramA},
		{"too many", programOnly + "numprocs=999999999\nprocess_name=%(process_num)d", "cannot have more than 100000 processes" + inProgramA},
		{"too many together", programOnly + "numprocs=60000\nprocess_name=%(process_num)d\n[program:b]\ncommand=x\nnumprocs=60000\nprocess_name=%(process_num)d", "cannot have more than 100000 processes in section 'program:b' (file: 'DIR/F')"},
		{"order of reading", programOnly + "directory=%(x)s\nenvironment=A=\n", "Unexpected end of key/value pairs in value '***'" + inProgramA},
	})
}

func TestFastCGI(t *testing.T) {
	const fcgi = daemonOnly + "[fcgi-program:a]\ncommand=x\n"
	socket := func(c *Config) any { return *c.Groups[0].Processes[0].Socket }
	testGood(t, []good{
		{"tcp", fcgi + "socket=tcp://LocalHost:9000\nsocket_backlog=5", socket, Socket{URL: "tcp://localhost:9000", Host: "localhost", Port: 9000, Backlog: 5, Owner: KeepOwner}},
		{"unix", fcgi + "socket=unix:///a/../b", socket, Socket{URL: "unix:///b", Path: "/b", Mode: 0o700, Owner: KeepOwner}},
		{"owner and mode", fcgi + "socket=unix:///b\nsocket_owner=0:0\nsocket_mode=0660", socket, Socket{URL: "unix:///b", Path: "/b", Mode: 0o660, Owner: Owner{0, 0}}},
		{"CFG-174 names", fcgi + "socket=unix://%(here)s/%(program_name)s", func(c *Config) any { return c.Groups[0].Processes[0].Socket.Path }, "DIR/a"},
		{"kind", fcgi + "socket=tcp://h:1", func(c *Config) any { return c.Groups[0].Kind }, FastCGI},
		{"one for all", fcgi + "socket=tcp://h:1\nnumprocs=2\nprocess_name=%(process_num)d", func(c *Config) any {
			p := c.Groups[0].Processes
			return p[0].Socket == p[1].Socket
		}, true},
		{"in a group", fcgi + "socket=tcp://h:1\n[group:g]\nprograms=a", func(c *Config) any { return c.Groups[0].Processes[0].Socket.URL }, "tcp://h:1"},
		{"in two groups", fcgi + "socket=tcp://h:1\n[group:g]\nprograms=a\n[group:h]\nprograms=a", func(c *Config) any {
			return c.Groups[0].Processes[0].Socket == c.Groups[1].Processes[0].Socket
		}, true},
		{"in a group, without a socket", fcgi + "[group:g]\nprograms=a", warnings, `[fcgi-program:a] runs without a socket: [fcgi-program:a] section requires a "socket" line`},
	})
	// The default owner is the user of the program, unless that is us.
	s := newSite(t, map[string]string{"F": fcgi + "socket=unix:///b\nuser=root\n"})
	for uid, want := range map[int]Owner{0: KeepOwner, 1: {0, 0}} {
		s.src.UID = uid
		if got := s.must().Groups[0].Processes[0].Socket.Owner; got != want {
			t.Errorf("owner for uid %d: %v, want %v", uid, got, want)
		}
	}
	testBad(t, []bad{
		{"CFG-170 no socket", fcgi, `[fcgi-program:a] section requires a "socket" line`},
		{"CFG-171 bad format", fcgi + "socket=foo", "('Bad socket format %s', 'foo') in [fcgi-program:a] socket"},
		{"CFG-171 relative path", fcgi + "socket=unix://a", "('Unix socket path %s is not an absolute path', 'a') in [fcgi-program:a] socket"},
		{"CFG-171 port", fcgi + "socket=tcp://h:0", "0 is below lower bound (1) in [fcgi-program:a] socket"},
		{"CFG-172 owner of tcp", fcgi + "socket=tcp://h:1\nsocket_owner=0", "socket_owner and socket_mode params should only be used with a Unix domain socket in [fcgi-program:a] socket"},
		{"CFG-172 mode of tcp", fcgi + "socket=tcp://h:1\nsocket_mode=0700", "socket_owner and socket_mode params should only be used with a Unix domain socket in [fcgi-program:a] socket"},
		{"CFG-173 no backlog", fcgi + "socket=tcp://h:1\nsocket_backlog=0", "Invalid socket_backlog value 0"},
		{"CFG-173 too much backlog", fcgi + "socket=tcp://h:1\nsocket_backlog=65536", "Invalid socket_backlog value 65536"},
		{"CFG-174 group name", fcgi + "socket=%(group_name)s", "Format string '%(group_name)s' for 'fcgi-program:a.socket' contains names ('group_name') which cannot be expanded. Available names: " + envNames + ", here, program_name"},
		{"CFG-175 owner", fcgi + "socket=unix:///b\nsocket_owner=no-such-user", "Invalid socket_owner value no-such-user"},
		{"CFG-175 mode", fcgi + "socket=unix:///b\nsocket_mode=9", "Invalid socket_mode value 9"},
		{"user", fcgi + "socket=unix:///b\nuser=no-such-user", "Invalid user name no-such-user"},
		{"option of a program", fcgi + "socket=unix:///b\nstartsecs=x", "invalid literal for int() with base 10: 'x' in section 'fcgi-program:a' (file: 'DIR/F')"},
	})
}
