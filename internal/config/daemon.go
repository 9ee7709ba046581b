package config

import (
	"fmt"
	"log/slog"

	"supervisor/internal/ini"
)

// daemonSection is [supervisord] while it is being read.
type daemonSection struct {
	Daemon
	environment []variable
	user        string // not yet looked up
	hasUser     bool
}

// logSyslog is the value of logfile= that stands for no file but syslog.
const logSyslog = "syslog"

var daemonFields = []field[daemonSection]{
	{
		key: "minfds", def: "1024",
		meaning: "how many files the daemon must be able to open; the limit is raised if it is lower",
		set:     to(integer, func(d *daemonSection) *int { return &d.MinFDs }),
	},
	{
		key: "minprocs", def: "200",
		meaning: "how many processes its user must be able to have; the limit is raised if it is lower",
		set:     to(integer, func(d *daemonSection) *int { return &d.MinProcs }),
	},
	{
		key: "directory", absent: "where the daemon was started",
		meaning: "the directory to change to, when detaching only",
		set:     ask((*system).existingDir, func(d *daemonSection) *string { return &d.Directory }),
	},
	{
		key: "user", absent: "whoever starts the daemon",
		meaning: "the user, by name or number, to become right after the start",
		set: func(_ *loader, d *daemonSection, text string) error {
			d.user, d.hasUser = text, true
			return nil
		},
	},
	{
		key: "umask", def: "022",
		meaning: "the daemon's file creation mask, set when detaching only",
		set:     to(permissions, func(d *daemonSection) *uint32 { return &d.Umask }),
	},
	{
		key: "logfile", def: "supervisord.log",
		meaning: "the activity log, or the word syslog",
		set: func(l *loader, d *daemonSection, text string) error {
			d.LogSyslog = text == logSyslog
			if d.LogSyslog {
				d.LogFile = ""
				return nil
			}
			return l.absoluteFile(text, &d.LogFile)
		},
	},
	{
		key: "logfile_maxbytes", def: "50MB",
		meaning: "the size at which the activity log is rotated; 0: never",
		set:     to(byteSize, func(d *daemonSection) *ByteSize { return &d.LogMaxBytes }),
	},
	{
		key: "logfile_backups", def: "10",
		meaning: "how many rotated activity logs are kept; 0: none",
		set:     to(integer, func(d *daemonSection) *int { return &d.LogBackups }),
	},
	{
		key: "loglevel", def: "info",
		meaning: "what the activity log shows: critical, error, warn, info, debug, trace or blather",
		set:     to(level, func(d *daemonSection) *slog.Level { return &d.LogLevel }),
	},
	{
		key: "pidfile", def: "supervisord.pid",
		meaning: "the file that holds the process id of the daemon",
		set: func(l *loader, d *daemonSection, text string) error {
			return l.absoluteFile(text, &d.PIDFile)
		},
	},
	{
		key: "identifier", def: "supervisor",
		meaning: "the name that the daemon gives itself towards clients and listeners",
		set:     to(plain, func(d *daemonSection) *string { return &d.Identifier }),
	},
	{
		key: "nodaemon", def: "false",
		meaning: "stay in the foreground instead of detaching",
		set:     to(boolean, func(d *daemonSection) *bool { return &d.NoDaemon }),
	},
	{
		key: "silent", def: "false",
		meaning: "do not repeat the activity log on standard output when in the foreground",
		set:     to(boolean, func(d *daemonSection) *bool { return &d.Silent }),
	},
	{
		key: "childlogdir", absent: "the system's temporary directory",
		meaning: "the directory for the logs of programs whose log file is AUTO",
		set:     ask((*system).existingDir, func(d *daemonSection) *string { return &d.ChildLogDir }),
	},
	{
		key: "nocleanup", def: "false",
		meaning: "keep the AUTO logs that an earlier daemon has left",
		set:     to(boolean, func(d *daemonSection) *bool { return &d.NoCleanup }),
	},
	{
		key: "strip_ansi", def: "false",
		meaning: "remove terminal escape sequences from the logs of programs",
		set:     to(boolean, func(d *daemonSection) *bool { return &d.StripANSI }),
	},
	{
		key: "adopt", def: "false",
		meaning: "keep what is needed to take back the programs of a daemon that was killed, and do so",
		set:     to(boolean, func(d *daemonSection) *bool { return &d.Adopt }),
	},
	{
		key: "statedir", absent: "the directory of the pid file",
		meaning: "the directory in which adopt=true keeps its state; one in memory, like /run, is best",
		set:     ask((*system).existingDir, func(d *daemonSection) *string { return &d.StateDir }),
	},
	{
		key: "environment", absent: "nothing",
		meaning: `KEY="value" pairs, between commas, to add to the environment of all programs`,
		twice:   true,
		set:     to(environment, func(d *daemonSection) *[]variable { return &d.environment }),
	},
}

// absoluteFile reads the path of a file that the daemon writes.
func (l *loader) absoluteFile(text string, path *string) error {
	file, err := l.existingDirPath(text)
	if err == nil {
		*path = absolute(l.cwd, file)
	}
	return err
}

// daemon reads [supervisord]. The variables of its environment= are names for
// all sections that are read after it.
func (l *loader) daemon(s *ini.Section) (*daemonSection, error) {
	d := &daemonSection{}
	names := l.env.within(l.hereNames())
	last := len(daemonFields) - 1
	if err := readFields(l, s, names, daemonFields[:last], d); err != nil {
		return nil, err
	}
	// The host's name is known to environment= only, and 4.3 does not know it
	// there either: that it is missing from the list is what 4.3 says.
	names = (&scope{outer: names, names: l.host, unlisted: true})
	if err := daemonFields[last].read(l, s, names, d); err != nil {
		return nil, err
	}
	l.env = l.env.within(environmentNames(d.environment))
	l.daemonEnvironment = d.environment
	return d, nil
}

// finish puts the command line above the file, and looks up what can only be
// looked up once it is known which of the two counts.
func (l *loader) finish(d *daemonSection, s *ini.Section) (Daemon, error) {
	user, _ := s.Get("user")
	for _, o := range l.src.Overrides {
		if err := l.override(d, o); err != nil {
			return Daemon{}, &Error{Code: BadValue, Text: err.Error(), Key: o.Key}
		}
		if o.Key == "user" {
			user = ini.Option{Key: o.Key}
		}
	}
	if d.hasUser {
		account, err := l.system.user(d.user)
		if err != nil {
			if err := l.fail(at(user, s, err)); err != nil {
				return Daemon{}, err
			}
		}
		d.User = account
	}
	d.Environment = merge(d.environment, nil)
	if d.ChildLogDir == "" {
		dir, err := l.tempDir()
		if err != nil {
			missing := in(s, MissingDir, "%v", err)
			missing.Hint = "write childlogdir= with a directory that can be written to; logs without a place of their own go there"
			return Daemon{}, missing
		}
		d.ChildLogDir = dir
	}
	return d.Daemon, nil
}

// override sets one option to what the command line says. A flag means true,
// and a file without a name leaves the one that the configuration names.
func (l *loader) override(d *daemonSection, o Override) error {
	if o.Value == "" && (o.Key == "logfile" || o.Key == "pidfile") {
		return nil
	}
	value := o.Value
	switch o.Key {
	case "nodaemon", "silent", "nocleanup", "strip_ansi":
		value = "true"
	}
	for _, f := range daemonFields {
		if f.key == o.Key {
			return f.set(l, d, value)
		}
	}
	return fmt.Errorf("cannot override %s", o.Key)
}

// CheckOverride runs the parser of an overriding option on its value. The
// source says what relative paths and ~ mean; its File and Overrides play no
// part. A user is not looked up here but by Load, after the whole file.
func CheckOverride(src Source, o Override) error {
	return newLoader(src).override(&daemonSection{}, o)
}
