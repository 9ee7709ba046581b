package supervisord

import (
	"fmt"
	"io"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/getopt"
	"supervisor/internal/pyrepr"
)

// option is one row of the command line: how it is spelled, what it means, and
// the key of [supervisord] that it overrides, if any.
type option struct {
	getopt.Option
	argument string // what the help calls its argument; empty: it has none
	key      string // the overridden key; empty: none
	meaning  string
}

// options is all that supervisord understands (cli.md, section 1).
var options = []option{
	{getopt.Option{Short: "c", Long: "configuration", Arg: true}, "FILENAME", "", "the configuration file (searched for if not given)"},
	{getopt.Option{Short: "n", Long: "nodaemon"}, "", "nodaemon", "stay in the foreground (nodaemon=true in the file)"},
	{getopt.Option{Short: "s", Long: "silent"}, "", "silent", "do not repeat the log on stdout when in the foreground"},
	{getopt.Option{Short: "h?", Long: "help"}, "", "", "print this text and exit"},
	{getopt.Option{Short: "v", Long: "version"}, "", "", "print the version and exit"},
	{getopt.Option{Short: "u", Long: "user", Arg: true}, "USER", "user", "become this user (a name or a number)"},
	{getopt.Option{Short: "m", Long: "umask", Arg: true}, "UMASK", "umask", "the umask of the daemon, octal (default 022)"},
	{getopt.Option{Short: "d", Long: "directory", Arg: true}, "DIRECTORY", "directory", "the working directory of the daemon"},
	{getopt.Option{Short: "l", Long: "logfile", Arg: true}, "FILENAME", "logfile", "the activity log"},
	{getopt.Option{Short: "y", Long: "logfile_maxbytes", Arg: true}, "BYTES", "logfile_maxbytes", "rotate the activity log at this size; 0: never"},
	{getopt.Option{Short: "z", Long: "logfile_backups", Arg: true}, "NUM", "logfile_backups", "how many rotated activity logs are kept"},
	{getopt.Option{Short: "e", Long: "loglevel", Arg: true}, "LEVEL", "loglevel", "critical, error, warn, info, debug, trace or blather"},
	{getopt.Option{Short: "j", Long: "pidfile", Arg: true}, "FILENAME", "pidfile", "where the daemon writes its pid"},
	{getopt.Option{Short: "i", Long: "identifier", Arg: true}, "STR", "identifier", "the name of this daemon among others"},
	{getopt.Option{Short: "q", Long: "childlogdir", Arg: true}, "DIRECTORY", "childlogdir", "where the automatic logs of programs are kept"},
	{getopt.Option{Short: "k", Long: "nocleanup"}, "", "nocleanup", "keep the automatic logs of earlier runs"},
	{getopt.Option{Short: "a", Long: "minfds", Arg: true}, "NUM", "minfds", "how many open files must be possible"},
	{getopt.Option{Short: "t", Long: "strip_ansi"}, "", "strip_ansi", "remove terminal colours from the logs of programs"},
	{getopt.Option{Long: "minprocs", Arg: true}, "NUM", "minprocs", "how many processes must be possible"},
	{getopt.Option{Long: "profile_options", Arg: true}, "LIST", "", "accepted for compatibility; has no effect"},
}

// commandLine is what the user asked for.
type commandLine struct {
	help, version bool
	file          string // -c; empty: not given
	overrides     []config.Override
	check         []string // the command check and its arguments; empty: run
}

// parseCommandLine reads the words after the program's name. An option that
// ends the program early wins over all that follow it, but not over words that
// make no sense.
func parseCommandLine(args []string, check func(config.Override) error) (commandLine, error) {
	var line commandLine
	table := make([]getopt.Option, len(options))
	keys := make(map[string]string, len(options))
	for i, o := range options {
		table[i], keys[o.Long] = o.Option, o.key
	}
	given, rest, err := getopt.Parse(table, args)
	if err != nil {
		return line, err
	}
	if len(rest) > 0 && rest[0] == "check" {
		line.check, rest = rest, nil
	}
	if len(rest) > 0 {
		return line, fmt.Errorf("positional arguments are not supported: %s", pyrepr.List(rest))
	}
	for _, g := range given {
		switch g.Name {
		case "help":
			line.help = true
			return line, nil
		case "version":
			line.version = true
			return line, nil
		}
		override := config.Override{Key: keys[g.Name], Value: g.Value}
		err := g.Check(func(string) error {
			if override.Key == "" {
				return nil
			}
			return check(override)
		})
		if err != nil {
			return line, err
		}
		if g.Name == "configuration" {
			line.file = g.Value
		} else if override.Key != "" {
			line.overrides = append(line.overrides, override)
		}
	}
	return line, nil
}

// writeHelp writes the text of --help.
func writeHelp(w io.Writer, exe string) {
	fmt.Fprintf(w, "supervisord -- run a set of applications as daemons.\n\nUsage: %s [options]\n       %s [options] check [--json] [--strict] [--ignore CODES] [FILE]\n\nOptions:\n", exe, exe)
	for _, o := range options {
		var spelled []string
		for _, short := range o.Short {
			spelled = append(spelled, "-"+string(short))
		}
		spelled = append(spelled, "--"+o.Long)
		text := strings.Join(spelled, "/")
		if o.argument != "" {
			text += " " + o.argument
		}
		fmt.Fprintf(w, "%s -- %s\n", text, o.meaning)
	}
	fmt.Fprint(w, "\nThe command check finds everything that is wrong with the configuration and runs nothing; check --help says more.\n")
	fmt.Fprint(w, "\nWhat is given here wins over the configuration file.\nSignals: TERM, INT, QUIT stop everything; HUP restarts; USR1 upgrades; USR2 reopens the logs.\n")
}
