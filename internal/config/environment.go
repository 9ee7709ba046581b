package config

import (
	"strings"
)

// variable is one entry of an environment.
type variable struct{ name, value string }

// environment reads an environment= value: KEY=VALUE pairs, of which a later
// one replaces an earlier one of the same key.
//
// Versions of Supervisor disagree on quotes. The text is read as 4.3 reads it,
// which is what existing files were written for: quotes group only around a
// whole value, and a backslash is no escape. What 4.3 refuses is read as its
// successor reads it, by the rules of a POSIX shell, so that "say \"hi\""
// works; what both refuse is 4.3's error.
func environment(text string) ([]variable, error) {
	vars, err := pairs(text, false)
	if err == nil {
		return vars, nil
	}
	if vars, posixErr := pairs(text, true); posixErr == nil {
		return vars, nil
	}
	return nil, err
}

const environmentHint = `KEY="value" pairs, between commas, with quotes around every value`

// pairs reads an environment= value by one of the two lexers. Between two
// pairs any one token may stand.
func pairs(text string, posix bool) ([]variable, error) {
	list, err := tokens(text, posix)
	if err != nil {
		return nil, wrong(BadValue, environmentHint, "%v", err)
	}
	var vars []variable
	for len(list) > 0 {
		if len(list) < 3 || list[1] != "=" {
			return nil, wrong(BadValue, environmentHint, "Unexpected end of key/value pairs in value '%s'", hidden)
		}
		value := list[2]
		if !posix {
			value = strings.Trim(value, `'"`)
		}
		vars = setVariable(vars, variable{list[0], value})
		list = list[min(4, len(list)):]
	}
	return vars, nil
}

// setVariable replaces the variable of the same name where it stands, or adds
// it.
func setVariable(vars []variable, v variable) []variable {
	for i := range vars {
		if vars[i].name == v.name {
			vars[i] = v
			return vars
		}
	}
	return append(vars, v)
}

// merge returns the variables of both, the later ones winning, as KEY=VALUE.
func merge(first, second []variable) []string {
	var all []variable
	for _, vars := range [][]variable{first, second} {
		for _, v := range vars {
			all = setVariable(all, v)
		}
	}
	var list []string
	for _, v := range all {
		list = append(list, v.name+"="+v.value)
	}
	return list
}

// split cuts KEY=VALUE strings, as the system gives them, into variables.
func split(environ []string) []variable {
	var vars []variable
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			vars = append(vars, variable{name, value})
		}
	}
	return vars
}
