package config

import (
	"strings"

	"supervisor/internal/pattern"
)

// secret matches the names of variables whose values are nobody's business.
var secret = pattern.Lazy(`(?i)pass|secret|token|key|credential|auth|dsn|private|_url$|_uri$`)

// WithoutSecret returns a variable, KEY=VALUE, as it may be shown: without its
// value if its name says that it is a secret.
func WithoutSecret(variable string) string {
	if name, _, _ := strings.Cut(variable, "="); secret.MatchString(name) {
		return name + "=(not shown)"
	}
	return variable
}
