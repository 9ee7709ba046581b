package config

import (
	"slices"
	"strings"

	"supervisor/internal/ini"
	"supervisor/internal/pyrepr"
)

// scope is the names that may be expanded in some place, and what they stand
// for. Inner scopes hide outer ones.
type scope struct {
	outer    *scope
	names    map[string]value
	unlisted bool // known, but not mentioned in errors
}

func (s *scope) lookup(name string) (value, bool) {
	for ; s != nil; s = s.outer {
		if v, ok := s.names[name]; ok {
			return v, true
		}
	}
	return value{}, false
}

// available lists the names for an error, sorted.
func (s *scope) available() string {
	var all []string
	for ; s != nil; s = s.outer {
		if s.unlisted {
			continue
		}
		for name := range s.names {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// within returns a scope of more names around which are those of s.
func (s *scope) within(names map[string]value) *scope {
	return &scope{outer: s, names: names}
}

// environmentNames returns the names that stand for environment variables.
func environmentNames(vars []variable) map[string]value {
	names := make(map[string]value, len(vars))
	for _, v := range vars {
		names["ENV_"+v.name] = textValue(v.value)
	}
	return names
}

// expandText expands a text; label is what errors call it.
func expandText(format, label string, names *scope) (string, error) {
	expanded, err := percent(format, names.lookup)
	if err != nil && confidential(label) {
		format = hidden
	}
	switch err := err.(type) {
	case nil:
		return expanded, nil
	case unknownName:
		return "", wrong(BadExpansion, "", "Format string %s for %s contains names (%s) which cannot be expanded. Available names: %s",
			pyrepr.String(format), pyrepr.String(label), pyrepr.String(string(err)), names.available())
	default:
		return "", wrong(BadExpansion, "", "Format string %s for %s is badly formatted: %v", pyrepr.String(format), pyrepr.String(label), err)
	}
}

// hidden stands in errors for a value that is nobody else's business. Errors get
// into the log, and to clients that have the file read again.
const hidden = "***"

// confidential reports whether the option of a label holds what is to be kept.
func confidential(label string) bool {
	key := label[strings.LastIndexByte(label, '.')+1:]
	return key == "password" || key == "environment"
}

// expandTwice expands a text, and then what came of it if that can be. The
// reference expands some options twice, so that a % must be written %%%%
// there; this way %% does as well.
func expandTwice(format, label string, names *scope) (string, error) {
	once, err := expandText(format, label, names)
	if err != nil {
		return "", err
	}
	if twice, err := percent(once, names.lookup); err == nil {
		return twice, nil
	}
	return once, nil
}

// placeHere replaces %(here)s by a directory and leaves everything else alone,
// including a %% that happens to precede it.
func placeHere(format, dir string) string {
	const here = "%(here)s"
	if !strings.Contains(format, here) {
		return format
	}
	dir = strings.ReplaceAll(dir, "%", "%%")
	var b strings.Builder
	for format != "" {
		length := 1
		switch {
		case strings.HasPrefix(format, here):
			b.WriteString(dir)
			format = format[len(here):]
			continue
		case strings.HasPrefix(format, "%%"):
			length = 2
		}
		b.WriteString(format[:length])
		format = format[length:]
	}
	return b.String()
}

// format returns the text of an option, ready to be expanded. If files are
// included, %(here)s is the directory of the file in which the option stands,
// and is known everywhere (config.md, section 4.6).
func (l *loader) format(o ini.Option) string {
	if !l.includes {
		return o.Value
	}
	return placeHere(o.Value, l.dirOf(o.File))
}
