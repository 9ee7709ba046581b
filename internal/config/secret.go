package config

import (
	"slices"
	"strings"

	"supervisor/internal/ini"
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

// unread returns the text of a syntax error, which quotes lines, without what may
// be a secret in them: what follows the name of one, and what may be the rest of
// the value above.
func unread(e *ini.SyntaxError) string {
	shown := *e
	shown.Lines = slices.Clone(e.Lines)
	for i, l := range shown.Lines {
		shown.Lines[i].Text = withoutValue(l)
	}
	return shown.Error()
}

func withoutValue(l ini.Line) string {
	text := strings.TrimSpace(l.Text)
	end := l.Text[len(strings.TrimRight(l.Text, "\n")):]
	if isSecret(l.Below) {
		return hidden + end
	}
	i := strings.IndexAny(text, " \t=:")
	if i < 0 || !isSecret(text[:i]) {
		return l.Text
	}
	return text[:i+1] + hidden + end
}

// isSecret reports whether the value of an option, or of a variable, is nobody's
// business.
func isSecret(key string) bool {
	return strings.EqualFold(key, "environment") || secret.MatchString(key)
}
