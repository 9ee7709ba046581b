package check

import (
	"strings"

	"supervisor/internal/ini"
	"supervisor/internal/pattern"
)

// secretVariable matches variables whose values nobody else should see.
var secretVariable = pattern.Lazy("(?i)" + secretAssigned)

const secretAssigned = `(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)\w*\s*=\s*["']?[^%\s,"']`

// secretText matches lines that hold a secret.
var secretText = pattern.Lazy(`(?mi)^\s*password\b|` + secretAssigned)

// secrets finds passwords in files that everybody may read: one finding a file
// is enough.
func (c *checker) secrets() {
	told := map[string]bool{}
	for _, s := range c.File.Sections() {
		for _, o := range s.Options {
			if !isSecret(s, o) || told[o.File] {
				continue
			}
			file := c.within(c.src.Cwd, o.File)
			info, err := c.world.Stat(file)
			if err != nil || info.Mode.Perm()&readable == 0 || c.barred(-1, file) != "" {
				continue
			}
			told[o.File] = true
			f := c.on(readableSecret, s, o, "everybody on this machine can read the secret in %s", o.File)
			f.Hint = "run: chmod o-r " + o.File
		}
	}
}

func isSecret(s *ini.Section, o ini.Option) bool {
	switch kindOf(s.Name) {
	case "unix_http_server", "inet_http_server", "supervisorctl":
		return o.Key == "password" && o.Value != "" && !strings.Contains(o.Value, "%(ENV_")
	}
	return o.Key == "environment" && secretVariable.MatchString(o.Value)
}

// daemon looks at [supervisord] itself.
func (c *checker) daemon() {
	s := c.File.Section("supervisord")
	if s == nil {
		return
	}
	o, given := s.Get("user")
	switch user := c.Config.Daemon.User; {
	case c.src.UID == 0 && !given && user == nil:
		f := c.of(runsAsRoot, s, "the daemon runs as root, and so do programs without a user")
		f.Hint = "say user=root if that is meant"
		c.below(f, "user=root")
	case given && user != nil && c.src.UID != 0 && user.UID != c.src.UID && !c.refused(s, o):
		f := c.on(cannotSwitchUser, s, o, "only root can become %s", user.Name)
		f.Hint = "start the daemon as root, or leave the option out"
		c.without(f, o)
	}
}
