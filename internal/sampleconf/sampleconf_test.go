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

// CLI-080: the sample is complete. Options that a section shares with
// [program:x] need not be repeated there.
func TestEveryOptionOnce(t *testing.T) {
	have := settings(t)
	for _, option := range config.Options() {
		section, _, _ := strings.Cut(option.Section, ":")
		value, ok := have[section][option.Key]
		if !ok && (section == "fcgi-program" || section == "eventlistener") {
			value, ok = have["program"][option.Key]
		}
		if !ok {
			t.Errorf("the sample lacks %s of [%s]", option.Key, option.Section)
		} else if value == "" {
			t.Errorf("the sample shows no value for %s of [%s]", option.Key, option.Section)
		}
	}
}

// Both as it stands and with everything switched on, the sample is accepted
// by the reference: it goes on to complain about the user that is asked for on
// its command line, which it does only once the file is found to be right.
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
