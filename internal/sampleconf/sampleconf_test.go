package sampleconf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"supervisor/internal/config"
)

// setting is a line of the sample that is a setting, switched off or not.
var setting = regexp.MustCompile(`(?m)^;?([a-z][a-z._]*)=(.*?)(?: +; .*)?$`)

// header is a line of the sample that is a section header, switched off or not.
var header = regexp.MustCompile(`(?m)^;?\[([a-z_-]+)(?::[a-z-]+)?\]$`)

// everything returns the sample with every setting switched on.
func everything() string {
	return regexp.MustCompile(`(?m)^;([[a-z])`).ReplaceAllString(Text(), "$1")
}

// settings returns the values of the sample by section and key. The name of a
// section is given without its suffix.
func settings(t *testing.T) map[string]map[string]string {
	t.Helper()
	sections := make(map[string]map[string]string)
	var current map[string]string
	for line := range strings.Lines(Text()) {
		line = strings.TrimSuffix(line, "\n")
		if m := header.FindStringSubmatch(line); m != nil {
			if sections[m[1]] != nil {
				t.Errorf("section [%s] stands twice in the sample", m[1])
			}
			current = make(map[string]string)
			sections[m[1]] = current
		} else if m := setting.FindStringSubmatch(line); m != nil {
			if _, twice := current[m[1]]; twice {
				t.Errorf("%s stands twice in its section of the sample", m[1])
			}
			current[m[1]] = m[2]
		}
	}
	return sections
}

// CLI-080: what users and packagers rely on finding switched on.
func TestActiveSettings(t *testing.T) {
	first, _, _ := strings.Cut(Text(), "\n")
	if !strings.Contains(first, "Sample supervisor config file") {
		t.Errorf("the first line is %q", first)
	}
	for _, line := range []string{
		"[unix_http_server]", "file=/tmp/supervisor.sock",
		"[supervisord]", "logfile=/tmp/supervisord.log", "logfile_maxbytes=50MB", "logfile_backups=10",
		"loglevel=info", "pidfile=/tmp/supervisord.pid", "nodaemon=false", "silent=false", "minfds=1024", "minprocs=200",
		"[rpcinterface:supervisor]", "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
		"[supervisorctl]", "serverurl=unix:///tmp/supervisor.sock",
	} {
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(line) + `( +;.*)?$`).MatchString(Text()) {
			t.Errorf("the sample lacks the active line %s", line)
		}
	}
}

// active are settings that are switched on with a value of the sample's own.
var active = map[string]bool{
	"supervisord logfile":     true,
	"supervisord pidfile":     true,
	"supervisorctl serverurl": true,
}

// CLI-080: the sample is complete and shows the defaults that hold. Options
// that a section shares with [program:x] need not be repeated there.
func TestEveryOptionOnce(t *testing.T) {
	have := settings(t)
	options := config.Options()
	if len(options) == 0 {
		t.Fatal("there are no options")
	}
	known := make(map[string]bool)
	for _, option := range options {
		section, _, _ := strings.Cut(option.Section, ":")
		known[section+" "+option.Key] = true
		value, ok := have[section][option.Key]
		if !ok && (section == "fcgi-program" || section == "eventlistener") {
			value, ok = have["program"][option.Key]
		}
		switch {
		case !ok:
			t.Errorf("the sample lacks %s of [%s]", option.Key, option.Section)
		case value == "":
			t.Errorf("the sample shows no value for %s of [%s]", option.Key, option.Section)
		case option.Written && value != option.Default && !active[section+" "+option.Key]:
			t.Errorf("the sample shows %s=%s for [%s], but the default is %s", option.Key, value, option.Section, option.Default)
		}
	}
	for section, keys := range have {
		for key := range keys {
			if !known[section+" "+key] {
				t.Errorf("the sample shows %s of [%s], which is no option", key, section)
			}
		}
	}
}

// load reads a configuration as supervisord does.
func load(t *testing.T, text string) (file string, cfg *config.Config) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "supervisord.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Source{File: file, Cwd: dir, Hostname: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	return file, cfg
}

// CLI-080: as it stands, both programs accept the sample without a word.
func TestAccepted(t *testing.T) {
	file, cfg := load(t, Text())
	for _, note := range cfg.Notes {
		t.Errorf("the sample makes supervisord say: %s", note.Text)
	}
	ctl, err := config.LoadCtl(config.CtlSource{File: file, Cwd: filepath.Dir(file)})
	if err != nil {
		t.Fatal(err)
	}
	if ctl.ServerURL != "unix:///tmp/supervisor.sock" {
		t.Errorf("supervisorctl would talk to %s", ctl.ServerURL)
	}
}

// With everything switched on, supervisord accepts it still. supervisorctl does
// not: no plug-in is called like the one that it shows.
func TestEverythingAccepted(t *testing.T) {
	if _, cfg := load(t, everything()); len(cfg.Groups) != 3 {
		t.Errorf("there are %d groups, not one of each kind", len(cfg.Groups))
	}
}

// Supervisor accepts the sample too, as it stands and with everything switched
// on: it goes on to complain about the user asked for on its command line,
// which it does only once it has found the file to be right.
func TestReferenceAccepts(t *testing.T) {
	reference, err := exec.LookPath("/usr/bin/supervisord")
	if err != nil {
		t.Skip("Supervisor is not installed")
	}
	for name, text := range map[string]string{"as it stands": Text(), "everything on": everything()} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "supervisord.conf")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var stderr bytes.Buffer
			cmd := exec.Command(reference, "-c", file, "-u", "no-such-user")
			cmd.Dir = dir
			cmd.Stderr = &stderr
			err := cmd.Run()
			if err == nil || !strings.HasPrefix(stderr.String(), "Error: Invalid user name no-such-user\n") {
				t.Errorf("the reference does not accept the sample: %v\n%s", err, &stderr)
			}
		})
	}
}
