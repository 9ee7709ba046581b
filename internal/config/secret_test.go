package config

import "testing"

// Regression: the password of a database stood in the console and in diff, as its
// variable was called DATABASE.
func TestWithoutSecret(t *testing.T) {
	for _, variable := range []string{"A=1", "SITE=https://example.org/a@b", "MAIL=me@example.org", "EMPTY="} {
		if got := WithoutSecret(variable); got != variable {
			t.Errorf("%s is shown as %s", variable, got)
		}
	}
	for _, variable := range []string{
		"API_TOKEN=geheim", "password=geheim", "DATABASE_URL=x",
		"DATABASE=postgres://me:geheim@db/shop", "SENTRY=https://geheim@example.org/1", "BROKER=see amqp://me:geheim@mq",
	} {
		if got := WithoutSecret(variable); got == variable || got[len(got)-len("(not shown)"):] != "(not shown)" {
			t.Errorf("%s is shown as %s", variable, got)
		}
	}
}
