package supervisorctl

import (
	"fmt"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/getopt"
	"supervisor/internal/pyrepr"
)

const helpText = `supervisorctl -- control applications run by supervisord from the cmd line.

Usage: %s [options] [action [arguments]]

Options:
-c/--configuration FILENAME -- the configuration file (looked for in the usual
     places if not given)
-h/--help -- print this text and exit
-i/--interactive -- with an action: ask before what cannot be undone, and for a password
-s/--serverurl URL -- where supervisord listens
     (default "http://localhost:9001")
-u/--username USERNAME -- the name to give to a server that asks for one
-p/--password PASSWORD -- the password that goes with it
-r/--history_file FILENAME -- keep the history of the interactive shell here
--raw -- on a terminal: do not make control characters in logs and messages visible
--json -- print one JSON document instead of text
--color auto|always|never -- the states in colour; auto: on a terminal, unless
     NO_COLOR is set

An action is a command such as "status" or "tail". Without one, an interactive
shell reads commands line by line. The action "help" lists all of them. The
action "check" finds all that is wrong with a configuration file, and needs no
supervisord for it.
`

var optionTable = []getopt.Option{
	{Short: "c", Long: "configuration", Arg: true},
	{Short: "h?", Long: "help"},
	{Short: "i", Long: "interactive"},
	{Short: "s", Long: "serverurl", Arg: true},
	{Short: "u", Long: "username", Arg: true},
	{Short: "p", Long: "password", Arg: true},
	{Short: "r", Long: "history_file", Arg: true},
	{Long: "raw"},
	{Long: "json", Whole: true},
	{Long: "color", Arg: true, Whole: true},
}

// options is what a command line says.
type options struct {
	help        bool
	interactive bool
	raw         bool
	password    string // as it stands in the arguments
	json        bool
	color       string              // empty: not given
	addressed   bool                // -s is given
	file        string              // empty: not given
	overrides   []func(*config.Ctl) // of what the file says
	action      []string
}

func parseOptions(args []string) (options, error) {
	given, action, err := getopt.Parse(optionTable, args)
	if err != nil {
		return options{}, err
	}
	o := options{action: action}
	for _, g := range given {
		var check func(string) error
		switch g.Name {
		case "help": // acts at once, whatever follows
			return options{help: true}, nil
		case "serverurl":
			check = checkURL
		case "color":
			check = checkColor
		}
		if err := g.Check(check); err != nil {
			return options{}, err
		}
		switch g.Name {
		case "configuration":
			o.file = g.Value
		case "interactive":
			o.interactive = true
		case "raw":
			o.raw = true
		case "json":
			o.json = true
		case "color":
			o.color = g.Value
		case "serverurl":
			o.addressed = true
			o.override(func(c *config.Ctl) { c.ServerURL = g.Value })
		case "username":
			o.override(func(c *config.Ctl) { c.Username = g.Value })
		case "password":
			password := strings.Clone(g.Value) // what was given is going to be hidden
			o.password = g.Value
			o.override(func(c *config.Ctl) { c.Password = password })
		case "history_file":
			o.override(func(c *config.Ctl) { c.HistoryFile = g.Value })
		}
	}
	return o, nil
}

func (o *options) override(set func(*config.Ctl)) { o.overrides = append(o.overrides, set) }

// checkURL refuses what has no scheme or nothing after it. A scheme that no
// server speaks is an error only when it is used.
func checkURL(value string) error {
	scheme, rest, ok := strings.Cut(value, ":")
	rest = strings.TrimPrefix(rest, "//")
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	if !ok || !isScheme(scheme) || rest == "" {
		return fmt.Errorf("value %s is not a URL", pyrepr.String(value))
	}
	return nil
}

// isScheme follows RFC 3986, section 3.1.
func isScheme(s string) bool {
	for i, c := range s {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		inner := '0' <= c && c <= '9' || strings.ContainsRune("+-.", c)
		if !letter && (i == 0 || !inner) {
			return false
		}
	}
	return s != ""
}
