package config

import (
	"slices"
	"strings"

	"supervisor/internal/ini"
	"supervisor/internal/pattern"
)

// secret matches the names of variables whose values are nobody's business.
var secret = pattern.Lazy(`(?i)pass|secret|token|key|credential|auth|dsn|private|_url$|_uri$`)

// withCredentials matches values that are URLs with a user name or a password.
var withCredentials = pattern.Lazy(`://[^/?#\s]*@`)

// WithoutSecret returns a variable, KEY=VALUE, as it may be shown: without its
// value if its name says that it is a secret, or the value holds one.
func WithoutSecret(variable string) string {
	if name, value, _ := strings.Cut(variable, "="); secret.MatchString(name) || withCredentials.MatchString(value) {
		return name + "=(not shown)"
	}
	return variable
}

// unread returns the text of a syntax error, which quotes lines, without what may
// be a secret in them: what follows the name of one, in its line or below it, and
// what may be the rest of the value above.
func unread(e *ini.SyntaxError) string {
	shown := *e
	shown.Lines = slices.Clone(e.Lines)
	for i, l := range e.Lines {
		name := ""
		if i > 0 && e.Lines[i-1].Number == l.Number-1 {
			name = strings.TrimSpace(e.Lines[i-1].Text)
		}
		shown.Lines[i].Text = withoutValue(l, name)
	}
	return shown.Error()
}

// withoutValue returns a line that cannot be read without its value, if that may be
// a secret. Above it stands another such line.
func withoutValue(l ini.Line, above string) string {
	text := strings.TrimSpace(l.Text)
	end := l.Text[len(strings.TrimRight(l.Text, "\n")):]
	if isSecret(l.Below) {
		return hidden + end
	}
	i := strings.IndexAny(text, " \t=:")
	switch {
	case i < 0: // the delimiter may be what is missing
		if i = endOfSecretName(text); i < len(text) {
			return text[:i] + hidden + end
		}
		return l.Text
	case i > 0 && !isSecret(text[:i]), i == 0 && !isSecret(above): // it begins with the delimiter
		return l.Text
	}
	return text[:i+1] + hidden + end
}

// secretOptions are the options whose values are secrets.
var secretOptions = []string{"password", "environment"}

// endOfSecretName returns where the name of a secret option ends that a text begins
// with; without one, that is the end of the text.
func endOfSecretName(text string) int {
	for _, name := range secretOptions {
		if len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
			return len(name)
		}
	}
	return len(text)
}

// isSecret reports whether the value of an option, or of a variable, is nobody's
// business.
func isSecret(key string) bool {
	return strings.EqualFold(key, "environment") || secret.MatchString(key)
}
