package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestLoadCtl(t *testing.T) {
	const header = "[supervisorctl]\n"
	for _, tt := range []struct {
		name, file string
		want       Ctl
		err        string
	}{
		{"defaults", header, Ctl{ServerURL: "http://localhost:9001", Prompt: "supervisor"}, ""},
		{"all", header + "serverurl=unix://%(here)s/s\nusername=u\npassword=p%%\nprompt=%(ENV_X)s\nhistory_file=~/h\n", Ctl{"unix://DIR/s", "u", "p%", "1", "DIR/h"}, ""},
		{"CFG-142 relative socket", header + "serverurl=unix://rel.sock", Ctl{ServerURL: "unix://DIR/rel.sock", Prompt: "supervisor"}, ""},
		{"relative history", header + "history_file=h", Ctl{ServerURL: "http://localhost:9001", Prompt: "supervisor", HistoryFile: "DIR/h"}, ""},
		{"CFG-083 include is ignored", header + "[include]\nfiles=%(nope)s", Ctl{ServerURL: "http://localhost:9001", Prompt: "supervisor"}, ""},
		{"other sections are ignored", header + "[supervisord]\nloglevel=%(nope)s\n[program:a]", Ctl{ServerURL: "http://localhost:9001", Prompt: "supervisor"}, ""},
		{"CFG-033 no section", daemonOnly, Ctl{}, ".ini file does not include supervisorctl section"},
		{"CFG-035 syntax", header + "broken\n", Ctl{}, "Source contains parsing errors: 'DIR/F'\n\t[line  2]: 'broken\\n'"},
		{"CFG-061 prompt", header + "prompt=%(here)s", Ctl{}, "Format string '%(here)s' for 'supervisorctl.prompt' contains names ('here') which cannot be expanded. Available names: " + envNames},
		{"CFG-061 username", header + "username=%(here)s", Ctl{}, "Format string '%(here)s' for 'supervisorctl.username' contains names ('here') which cannot be expanded. Available names: " + envNames},
		{"CFG-061 password", header + "password=%(here)s", Ctl{}, "Format string '***' for 'supervisorctl.password' contains names ('here') which cannot be expanded. Available names: " + envNames},
		{"CFG-203 plugin without factory", header + "[ctlplugin:a]\n", Ctl{}, "section [ctlplugin:a] does not specify a supervisor.ctl_factory"},
		{"plugin", header + "[ctlplugin:a]\nsupervisor.ctl_factory=foo:bar\n", Ctl{}, "foo:bar cannot be resolved within [ctlplugin:a]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, map[string]string{"F": tt.file})
			c, err := LoadCtl(CtlSource{File: s.src.File, Cwd: s.dir, Env: s.src.Env, UID: os.Getuid()})
			if tt.err != "" {
				if err == nil || err.Error() != s.placed(tt.err) {
					t.Errorf("got  %v\nwant %s", err, s.placed(tt.err))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := Ctl{s.placed(tt.want.ServerURL), tt.want.Username, tt.want.Password, tt.want.Prompt, s.placed(tt.want.HistoryFile)}
			if *c != want {
				t.Errorf("got %+v, want %+v", *c, want)
			}
		})
	}
}

// CFG-004: the client needs no file.
func TestLoadCtlWithoutFile(t *testing.T) {
	c, err := LoadCtl(CtlSource{Cwd: t.TempDir()})
	if err != nil || *c != (Ctl{ServerURL: "http://localhost:9001", Prompt: "supervisor"}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// A plugin that cannot be loaded is explained.
func TestPluginHint(t *testing.T) {
	s := newSite(t, map[string]string{"F": "[supervisorctl]\n[ctlplugin:a]\nsupervisor.ctl_factory=foo:bar\n"})
	_, err := LoadCtl(CtlSource{File: s.src.File, Cwd: s.dir})
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Hint, "Python") || e.Where() != s.placed("DIR/F:3: [ctlplugin:a] supervisor.ctl_factory") {
		t.Errorf("%#v", err)
	}
}
