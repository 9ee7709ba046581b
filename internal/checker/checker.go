// Package checker is the command "check" of supervisord and supervisorctl: it
// reads its arguments, lets internal/check look at a configuration, and prints
// what that found. It touches nothing, and needs no daemon.
package checker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"supervisor/internal/check"
	"supervisor/internal/config"
	"supervisor/internal/getopt"
)

// The statuses that the command exits with.
const (
	exitClean = 0 // no errors; with --strict, no warnings either
	exitFound = 1
	exitUsage = 2
)

const helpText = `check -- find everything that is wrong with a configuration.

Usage: %s check [options] [FILE]

Options:
--json -- print the findings as a JSON array
--strict -- warnings count like errors
--ignore CODE,... -- leave out findings with these codes
-h/--help -- print this text and exit

Without FILE, the file that supervisord would use is checked, or for supervisorctl
the one that the running supervisord uses. The exit status is 0 if there are no
errors, 1 if there are (with --strict also if there are warnings), and 2 if the
command itself is wrong or names a file that is not there.
Every code is explained in docs/check.md.
`

var options = []getopt.Option{
	{Long: "json"}, {Long: "strict"}, {Long: "ignore", Arg: true}, {Short: "h?", Long: "help"},
}

// Invocation is what a run of the command depends on.
type Invocation struct {
	Program        string                       // that it is a command of, for messages
	Args           []string                     // behind "check"
	Source         config.Source                // what to check, if no file is named
	Running        func() (config.Source, bool) // what a running daemon reads, which is checked before Source; nil: nobody knows
	Searched       []string                     // where a file was looked for, if there is none
	Stdout, Stderr io.Writer
}

// Run checks a configuration and returns the exit status.
func Run(inv Invocation) int {
	given, rest, err := getopt.Parse(options, inv.Args)
	if err == nil && len(rest) > 1 {
		err = fmt.Errorf("check takes one file, not %d", len(rest))
	}
	if err != nil {
		return inv.refuse(err)
	}
	var asJSON, strict bool
	var ignored []string
	for _, g := range given {
		switch g.Name {
		case "help":
			fmt.Fprintf(inv.Stdout, helpText, inv.Program)
			return exitClean
		case "json":
			asJSON = true
		case "strict":
			strict = true
		case "ignore":
			for code := range strings.SplitSeq(g.Value, ",") {
				ignored = append(ignored, strings.TrimSpace(code))
			}
		}
	}
	if err := checkCodes(ignored); err != nil {
		return inv.refuse(err)
	}
	if len(rest) == 1 {
		inv.Source.File = rest[0]
	} else if inv.Running != nil {
		if running, ok := inv.Running(); ok {
			inv.Source = running
		}
	}
	if err := inv.exists(); err != nil {
		if asJSON { // who reads JSON reads a document, whatever has happened
			missing := check.Finding{File: inv.Source.File, Line: 1, Column: 1, Severity: check.Error, Code: config.Unreadable, Message: err.Error()}
			err = errors.Join(err, check.WriteJSON(inv.Stdout, []check.Finding{missing}))
		}
		return inv.refuse(err)
	}
	findings := check.Without(check.Check(inv.Source, newWorld()), ignored)
	if err := inv.write(findings, asJSON); err != nil {
		return inv.refuse(fmt.Errorf("cannot print what was found: %w", err))
	}
	if check.Count(findings, check.Error) > 0 || strict && check.Count(findings, check.Warning) > 0 {
		return exitFound
	}
	return exitClean
}

// exists says why there is no file to check; nil: there is one.
func (inv Invocation) exists() error {
	file := inv.Source.File
	if file == "" {
		return config.NotFound(inv.Searched)
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(inv.Source.Cwd, file)
	}
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("cannot check: %w", err)
	}
	return nil
}

func (inv Invocation) write(findings []check.Finding, asJSON bool) error {
	if asJSON {
		return check.WriteJSON(inv.Stdout, findings)
	}
	if err := check.WriteText(inv.Stdout, findings); err != nil {
		return err
	}
	_, err := fmt.Fprintf(inv.Stdout, "%s: %s, %s\n", inv.Source.File,
		count(check.Count(findings, check.Error), "error"), count(check.Count(findings, check.Warning), "warning"))
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// refuse says why nothing could be checked.
func (inv Invocation) refuse(err error) int {
	getopt.WriteError(inv.Stderr, inv.Program+" check", err)
	return exitUsage
}

// checkCodes refuses codes that do not exist: a slip would ignore nothing.
func checkCodes(codes []string) error {
	known := map[string]bool{}
	for _, d := range check.Codes() {
		known[string(d.Code)] = true
	}
	for _, code := range codes {
		if !known[code] {
			return fmt.Errorf("there is no code %s to ignore", code)
		}
	}
	return nil
}
