// Package getopt reads command lines by the rules of Python's getopt, which
// are those of Supervisor's programs (cli.md, section 1).
//
// Short options combine (-nk) and take their argument attached or as the next
// word; long options take theirs as --opt=v or as the next word and may be
// shortened to any unique prefix; reading stops at the first word that is not
// an option. A command line is read as a whole before any option of it acts.
//
// The package is pure: a table of options and the words go in, the options in
// the order given come out. The texts of all errors are Supervisor's.
package getopt

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"supervisor/internal/pyrepr"
)

// Option is one row of a program's table of options.
type Option struct {
	Short string // the letters that stand for it, such as "h?"; may be empty
	Long  string // the long name without dashes; also its canonical name
	Arg   bool   // it takes an argument
	Whole bool   // its long name is not shortened, so that an older one keeps its short forms
}

// Given is one option of a command line.
type Given struct {
	Name     string // the canonical name: Option.Long
	Spelled  string // -c, or the long option with its name in full
	Value    string // the argument; empty if the option takes none
	Repeated bool   // it was given before, in either spelling
}

// Check returns what is wrong with the option when its turn comes: a value that
// parse refuses, and then having been given before. A nil parse accepts every
// value.
func (g Given) Check(parse func(value string) error) error {
	if parse != nil {
		if err := parse(g.Value); err != nil {
			return fmt.Errorf("invalid value for %s %s: %w", g.Spelled, pyrepr.String(g.Value), err)
		}
	}
	if g.Repeated {
		return fmt.Errorf("conflicting command line option %s", pyrepr.String(g.Spelled))
	}
	return nil
}

// Parse reads args, which do not include the name of the program. It returns
// the options in the order given and the words that follow them.
func Parse(options []Option, args []string) (given []Given, rest []string, err error) {
	seen := make(map[string]bool)
	add := func(o Option, spelled, value string) {
		given = append(given, Given{o.Long, spelled, value, seen[o.Long]})
		seen[o.Long] = true
	}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		if name, long := strings.CutPrefix(word, "--"); long {
			args, err = parseLong(options, name, args, add)
		} else {
			args, err = parseShort(options, word[1:], args, add)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return given, args, nil
}

// parseLong reads one long option, whose argument may be the first of args, and
// returns what is left of args.
func parseLong(options []Option, text string, args []string, add func(Option, string, string)) ([]string, error) {
	name, value, attached := strings.Cut(text, "=")
	o, err := findLong(options, name)
	if err != nil {
		return nil, err
	}
	spelled := "--" + o.Long
	switch {
	case attached && !o.Arg:
		return nil, fmt.Errorf("option %s must not have an argument", spelled)
	case !attached && o.Arg && len(args) == 0:
		return nil, fmt.Errorf("option %s requires argument", spelled)
	case !attached && o.Arg:
		value, args = args[0], args[1:]
	}
	add(o, spelled, value)
	return args, nil
}

// findLong returns the option whose long name is name or alone begins with it.
func findLong(options []Option, name string) (Option, error) {
	var found []Option
	for _, o := range options {
		if o.Long == name {
			return o, nil
		}
		if strings.HasPrefix(o.Long, name) && !o.Whole {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 0:
		return Option{}, fmt.Errorf("option --%s not recognized", name)
	case 1:
		return found[0], nil
	}
	return Option{}, fmt.Errorf("option --%s not a unique prefix", name)
}

// parseShort reads the letters of one word, the argument of the last of which
// may be the rest of the word or the first of args, and returns what is left of
// args.
func parseShort(options []Option, letters string, args []string, add func(Option, string, string)) ([]string, error) {
	for letters != "" {
		_, width := utf8.DecodeRuneInString(letters)
		letter := letters[:width]
		letters = letters[width:]

		spelled := "-" + letter
		o, ok := findShort(options, letter)
		if !ok {
			return nil, fmt.Errorf("option %s not recognized", spelled)
		}
		if !o.Arg {
			add(o, spelled, "")
			continue
		}
		value := letters
		if value == "" {
			if len(args) == 0 {
				return nil, fmt.Errorf("option %s requires argument", spelled)
			}
			value, args = args[0], args[1:]
		}
		add(o, spelled, value)
		break
	}
	return args, nil
}

func findShort(options []Option, letter string) (Option, bool) {
	for _, o := range options {
		if strings.Contains(o.Short, letter) {
			return o, true
		}
	}
	return Option{}, false
}

// WriteError writes the two lines with which Supervisor's programs refuse a
// command line or a configuration (config.md, section 2), before they exit
// with status 2. exe is the path that the program was started as.
func WriteError(w io.Writer, exe string, err error) {
	fmt.Fprintf(w, "Error: %s\nFor help, use %s -h\n", err, exe)
}
