package config

import (
	"errors"
	"strings"
	"testing"
)

func TestPercent(t *testing.T) {
	known := map[string]value{
		"a": textValue("é\"x'y"), "s": textValue("short"), "c": textValue("Q"), "(b)": textValue("nested"), "": textValue("empty"), "bytes": textValue("gr\xfcn"),
		"n": intValue(42), "z": intValue(-7),
	}
	lookup := func(name string) (value, bool) {
		v, ok := known[name]
		return v, ok
	}
	for _, tt := range []struct{ format, want, err string }{
		{"plain", "plain", ""},
		{"CFG-057 %%h:%%p", "CFG-057 %h:%p", ""},
		{"CFG-040 %(n)02d %(s)s", "CFG-040 42 short", ""},
		{"CFG-041 %(n)03d|%(s)-7s|%(n)x", "CFG-041 042|short  |2a", ""},
		{"%((b))s %()s", "nested empty", ""},
		{"%(n)5d|%(n)-5d|%(n)+d|%(n) d|%(z)05d|%(z)i|%(n)u|%(n)ld", "   42|42   |+42| 42|-0007|-7|42|42", ""},
		{"%(n).4d|%(n)8.4d|%(n)#x|%(n)#06X|%(n)#o|%(n)o", "0042|    0042|0x2a|0X002A|0o52|52", ""},
		{"%(z)x|%(n)-06d|", "-7|42    |", ""},
		{"%(n)e|%(n)f|%(n).1f|%(n)g|%(n)G|%(n)E|%(n)010.2f|%(n)#.0f|%(z)+F", "4.200000e+01|42.000000|42.0|42|42|4.200000E+01|0000042.00|42.|-7.000000", ""},
		{"%(s).2s|%(s)8.3s|%(a)r|%(a)a|%(n)r", `sh|     sho|'é"x\'y'|'\xe9"x\'y'|42`, ""},
		{"%(n)c%(c)c%(c)3c", "*Q  Q", ""},
		{"\xff%(bytes)s|%(bytes)6s|%(bytes).3s", "\xffgr\xfcn|  gr\xfcn|gr\xfc", ""},
		{"%(nope)s", "", "unknown name 'nope'"},
		{"%(nope", "", "incomplete format key"},
		{"%(n)", "", "incomplete format"},
		{"100%", "", "incomplete format"},
		{"%(n).", "", "incomplete format"},
		{"%(n)5", "", "incomplete format"},
		{"%(n)l", "", "incomplete format"},
		{"ab %q", "", "unsupported format character 'q' (0x71) at index 4"},
		{"é%(n)é", "", "unsupported format character '?' (0xe9) at index 5"},
		{"%(n)%", "", "unsupported format character '%' (0x25) at index 4"},
		{"%(s)d", "", "%d format: a real number is required, not str"},
		{"%(s)i", "", "%i format: a real number is required, not str"},
		{"%(s)x", "", "%x format: an integer is required, not str"},
		{"%(s)f", "", "must be real number, not str"},
		{"%(s)c", "", "%c requires int or char"},
		{"%(z)c", "", "%c arg not in range(0x110000)"},
		{"%d", "", "%d format: a real number is required, not dict"},
		{"%s", "", "not enough arguments for format string"},
		{"%(n)s %d", "", "not enough arguments for format string"},
		{"%(s)*d", "", "* wants int"},
		{"%(n)*d", "", "not enough arguments for format string"},
		{"%(n)9999999999d", "", "width too big"},
		{"%(n).9999999999d", "", "precision too big"},
	} {
		got, err := percent(tt.format, lookup)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if got != tt.want || message != tt.err {
			t.Errorf("%q:\ngot  %q, %q\nwant %q, %q", tt.format, got, message, tt.want, tt.err)
		}
	}
}

// A format without directives stands for itself, and what is expanded is not
// expanded again.
func FuzzPercent(f *testing.F) {
	for _, seed := range []string{"%(a)s", "%(n)-+05.3d%%", "%(a)10.2r %(n)#x", "%(((", "%(n)*.*f", "100%", "%(n)hd"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, format string) {
		lookup := func(name string) (value, bool) {
			return map[string]value{"a": textValue("%(a)s"), "n": intValue(-3)}[name], name == "a" || name == "n"
		}
		got, err := percent(format, lookup)
		if err != nil {
			if got != "" {
				t.Fatalf("%q with an error", got)
			}
			return
		}
		if !strings.Contains(format, "%") && got != format {
			t.Fatalf("%q became %q", format, got)
		}
		again, err := percent(strings.ReplaceAll(got, "%", "%%"), lookup)
		if err != nil || strings.ToValidUTF8(again, "\ufffd") != strings.ToValidUTF8(got, "\ufffd") {
			t.Fatalf("%q quoted became %q, %v", got, again, err)
		}
	})
}

func TestExpansion(t *testing.T) {
	testGood(t, []good{
		{"CFG-040 every name", programOnly + "command=%(program_name)s %(process_num)02d %(numprocs)d %(group_name)s %(host_node_name)s %(here)s %(ENV_HOME)s %%", first(command), "a 00 1 a node DIR DIR %"},
		{"CFG-041 width and flags", programOnly + "command=%(process_num)03d|%(program_name)-5s|%(process_num)x", first(command), "000|a    |0"},
		{"CFG-048 directory", programOnly + "directory=/d%(process_num)d", first(func(p *Process) any { return p.Directory }), "/d0"},
		{"CFG-048 log file", programOnly + "stdout_logfile=%(process_num)d.log", first(func(p *Process) any { return p.Stdout.Log.Path }), "0.log"},
		{"CFG-048 process name", programOnly + "process_name=n%(process_num)d", names, "a: n0"},
		{"CFG-049 own variables", programOnly + "environment=FOO=bar\ncommand=%(ENV_FOO)s", first(command), "bar"},
		{"CFG-049 own variables in directory", programOnly + "environment=FOO=bar\ndirectory=%(ENV_FOO)s", first(func(p *Process) any { return p.Directory }), "bar"},
		{"CFG-051 the daemon's variables", "[supervisord]\nenvironment=D=d\n[program:a]\ncommand=%(ENV_D)s", first(command), "d"},
		{"CFG-051 in servers", "[supervisord]\nenvironment=D=9\n[inet_http_server]\nport=%(ENV_D)s", func(c *Config) any { return c.Servers[0].Port }, 9},
		{"CFG-052 the program's go before", "[supervisord]\nenvironment=D=d\n[program:a]\ncommand=%(ENV_D)s\nenvironment=D=p", first(command), "p"},
		{"CFG-053 a listener's too", "[supervisord]\nenvironment=D=d\n[eventlistener:a]\nevents=TICK\ncommand=%(ENV_D)s\nenvironment=D=p", first(command), "p"},
		{"CFG-054 here", programOnly + "command=%(here)s", first(command), "DIR"},
		{"CFG-056 not again", programOnly + "command=%(ENV_PERCENT)s", first(command), "50% %(here)s"},
		{"CFG-057 literal percent", programOnly + "command=%%h:%%p", first(command), "%h:%p"},
		{"CFG-058 log file, once", programOnly + "stdout_logfile=50%%.log", first(func(p *Process) any { return p.Stdout.Log.Path }), "50%.log"},
		{"CFG-058 log file, twice", programOnly + "stdout_logfile=50%%%%.log", first(func(p *Process) any { return p.Stdout.Log.Path }), "50%.log"},
		{"CFG-059 environment, once", "[supervisord]\nenvironment=A=\"50%%\"", func(c *Config) any { return c.Daemon.Environment }, []string{"A=50%"}},
		{"CFG-059 environment, twice", "[supervisord]\nenvironment=A=\"50%%%%\"", func(c *Config) any { return c.Daemon.Environment }, []string{"A=50%"}},
		{"CFG-059 environment, host", "[supervisord]\nenvironment=A=%(host_node_name)s", func(c *Config) any { return c.Daemon.Environment }, []string{"A=node"}},
		{"grouped", daemonOnly + "[group:g]\nprograms=a\n[program:a]\ncommand=%(group_name)s:%(program_name)s", first(command), "g:a"},
	})
	testBad(t, []bad{
		{"CFG-042 unknown name", programOnly + "command=%(foo)s", "Format string '%(foo)s' for 'program:a.command' contains names ('foo') which cannot be expanded. Available names: " + envNames + ", group_name, here, host_node_name, numprocs, process_num, program_name" + inProgramA},
		{"CFG-043 lone percent", programOnly + "command=100%", "Format string '100%' for 'program:a.command' is badly formatted: incomplete format" + inProgramA},
		{"CFG-044 bad conversion", programOnly + "command=ab %q", "Format string 'ab %q' for 'program:a.command' is badly formatted: unsupported format character 'q' (0x71) at index 4" + inProgramA},
		{"CFG-045 number wanted", programOnly + "command=%(program_name)d", "Format string '%(program_name)d' for 'program:a.command' is badly formatted: %d format: a real number is required, not str" + inProgramA},
		{"CFG-046 priority of a program", programOnly + "priority=%(process_num)d", "Format string '%(process_num)d' for 'program:a.priority' contains names ('process_num') which cannot be expanded. Available names: " + envNames + ", here"},
		{"CFG-047 read once", programOnly + "autostart=%(foo)s", "Format string '%(foo)s' for 'program:a.autostart' contains names ('foo') which cannot be expanded. Available names: " + envNames + ", group_name, here, host_node_name, program_name" + inProgramA},
		{"CFG-050 own variable in the same line", programOnly + "environment=A=1,B=%(ENV_A)s", "Format string '***' for 'environment' contains names ('ENV_A') which cannot be expanded. Available names: " + envNames + ", group_name, here, host_node_name, numprocs, process_num, program_name" + inProgramA},
		{"CFG-060 identifier", "[supervisord]\nidentifier=%(host_node_name)s", "Format string '%(host_node_name)s' for 'supervisord.identifier' contains names ('host_node_name') which cannot be expanded. Available names: " + envNames + ", here"},
		{"CFG-062 no here in servers", daemonOnly + "[inet_http_server]\nport=%(here)s", "Format string '%(here)s' for 'inet_http_server.port' contains names ('here') which cannot be expanded. Available names: " + envNames},
		{"daemon's environment", "[supervisord]\nenvironment=A=%(x)s", "Format string '***' for 'supervisord.environment' contains names ('x') which cannot be expanded. Available names: " + envNames + ", here"},
		{"DIF-064 password", daemonOnly + "[inet_http_server]\nport=1\nusername=u\npassword=geheim%(x)s", "Format string '***' for 'inet_http_server.password' contains names ('x') which cannot be expanded. Available names: " + envNames},
		{"DIF-064 password, badly formatted", daemonOnly + "[inet_http_server]\nport=1\nusername=u\npassword=geheim%", "Format string '***' for 'inet_http_server.password' is badly formatted: incomplete format"},
		{"process name", programOnly + "process_name=%(x)s", "Format string '%(x)s' for 'process_name' contains names ('x') which cannot be expanded. Available names: " + envNames + ", group_name, here, host_node_name, numprocs, process_num, program_name" + inProgramA},
	})
}

func TestPlaceHere(t *testing.T) {
	for format, want := range map[string]string{
		"a":               "a",
		"%(here)s/x":      "/d%%/x",
		"%%(here)s":       "%%(here)s",
		"%%%(here)s":      "%%/d%%",
		"%(here)5s":       "%(here)5s",
		"x%(y)s%(here)s%": "x%(y)s/d%%%",
	} {
		if got := placeHere(format, "/d%"); got != want {
			t.Errorf("placeHere(%q) = %q, want %q", format, got, want)
		}
	}
}

// Every option that the manual lists is read, and expanded.
func TestEveryOptionIsExpanded(t *testing.T) {
	required := map[string]string{
		"program:x": "command=x\n", "fcgi-program:x": "command=x\nsocket=tcp://h:1\n", "eventlistener:x": "command=x\nevents=TICK\n",
		"inet_http_server": "port=1\n", "unix_http_server": "file=s\n", "include": "files=\n",
		"rpcinterface:x": mainRPC,
	}
	for _, o := range Options() {
		t.Run(o.Section+"."+o.Key, func(t *testing.T) {
			s := newSite(t, map[string]string{"F": "[supervisord]\n[supervisorctl]\n[" + o.Section + "]\n" + required[o.Section] + o.Key + "=%(nope)s\n"})
			_, err := s.load()
			if o.Section == "supervisorctl" || o.Section == "ctlplugin:x" {
				_, err = LoadCtl(CtlSource{File: s.src.File, Cwd: s.dir})
			}
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.Text, "('nope')") || e.Key != o.Key || e.Section != o.Section {
				t.Errorf("got %v at %q", err, e.Where())
			}
		})
	}
}
