package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

// site is a directory with configuration files, and the surroundings in which
// they are read.
type site struct {
	t   *testing.T
	dir string
	src Source
}

// newSite writes files, whose names are relative to the site.
func newSite(t *testing.T, files map[string]string) *site {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &site{t, dir, Source{
		File:     filepath.Join(dir, "F"),
		Cwd:      dir,
		Env:      []string{"HOME=" + dir, "X=1", "PERCENT=50% %(here)s"},
		UID:      os.Getuid(),
		Hostname: "node",
	}}
}

// load loads the main file.
func (s *site) load() (*Config, error) { return Load(s.src) }

// must loads the main file, which must be in order.
func (s *site) must() *Config {
	s.t.Helper()
	c, err := s.load()
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// placed puts the directory of the site in the place of DIR.
func (s *site) placed(text string) string { return strings.ReplaceAll(text, "DIR", s.dir) }

const (
	daemonOnly  = "[supervisord]\n"
	programOnly = daemonOnly + "[program:a]\ncommand=x\n"
	inProgramA  = " in section 'program:a' (file: 'DIR/F')"
	envNames    = "ENV_HOME, ENV_PERCENT, ENV_X"
	mainRPC     = "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
)

// bad is a file that is refused with exactly this text.
type bad struct{ name, file, want string }

func testBad(t *testing.T, tests []bad) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, map[string]string{"F": tt.file})
			_, err := s.load()
			if want := s.placed(tt.want); err == nil || err.Error() != want {
				t.Errorf("%s\ngot  %v\nwant %s", tt.file, err, want)
			}
		})
	}
}

// good is a file of which part comes out as wanted. DIR in a wanted text
// stands for the directory of the file.
type good struct {
	name, file string
	part       func(c *Config) any
	want       any
}

func testGood(t *testing.T, tests []good) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, map[string]string{"F": tt.file})
			c, err := s.load()
			if err != nil {
				t.Fatalf("%s\n%v", tt.file, err)
			}
			want := tt.want
			if text, ok := want.(string); ok {
				want = s.placed(text)
			}
			if got := tt.part(c); !reflect.DeepEqual(got, want) {
				t.Errorf("%s\ngot  %#v\nwant %#v", tt.file, got, want)
			}
		})
	}
}

// first returns a part of the first process of the first group.
func first(part func(p *Process) any) func(c *Config) any {
	return func(c *Config) any { return part(c.Groups[0].Processes[0]) }
}

func command(p *Process) any { return p.Command }

// names lists the groups with their processes: "g: a b; h: c".
func names(c *Config) any {
	var groups []string
	for _, g := range c.Groups {
		words := []string{g.Name + ":"}
		for _, p := range g.Processes {
			words = append(words, p.Name)
		}
		groups = append(groups, strings.Join(words, " "))
	}
	return strings.Join(groups, "; ")
}

// warnings returns the warnings, joined.
func warnings(c *Config) any {
	var all []string
	for _, n := range c.Notes {
		if n.Level == slog.LevelWarn {
			all = append(all, n.Text)
		}
	}
	return strings.Join(all, "\n")
}

func loads(*Config) any { return nil }

// What is wrong is said with its place, beside the reference's text.
func TestErrorPlace(t *testing.T) {
	for _, tt := range []struct{ file, where, hint string }{
		{"[supervisord]\n\nloglevel=x\n", "DIR/F:3: [supervisord] loglevel", "allowed: critical, error, warn, info, debug, trace or blather"},
		{"[supervisord]\n[program:a]\n", "DIR/F:2: [program:a] command", ""},
		{"[supervisord]\n[program:a]\ncommand=x\n\nstartsecs=%(x)s\n", "DIR/F:5: [program:a] startsecs", ""},
		{"[supervisord]\n[include]\nfiles=i\n", "DIR/i:2: [program:b] user", ""},
		{"[supervisord]\nbroken\n", "DIR/F:2:", ""},
		{"", "DIR/F:", ""},
		{"[supervisord]\n[rpcinterface:x]\nsupervisor.rpcinterface_factory=a:b", "DIR/F:3: [rpcinterface:x] supervisor.rpcinterface_factory", "cannot load Python code"},
		{"[supervisord]\n[eventlistener:x]\ncommand=x\nresult_handler=a:b", "DIR/F:4: [eventlistener:x] result_handler", "cannot load Python code"},
		{"[supervisord]\nuser=no-such-user", "DIR/F:2: [supervisord] user", ""},
	} {
		s := newSite(t, map[string]string{"F": tt.file, "i": "[program:b]\nuser=no-such-user\ncommand=x"})
		_, err := s.load()
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", tt.file, err)
			continue
		}
		if want := s.placed(tt.where); e.Where() != want {
			t.Errorf("%s: Where() = %s, want %s", tt.file, e.Where(), want)
		}
		if !strings.Contains(e.Hint, tt.hint) || tt.hint == "" && e.Hint != "" {
			t.Errorf("%s: Hint = %q, want %q", tt.file, e.Hint, tt.hint)
		}
	}
}

// The main file itself.
func TestMainFile(t *testing.T) {
	s := newSite(t, map[string]string{"F": daemonOnly, "d/x": ""})
	for _, tt := range []struct{ name, file, want string }{
		{"CFG-005 missing", "nowhere.conf", "could not find config file nowhere.conf"},
		{"CFG-006 directory", s.dir, "could not read config file " + s.dir},
	} {
		s.src.File = tt.file
		if _, err := s.load(); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
		if _, err := LoadCtl(CtlSource{File: tt.file, Cwd: s.dir}); err == nil || err.Error() != tt.want {
			t.Errorf("%s, client: got %v, want %s", tt.name, err, tt.want)
		}
	}
	// CFG-001, CFG-054: a relative name is relative to where we are.
	s.src.File = "F"
	if c := s.must(); c.File != "F" || c.Here != s.dir {
		t.Errorf("File %q, Here %q", c.File, c.Here)
	}
}

// Who may not read a file is told whose it is.
func TestUnreadable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "supervisord.conf")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o640); err != nil { // whatever the umask
		t.Fatal(err)
	}
	denied := &fs.PathError{Op: "open", Path: file, Err: syscall.EACCES}
	want := fmt.Sprintf("uid %d may not read it: its mode is 0640, and it belongs to uid %d and gid ", os.Geteuid(), os.Getuid())
	if hint := unreadable(file, denied); !strings.HasPrefix(hint, want) {
		t.Errorf("%q, want %q", hint, want)
	}
	if hint := unreadable(file, syscall.EIO); hint != "" {
		t.Errorf("of another trouble: %q", hint)
	}
}

// What the dialect of the files means for a configuration.
func TestDialect(t *testing.T) {
	testBad(t, []bad{
		{"CFG-021 letter case of sections", "[Supervisord]\n", ".ini file does not include supervisord section"},
		{"CFG-026 no delimiter", "[supervisord]\n[program:a]\ncommand\n", "Source contains parsing errors: 'DIR/F'\n\t[line  3]: 'command\\n'"},
		{"CFG-028 no header", "a=b\n", "File contains no section headers.\nfile: 'DIR/F', line: 1\n'a=b\\n'"},
		{"DIF-064 password without a delimiter", "[supervisord]\n[inet_http_server]\npassword geheim\n", "Source contains parsing errors: 'DIR/F'\n\t[line  3]: 'password ***\\n'"},
		{"DIF-064 variable without a delimiter", "[supervisord]\nmode=1\nAPI_TOKEN\t\"geheim\"", "Source contains parsing errors: 'DIR/F'\n\t[line  3]: 'API_TOKEN\\t***'"},
		{"DIF-064 rest of a value", "[supervisord]\nenvironment=A=\"b\",\ngeheim\n", "Source contains parsing errors: 'DIR/F'\n\t[line  3]: '***\\n'"},
		{"DIF-064 value below its name", "[supervisord]\n[inet_http_server]\npassword\n= geheim\n", "Source contains parsing errors: 'DIR/F'\n\t[line  3]: 'password\\n'\n\t[line  4]: '=***\\n'"},
		{"value below another name", "[supervisord]\nnodaemon\n=x\n", "Source contains parsing errors: 'DIR/F'\n\t[line  2]: 'nodaemon\\n'\n\t[line  3]: '=x\\n'"},
		{"value without a name", "[supervisord]\n=x\n", "Source contains parsing errors: 'DIR/F'\n\t[line  2]: '=x\\n'"},
		{"DIF-064 password in one word", "[supervisord]\n[inet_http_server]\npasswordgeheim\n", "Source contains parsing errors: 'DIR/F'\n\t[line  3]: 'password***\\n'"},
		{"DIF-064 environment in one word", "[supervisord]\nEnvironment\"geheim\"\n", "Source contains parsing errors: 'DIR/F'\n\t[line  2]: 'Environment***\\n'"},
		{"DIF-064 nothing behind a name", "[supervisord]\n[inet_http_server]\npassword\n", "Source contains parsing errors: 'DIR/F'\n\t[line  3]: 'password\\n'"},
		{"DIF-064 password before any header", " Password=geheim\n", "File contains no section headers.\nfile: 'DIR/F', line: 1\n'Password=***\\n'"},
		{"CFG-029 not UTF-8", "[supervisord]\n;\xff\n", "'utf-8' codec can't decode byte 0xff in position 15: invalid start byte"},
		{"CFG-032 empty", "", ".ini file does not include supervisord section"},
		{"CFG-024 default of a section", "[DEFAULT]\nloglevel=x\n[supervisord]\n", "bad logging level name 'x'"},
	})
	testGood(t, []good{
		{"CFG-022 sections merge", "[supervisord]\n[program:a]\ncommand=x\n[supervisord]\nidentifier=y\n", func(c *Config) any { return c.Daemon.Identifier }, "y"},
		{"CFG-024 defaults", "[DEFAULT]\ncommand=x\nstartretries=9\n[program:a]\n[supervisord]\n", first(func(p *Process) any { return p.StartRetries }), 9},
		{"CFG-024 defaults are no arguments", "[DEFAULT]\ncommand=x\n[supervisord]\n[inet_http_server]\nport=1\n[rpcinterface:x]\n" + mainRPC, loads, nil},
		{"CFG-030 byte order mark", "\ufeff[supervisord]\nidentifier=y\n", func(c *Config) any { return c.Daemon.Identifier }, "y"},
		{"CFG-031 unknown sections and options", daemonOnly + "x=%(y)s %\n[nothing]\ncommand=%\n[ program:a ]\nx=%", names, ""},
		{"CFG-020 letter case of keys", daemonOnly + "IDENTIFIER=y\n", func(c *Config) any { return c.Daemon.Identifier }, "y"},
	})
}

// Every file of real projects is either read, or refused with a place.
func TestRealFiles(t *testing.T) {
	files, err := filepath.Glob("../../../shared/corpus/real/*.conf")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("the corpus of real configurations is not beside the checkout")
		}
		t.Skip("the corpus of real configurations is not beside the checkout")
	}
	for _, file := range files {
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Load(Source{File: file, Cwd: t.TempDir(), Env: []string{"HOME=/root"}, UID: os.Getuid(), Hostname: "node"})
		var e *Error
		if err != nil && (!errors.As(err, &e) || !strings.HasPrefix(e.Where(), file)) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
