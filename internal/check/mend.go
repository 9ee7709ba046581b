package check

import (
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
	"supervisor/internal/pattern"
)

// mend suggests a value for one that is not allowed: the first of what may
// have been meant that is allowed, else the default.
func (c *checker) mend(f *Finding, s *ini.Section, o ini.Option) {
	if o.Key == "" {
		return
	}
	kind := kindOf(s.Name)
	candidates := meant(o.Value, f.Hint)
	for _, d := range config.Options() {
		if d.Section == kind && d.Key == o.Key && d.Written {
			candidates = append(candidates, d.Default)
			f.Hint = strings.TrimPrefix(f.Hint+"; the default is "+d.Default, "; ")
		}
	}
	if o.Key == "environment" {
		candidates = append([]string{requoted(o.Value)}, candidates...)
	}
	if value, required := example[o.Key]; required {
		candidates = append(candidates, value)
	}
	for _, value := range candidates {
		if value != o.Value && config.Accepts(c.src, kind, o.Key, strings.ReplaceAll(value, "%", "%%")) {
			f.Suggestion = c.instead(o, value)
			return
		}
	}
	c.without(f, o)
}

var (
	leadingNumber = pattern.Lazy(`^[-+]?[0-9]+`)
	sizeUnit      = pattern.Lazy(`(?i)^([0-9]+)\s*([kmg])i?b?$`)
	words         = pattern.Lazy(`[A-Za-z]+`)
	urlScheme     = pattern.Lazy(`^[a-z]+://|/$`)
)

// synonyms are words that people write for others.
var synonyms = map[string]string{
	"enabled": "true", "enable": "true", "always": "true", "y": "true", "t": "true", "ja": "true", "oui": "true", "si": "true",
	"disabled": "false", "disable": "false", "never": "false", "n": "false", "f": "false", "nein": "false", "non": "false", "none": "false",
	"on-failure": "unexpected", "onfailure": "unexpected", "failure": "unexpected",
	"warning": "warn", "notice": "info", "verbose": "debug", "fatal": "critical", "all": "blather",
}

// meant returns what may have been meant by a value, the likeliest first.
func meant(value, hint string) []string {
	var all []string
	plain := value
	if inner, ok := unquoted(value); ok {
		all, plain = append(all, inner), inner
	}
	lower := strings.ToLower(strings.TrimSpace(plain))
	if word, ok := synonyms[lower]; ok {
		all = append(all, word)
	}
	if best, ok := nearest(lower, words.FindAllString(hint, -1)); ok {
		all = append(all, best)
	}
	if m := sizeUnit.FindStringSubmatch(plain); m != nil {
		all = append(all, m[1]+strings.ToUpper(m[2])+"B")
	}
	if number := leadingNumber.FindString(plain); number != "" {
		all = append(all, number)
	}
	return append(all,
		strings.Join(strings.FieldsFunc(plain, func(r rune) bool { return strings.ContainsRune(" ;,", r) }), ","),
		urlScheme.ReplaceAllString(plain, ""))
}

// unquoted returns what stands between the quotes of a value.
func unquoted(value string) (string, bool) {
	if len(value) < 2 || value[0] != '"' && value[0] != '\'' || value[len(value)-1] != value[0] {
		return "", false
	}
	inner := value[1 : len(value)-1]
	return inner, !strings.ContainsRune(inner, rune(value[0]))
}

var pair = pattern.Lazy(`([A-Za-z_][A-Za-z0-9_]*)\s*=\s*("[^"]*"|'[^']*'|[^,\n]*)[,\n]?\s*`)

// requoted returns an environment in which every value has its quotes.
func requoted(value string) string {
	var all []string
	for _, m := range pair.FindAllStringSubmatch(value, -1) {
		v := strings.TrimSpace(m[2])
		if _, ok := unquoted(v); !ok {
			v = `"` + strings.NewReplacer(`"`, "", `\`, "").Replace(v) + `"`
		}
		all = append(all, m[1]+"="+v)
	}
	return strings.Join(all, ",")
}
