package supervisord

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"supervisor/internal/config"
)

func anything(config.Override) error { return nil }

// CLI-013: each option wins over its key in the file, however it is spelled.
func TestOptionsOverrideKeys(t *testing.T) {
	for _, tt := range []struct{ short, long, key string }{
		{"-n", "--nodaemon", "nodaemon"},
		{"-s", "--silent", "silent"},
		{"-k", "--nocleanup", "nocleanup"},
		{"-t", "--strip_ansi", "strip_ansi"},
		{"-u", "--user", "user"},
		{"-m", "--umask", "umask"},
		{"-d", "--directory", "directory"},
		{"-l", "--logfile", "logfile"},
		{"-y", "--logfile_maxbytes", "logfile_maxbytes"},
		{"-z", "--logfile_backups", "logfile_backups"},
		{"-e", "--loglevel", "loglevel"},
		{"-j", "--pidfile", "pidfile"},
		{"-i", "--identifier", "identifier"},
		{"-q", "--childlogdir", "childlogdir"},
		{"-a", "--minfds", "minfds"},
		{"", "--minprocs", "minprocs"},
	} {
		flag := strings.Contains("-n -s -k -t", tt.short) && tt.short != ""
		for _, spelled := range []string{tt.short, tt.long} {
			if spelled == "" {
				continue
			}
			args, want := []string{spelled}, config.Override{Key: tt.key}
			if !flag {
				args, want.Value = append(args, "value"), "value"
			}
			line, err := parseCommandLine(args, anything)
			if err != nil || !reflect.DeepEqual(line.overrides, []config.Override{want}) {
				t.Errorf("%s: overrides %v, %v; want %v", spelled, line.overrides, err, want)
			}
		}
	}
}

// The profiler's options are understood and mean nothing (DIF-007).
func TestOptionWithoutEffect(t *testing.T) {
	line, err := parseCommandLine([]string{"--profile_options=cumulative,calls", "-n"}, anything)
	if err != nil || len(line.overrides) != 1 || line.overrides[0].Key != "nodaemon" {
		t.Errorf("%+v, %v", line, err)
	}
}

// run runs the daemon as far as it comes with what it cannot use.
func run(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = Run(append([]string{"supervisord"}, args...), &out, &errs)
	return status, out.String(), errs.String()
}

// CLI-002: the first line, and one for each option.
func TestHelp(t *testing.T) {
	status, help, _ := run(t, "--help")
	if status != 0 || !strings.HasPrefix(help, "supervisord -- run a set of applications as daemons.\n") ||
		!strings.Contains(help, "\n-l/--logfile FILENAME -- ") {
		t.Errorf("status %d, help:\n%s", status, help)
	}
	for _, o := range options {
		if !strings.Contains(help, "--"+o.Long) {
			t.Errorf("--%s is not explained", o.Long)
		}
	}
}

func TestCommandLineThatMakesNoSense(t *testing.T) {
	for _, tt := range []struct {
		id   string
		args []string
		want string
	}{
		{"CLI-008", []string{"foo"}, "positional arguments are not supported: ['foo']"},
		{"CLI-008", []string{"-n", "a b", "it's"}, `positional arguments are not supported: ['a b', "it's"]`},
		{"CLI-010", []string{"-e", "foo"}, "invalid value for -e 'foo': bad logging level name 'foo'"},
		{"CLI-010", []string{"--loglevel", "foo"}, "invalid value for --loglevel 'foo': bad logging level name 'foo'"},
	} {
		status, out, errs := run(t, tt.args...)
		if want := "Error: " + tt.want + "\nFor help, use "; status != 2 || out != "" || !strings.HasPrefix(errs, want) {
			t.Errorf("%s %q: status %d, stdout %q, stderr\n%swant\n%s", tt.id, tt.args, status, out, errs, want)
		}
	}
}

// CFG-008: whatever is wrong with the file, the status is 2, nothing is on
// stdout and nothing in a log.
func TestBadConfiguration(t *testing.T) {
	for name, text := range map[string]string{
		"syntax":        "[supervisord]\nnodaemon\n",
		"no section":    "[program:a]\ncommand=cat\n",
		"value":         "[supervisord]\nlogfile=DIR/log\nnodaemon=true\n[program:a]\ncommand=cat\nstartsecs=x\n",
		"expansion":     "[supervisord]\nlogfile=DIR/log\n[program:a]\ncommand=%(nobody)s\n",
		"a lower value": "[supervisord]\nlogfile=DIR/log\nloglevel=x\n", // CLI-014: -e gives a good one
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "F")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "DIR", dir)), 0o600); err != nil {
			t.Fatal(err)
		}
		status, out, errs := run(t, "-c", file, "-e", "info")
		if status != 2 || out != "" || !strings.HasPrefix(errs, "Error: ") || !strings.Contains(errs, "\nFor help, use ") {
			t.Errorf("%s: status %d, stdout %q, stderr\n%s", name, status, out, errs)
		}
		if _, err := os.Lstat(dir + "/log"); err == nil {
			t.Errorf("%s: there is a log", name)
		}
	}
}

// CFG-007: root is warned of a file that was found and not named, and no more
// than warned: it is read.
func TestFoundConfigurationOfRoot(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("supervisord.conf", []byte("[supervisord]\nminfds=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args   []string
		warned bool
	}{
		{nil, os.Geteuid() == 0},
		{[]string{"-c", "supervisord.conf"}, false},
	} {
		_, _, errs := run(t, tt.args...)
		if got := strings.Contains(errs, "Supervisord is running as root and it is searching"); got != tt.warned {
			t.Errorf("%q: warned: %v, want %v:\n%s", tt.args, got, tt.warned, errs)
		}
		if !strings.Contains(errs, "Error: invalid literal for int() with base 10: 'x'") {
			t.Errorf("%q: the file is not read:\n%s", tt.args, errs)
		}
	}
}

// CLI-015: the identifier of the command line, else of the file, else a name
// that all daemons have.
func TestIdentifier(t *testing.T) {
	for _, tt := range []struct {
		text string
		args []string
		want string
	}{
		{"[supervisord]\n", nil, "supervisor"},
		{"[supervisord]\nidentifier=filed\n", nil, "filed"},
		{"[supervisord]\nidentifier=filed\n", []string{"-i", "given"}, "given"},
	} {
		file := filepath.Join(t.TempDir(), "F")
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		line, err := parseCommandLine(append([]string{"-c", file}, tt.args...), anything)
		if err != nil {
			t.Fatal(err)
		}
		p := &program{line: line}
		cfg, err := p.load()
		if err != nil || cfg.Daemon.Identifier != tt.want {
			t.Errorf("%q %q: %+v, %v; want %s", tt.text, tt.args, cfg, err, tt.want)
		}
	}
}
