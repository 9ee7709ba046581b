// Package supervisord composes the daemon: it reads the command line and the
// configuration, opens what is needed in the right order, lets the supervisor
// run, and closes everything again.
//
// One life of the daemon lasts from reading the configuration to the end of
// the last program. A restart is just another life in the same process; that
// works because nothing is kept outside of it but the serial of events.
package supervisord

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/daemon"
	"supervisor/internal/getopt"
	"supervisor/internal/spawn"
	"supervisor/internal/upgrade"
)

// Version is the version of Supervisor that this daemon stands in for. Clients
// ask for it and compare it.
const Version = "4.3.0"

// The statuses that the daemon exits with (cli.md, section 6).
const (
	exitOK    = 0
	exitUsage = 2
)

// program is the daemon as a process, over all its lives.
type program struct {
	exe            string // the path that it was started as
	args           []string
	stdout, stderr io.Writer
	line           commandLine
	launcher       *daemon.Launcher // who waits for us to detach; nil: nobody
	signals        caught
	serial         uint64            // of the next event
	wantSecond     func(wanted bool) // a second processor

	started   time.Time        // when the first program began that this one goes on for
	origin    string           // the absolute path of its file
	mask      spawn.SignalMask // what it was started with, and children start with
	inherited []int            // descriptors that it was started with
	upgrades  int              // how often it has become another program
}

// Run runs the daemon until it ends and returns its exit status. args is the
// command line with the program's name.
func Run(args []string, stdout, stderr io.Writer) int {
	p := &program{
		exe:     findSelf(args[0]),
		started: time.Now(),
		args:    args,
		stdout:  stdout,
		stderr:  shown(stderr),
		signals: newCaught(),

		wantSecond: daemon.OneProcessor(),
	}
	if len(args) == 2 && args[1] == question {
		return p.answer(os.Stdin)
	}
	note, err := upgrade.Received()
	switch {
	case err != nil:
		return p.refuse(err)
	case note != nil && note.Guarded != nil:
		return p.guardian(note)
	case note != nil:
		return p.goOn(note)
	}
	if launcher, detached := daemon.Detached(); detached {
		p.launcher = launcher // first: its pipe is not among what is handed over
	}
	if err := p.lookAround(); err != nil {
		return p.refuse(err)
	}
	line, err := parseCommandLine(args[1:], p.checkOverride)
	switch {
	case err != nil:
		return p.refuse(err)
	case line.help:
		writeHelp(stdout, p.exe)
		return exitOK
	case line.version:
		fmt.Fprintln(stdout, Version)
		return exitOK
	}
	p.line = line
	if len(line.check) > 0 {
		return p.check()
	}
	return p.live()
}

// live lives from the command line on.
func (p *program) live() int {
	outlivePipes()
	p.warnOfSearch()
	cfg, err := p.load()
	if err != nil {
		return p.refuse(err)
	}
	if !cfg.Daemon.NoDaemon && p.launcher == nil {
		return p.detach()
	}
	return p.liveFrom(cfg, true)
}

// liveFrom lives one life after the other, from the one with the configuration on.
// first says that it is the first of all.
func (p *program) liveFrom(cfg *config.Config, first bool) int {
	for ; cfg != nil; first = false {
		l := &life{program: p, config: cfg, first: first}
		var err error
		if cfg, err = l.live(); err != nil {
			return p.refuse(err)
		}
	}
	return exitOK
}

// lookAround remembers what the process was started with, as far as it is needed
// for another program to go on: later it may look different.
func (p *program) lookAround() (err error) {
	p.inherited = upgrade.Inherited()
	if p.mask, err = spawn.Mask(); err != nil {
		return fmt.Errorf("cannot tell which signals are blocked: %w", err)
	}
	p.origin, err = originOf(p.exe)
	return err
}

// originOf returns the absolute path of the file of this program: the one that it
// was started as, if that is true, and no name behind which links are hidden.
func originOf(exe string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("cannot find out what is executed: %w", err)
	}
	path, err := filepath.Abs(exe)
	if err != nil {
		return self, nil
	}
	named, err := os.Stat(path)
	if err != nil {
		return self, nil
	}
	if real, err := os.Stat(self); err != nil || !os.SameFile(named, real) {
		return self, nil
	}
	return path, nil
}

// detach starts the daemon proper and waits until it is ready.
func (p *program) detach() int {
	status, err := daemon.Launch(p.args, os.Environ())
	if err != nil {
		return p.refuse(err)
	}
	return status
}

// refuse says why the daemon cannot run, in the two lines that scripts know,
// and then, for a person, where the trouble is and what to do.
func (p *program) refuse(err error) int {
	getopt.WriteError(p.stderr, p.exe, err)
	var placed interface{ Where() string }
	if errors.As(err, &placed) && placed.Where() != "" {
		fmt.Fprintln(p.stderr, placed.Where())
	}
	var wrong *config.Error
	if errors.As(err, &wrong) && wrong.Hint != "" {
		fmt.Fprintln(p.stderr, wrong.Hint)
	}
	return exitUsage
}

// warnOfSearch says that root had better name its configuration file: whoever
// can write to one of the default places decides what runs as root. The
// launcher of a detached daemon has said it already.
func (p *program) warnOfSearch() {
	if p.line.file == "" && os.Geteuid() == 0 && p.launcher == nil {
		fmt.Fprintln(p.stderr, "Supervisord is running as root and it is searching for its configuration file in default locations"+
			" (including the current directory); -c with an absolute path is safer.")
	}
}

// load finds and reads the configuration.
func (p *program) load() (*config.Config, error) {
	src, err := p.source()
	if err != nil {
		return nil, err
	}
	if src.File == "" {
		found, searched, ok := config.Find(p.exe, src.Cwd)
		if !ok {
			return nil, config.NotFound(searched)
		}
		src.File = found
	}
	return config.Load(src)
}

// source is what the configuration depends on, as things stand now.
func (p *program) source() (config.Source, error) {
	cwd, err := config.CurrentDirectory()
	if err != nil {
		return config.Source{}, err
	}
	hostname, err := os.Hostname()
	if err != nil {
		return config.Source{}, fmt.Errorf("cannot tell the name of this host: %w", err)
	}
	return config.Source{
		File:      p.line.file,
		Cwd:       cwd,
		Env:       os.Environ(),
		UID:       os.Geteuid(),
		Hostname:  hostname,
		Overrides: p.line.overrides,
	}, nil
}

// checkOverride checks an option of the command line the way its key in the
// file is checked.
func (p *program) checkOverride(o config.Override) error {
	src, err := p.source()
	if err != nil {
		return err
	}
	return config.CheckOverride(src, o)
}

// findSelf returns the path that the program was started as: a bare name was
// found through PATH.
func findSelf(arg0 string) string {
	if path, err := exec.LookPath(arg0); err == nil {
		return path
	}
	return filepath.Clean(arg0)
}
