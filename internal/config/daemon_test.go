package config

import (
	"os"
	"reflect"
	"testing"
)

func TestDaemonDefaults_CFG_130_CFG_131(t *testing.T) {
	s := newSite(t, map[string]string{"F": daemonOnly})
	s.src.Env = append(s.src.Env, "TMPDIR="+s.dir)
	s.src.UID = 1234
	want := Daemon{
		LogFile: s.dir + "/supervisord.log", LogMaxBytes: 50 << 20, LogBackups: 10, PIDFile: s.dir + "/supervisord.pid",
		Umask: 0o22, MinFDs: 1024, MinProcs: 200, ChildLogDir: s.dir, Identifier: "supervisor",
	}
	if got := s.must().Daemon; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDaemon(t *testing.T) {
	testGood(t, []good{
		{"CFG-131 relative files", "[supervisord]\nlogfile=l\npidfile=./p\n", func(c *Config) any { return c.Daemon.LogFile + " " + c.Daemon.PIDFile }, "DIR/l DIR/p"},
		{"CFG-102 home", "[supervisord]\nlogfile=~/l\npidfile=~/p\nchildlogdir=~\n[unix_http_server]\nfile=~/s\n", func(c *Config) any {
			return c.Daemon.LogFile + " " + c.Daemon.PIDFile + " " + c.Daemon.ChildLogDir + " " + c.Servers[0].Path
		}, "DIR/l DIR/p DIR DIR/s"},
		{"syslog", "[supervisord]\nlogfile=syslog\n", func(c *Config) any { return []any{c.Daemon.LogSyslog, c.Daemon.LogFile} }, []any{true, ""}},
		{"a file called none", "[supervisord]\nlogfile=none\n", func(c *Config) any { return c.Daemon.LogFile }, "DIR/none"},
		{"user", "[supervisord]\nuser=root\n", func(c *Config) any { return *c.Daemon.User }, User{"root", 0}},
		{"flags", "[supervisord]\nnodaemon=yes\nsilent=on\nnocleanup=1\nstrip_ansi=true\n", func(c *Config) any {
			return []bool{c.Daemon.NoDaemon, c.Daemon.Silent, c.Daemon.NoCleanup, c.Daemon.StripANSI}
		}, []bool{true, true, true, true}},
	})
	testBad(t, []bad{
		{"CFG-097 level", "[supervisord]\nloglevel=warning", "bad logging level name 'warning'"},
		{"CFG-098 directory of the log file", "[supervisord]\nlogfile=/no-such/y", "The directory named as part of the path /no-such/y does not exist"},
		{"CFG-099 childlogdir", "[supervisord]\nchildlogdir=/no-such", "/no-such is not an existing directory"},
		{"CFG-099 directory", "[supervisord]\ndirectory=/no-such", "/no-such is not an existing directory"},
		{"CFG-101 user", "[supervisord]\nuser=no-such-user", "Invalid user name no-such-user"},
		{"CFG-101 user last", "[supervisord]\nuser=no-such-user\n[program:a]\n", "program section program:a does not specify a command" + inProgramA},
		{"order", "[supervisord]\nloglevel=x\nminprocs=y\n", "invalid literal for int() with base 10: 'y'"},
	})
}

func TestOverrides(t *testing.T) {
	s := newSite(t, map[string]string{"F": "[supervisord]\nuser=no-such-user\nloglevel=error\nlogfile=f\nminfds=5\nidentifier=x\nnodaemon=false\n", "d/x": ""})
	s.src.Overrides = []Override{
		{"user", "0"}, {"loglevel", "DEBUG"}, {"logfile", "d/log"}, {"pidfile", "~/pid"}, {"minfds", "7"}, {"minprocs", "8"}, {"identifier", ""},
		{"nodaemon", ""}, {"silent", ""}, {"nocleanup", ""}, {"strip_ansi", ""}, {"umask", "077"}, {"directory", "d"}, {"childlogdir", "d"},
		{"logfile_maxbytes", "1KB"}, {"logfile_backups", "0"},
	}
	want := Daemon{
		LogFile: s.dir + "/d/log", LogMaxBytes: 1024, LogLevel: -4, PIDFile: s.dir + "/pid", Umask: 0o77, NoDaemon: true, Silent: true,
		MinFDs: 7, MinProcs: 8, NoCleanup: true, ChildLogDir: "d", User: &User{"0", 0}, Directory: "d", StripANSI: true,
	}
	if got := s.must().Daemon; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	s.src.Overrides = []Override{{"logfile", "syslog"}, {"user", "root"}}
	if got := s.must().Daemon; !got.LogSyslog || got.LogFile != "" {
		t.Errorf("syslog: %+v", got)
	}
	s.src.Overrides = []Override{{"logfile", ""}, {"pidfile", ""}, {"user", "root"}}
	if got := s.must().Daemon; got.LogFile != s.dir+"/f" || got.PIDFile != s.dir+"/supervisord.pid" {
		t.Errorf("empty names: %+v", got)
	}
	s.src.Overrides = []Override{{"user", "nobody-there"}}
	if _, err := s.load(); err == nil || err.Error() != "Invalid user name nobody-there" {
		t.Errorf("user: %v", err)
	}
	// What is overridden is checked nevertheless.
	s = newSite(t, map[string]string{"F": "[supervisord]\nloglevel=x\n"})
	s.src.Overrides = []Override{{"loglevel", "info"}}
	if _, err := s.load(); err == nil || err.Error() != "bad logging level name 'x'" {
		t.Errorf("file below an override: %v", err)
	}
}

func TestCheckOverride(t *testing.T) {
	src := Source{Cwd: t.TempDir(), UID: os.Getuid()}
	for _, tt := range []struct{ key, value, err string }{
		{"loglevel", "foo", "bad logging level name 'foo'"}, {"loglevel", "", "bad logging level name ''"}, {"umask", "9", "9 can not be converted to an octal type"},
		{"directory", "/no-such", "/no-such is not an existing directory"}, {"childlogdir", "rel", "rel is not an existing directory"},
		{"logfile", "/no-such/x", "The directory named as part of the path /no-such/x does not exist"}, {"pidfile", "no/x", "The directory named as part of the path no/x does not exist"},
		{"logfile_maxbytes", "1.5MB", "invalid literal for int() with base 10: '1.5'"}, {"logfile_backups", "x", "invalid literal for int() with base 10: 'x'"},
		{"minfds", "x", "invalid literal for int() with base 10: 'x'"}, {"minprocs", "", "invalid literal for int() with base 10: ''"}, {"nonsense", "1", "cannot override nonsense"},
		{"logfile", "syslog", ""}, {"logfile", "x", ""}, {"user", "no-such-user", ""}, {"nodaemon", "", ""}, {"identifier", "", ""},
	} {
		message := ""
		if err := CheckOverride(src, Override{tt.key, tt.value}); err != nil {
			message = err.Error()
		}
		if message != tt.err {
			t.Errorf("%s=%s: got %q, want %q", tt.key, tt.value, message, tt.err)
		}
	}
}
