// Package supervisorctl is the client: it turns words into calls of a
// supervisord and its answers into lines.
//
// Each command is a file of its own; the table of all commands is in
// command.go. What is printed, and the exit status, are those of Supervisor
// (ctl.md), whose output scripts read. Everything goes to the standard output,
// errors too; only what hinders a stream of log text goes to standard error.
//
// Nothing is taken from the process: Run gets all it depends on as an
// Invocation and returns the exit status.
package supervisorctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"supervisor/internal/config"
	"supervisor/internal/getopt"
	"supervisor/internal/wire"
)

// Invocation is everything that a run of the program depends on.
type Invocation struct {
	Args           []string          // without the name of the program
	Exe            string            // the path of the program, found through PATH if need be
	Cwd            string            // absolute
	Env            []string          // KEY=VALUE
	UID            int               // the effective user
	Hide           func(part string) // overwrites a part of Args where everybody can see it; nil: nobody can
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Interruptible returns a context that ends when the user interrupts the
	// program (SIGINT), which until stop is called does not end it.
	Interruptible func(context.Context) (ctx context.Context, stop context.CancelFunc)

	// Signals has signals sent to a channel instead of ending the program, until
	// stop is called.
	Signals func(...os.Signal) (c <-chan os.Signal, stop func())

	// Raise has a signal do to the program what it does to one without plans for
	// it; one that stops, to all that share the terminal's attention with it. It
	// returns if the program lives on, or when it does again.
	Raise func(syscall.Signal)
}

// Run does what the command line asks for and returns the exit status: that of
// ctl.md, section 3, or 2 if the command line or the configuration is wrong.
func Run(inv Invocation) int {
	return run(inv, dial)
}

// run is Run with a way to reach a server.
func run(inv Invocation, dial dialer) int {
	o, err := parseOptions(inv.Args)
	if err != nil {
		getopt.WriteError(shown(inv.Stderr), inv.Exe, err)
		return 2
	}
	if len(o.action) > 1 && o.action[0] == "completion" && o.action[1] == wordsFlag {
		printWords(inv, dial, o.action[2:])
		return 0
	}
	if o.help {
		fmt.Fprintf(inv.Stdout, helpText, inv.Exe)
		return 0
	}
	if len(o.action) > 0 && o.action[0] == "check" { // of a file that may be wrong
		args := o.action[1:]
		if o.json {
			args = append([]string{"--json"}, args...)
		}
		return inv.checkFile(o.file, args, inv.asker(o, dial), inv.Stdout, inv.Stderr)
	}
	if inv.Hide != nil && o.password != "" {
		inv.Hide(o.password)
	}
	settings, from, err := configure(inv, o)
	if err == nil && o.json && len(o.action) == 0 {
		err = errors.New("--json needs a command: status, for example")
	}
	if err != nil {
		getopt.WriteError(shown(inv.Stderr), inv.Exe, err)
		var wrong *config.Error
		if isTerminal(inv.Stderr) && errors.As(err, &wrong) && wrong.Hint != "" {
			fmt.Fprintln(shown(inv.Stderr), wrong.Hint)
		}
		return 2
	}

	s := newSession(inv, settings, dial)
	s.checkFile = func(args []string, stdout, stderr io.Writer) int {
		return inv.checkFile(o.file, args, s.running, stdout, stderr)
	}
	s.filtered = s.filtered && !o.raw
	s.origin = from
	s.json, s.color = o.json, wantsColor(o.color, s.onTerminal, inv.Env)
	ctx := context.Background()
	if len(o.action) == 0 {
		s.interactive = true
		s.shell(ctx)
		return 0
	}
	s.interactive = o.interactive
	if s.json { // whoever reads it gets a document, also of what was interrupted
		interruptible, stop := s.interruptible(ctx)
		defer stop()
		ctx = interruptible
	}
	s.execute(ctx, strings.Join(o.action, " "))
	return s.status
}

// asker returns what asks the daemon that the options and the configuration
// name; nil: they name none, or cannot be understood.
func (inv Invocation) asker(o options, dial dialer) func() (wire.ConfigSource, bool) {
	settings, _, err := configure(inv, o)
	if err != nil || dial == nil {
		return nil
	}
	return newSession(inv, settings, dial).running
}

// configure reads [supervisorctl] and lets the options override it. It also
// returns where the address of the server is from.
func configure(inv Invocation, o options) (config.Ctl, origin, error) {
	file := o.file
	if file == "" {
		file, _, _ = config.Find(inv.Exe, inv.Cwd)
	}
	c, err := config.LoadCtl(config.CtlSource{File: file, Cwd: inv.Cwd, Env: inv.Env, UID: inv.UID})
	if err != nil {
		return config.Ctl{}, origin{}, err
	}
	settings := *c
	for _, set := range o.overrides {
		set(&settings)
	}
	if settings.HistoryFile != "" && !filepath.IsAbs(settings.HistoryFile) {
		settings.HistoryFile = filepath.Join(inv.Cwd, settings.HistoryFile)
	}
	return settings, origin{file: file, named: o.file != "", given: o.addressed}, nil
}
