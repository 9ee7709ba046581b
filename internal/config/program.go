package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"supervisor/internal/ini"
	"supervisor/internal/pyrepr"
)

// maxProcesses bounds the number of processes in a configuration, so that a
// slip of the finger in numprocs does not fill the memory.
const maxProcesses = 100_000

// program is a [program:x], or the part of an [fcgi-program:x] or an
// [eventlistener:x] that is like one, while it is being read.
type program struct {
	Process                 // what all its processes have in common, then one of them
	numprocs, numprocsStart int
	killAsGroup             *bool
	nameFormat              string // process_name before it is expanded
	command                 *string
	environment             []variable
	syslogAsFile            struct{ stdout, stderr bool } // the log file was given as syslog
}

// programFields are read once for the section.
var programFields = []field[program]{
	{
		key: "priority", def: "999",
		meaning: "programs of low priority are started first and stopped last",
		set:     to(integer, func(p *program) *int { return &p.Priority }),
	},
	{
		key: "autostart", def: "true",
		meaning: "start it when the daemon starts",
		set:     to(boolean, func(p *program) *bool { return &p.Autostart }),
	},
	{
		key: "autorestart", def: "unexpected",
		meaning: "start it again when it exits: true, false, or unexpected, which means unless its exit code is in exitcodes",
		set:     to(autorestart, func(p *program) *Autorestart { return &p.Autorestart }),
	},
	{
		key: "startsecs", def: "1",
		meaning: "how many seconds it must stay up to count as started",
		set:     to(seconds, func(p *program) *time.Duration { return &p.StartSecs }),
	},
	{
		key: "startretries", def: "3",
		meaning: "how many failed starts in a row are followed by another try",
		set:     to(integer, func(p *program) *int { return &p.StartRetries }),
	},
	{
		key: "stopsignal", def: "TERM",
		meaning: "the signal that asks it to stop, by name or number",
		set:     to(signal, func(p *program) *syscall.Signal { return &p.StopSignal }),
	},
	{
		key: "stopwaitsecs", def: "10",
		meaning: "how many seconds it has to stop before it is killed",
		set:     to(seconds, func(p *program) *time.Duration { return &p.StopWait }),
	},
	{
		key: "stopasgroup", def: "false",
		meaning: "send the stop signal to its whole process group",
		set:     to(boolean, func(p *program) *bool { return &p.StopAsGroup }),
	},
	{
		key: "killasgroup", absent: "the value of stopasgroup",
		meaning: "kill its whole process group if it does not stop",
		set: func(_ *loader, p *program, text string) error {
			kill, err := boolean(text)
			p.killAsGroup = &kill
			return err
		},
	},
	{
		key: "exitcodes", def: "0",
		meaning: "the exit codes that autorestart=unexpected expects, between commas",
		set:     to(exitCodes, func(p *program) *[]int { return &p.ExitCodes }),
	},
	{
		key: "redirect_stderr", def: "false",
		meaning: "send its standard error where its standard output goes",
		set:     to(boolean, func(p *program) *bool { return &p.RedirectStderr }),
	},
	{
		key: "numprocs", def: "1",
		meaning: "how many processes to make of it; process_name must then hold %(process_num)s",
		set:     to(integer, func(p *program) *int { return &p.numprocs }),
	},
	{
		key: "numprocs_start", def: "0",
		meaning: "the process_num of the first process",
		set:     to(integer, func(p *program) *int { return &p.numprocsStart }),
	},
	captureField("stdout", func(p *program) *Stream { return &p.Stdout }),
	eventsField("stdout", func(p *program) *Stream { return &p.Stdout }),
	captureField("stderr", func(p *program) *Stream { return &p.Stderr }),
	eventsField("stderr", func(p *program) *Stream { return &p.Stderr }),
	{
		key: "serverurl", def: "AUTO",
		meaning: "the URL of the daemon that it finds in its environment",
		set: func(_ *loader, p *program, text string) error {
			if !strings.EqualFold(trim(text), "auto") {
				p.ServerURL = text
			}
			return nil
		},
	},
	{
		key: "user", absent: "that of the daemon",
		meaning: "the user to run it as, by name or number",
		set:     ask((*system).user, func(p *program) **User { return &p.User }),
	},
	{
		key: "umask", absent: "that of the daemon",
		meaning: "its file creation mask, in octal",
		set: func(_ *loader, p *program, text string) error {
			mask, err := permissions(text)
			p.Umask = &mask
			return err
		},
	},
}

// programEnvironment is read for every process, before its other options:
// they may refer to the variables.
var programEnvironment = field[program]{
	key: "environment", absent: "nothing",
	meaning: `KEY="value" pairs, between commas, to add to its environment`,
	bare:    true,
	set:     to(environment, func(p *program) *[]variable { return &p.environment }),
}

// processFields are read for every process.
var processFields = slices.Concat(
	[]field[program]{{
		key: "directory", absent: "that of the daemon",
		meaning: "the directory to change to before it starts",
		set:     to(plain, func(p *program) *string { return &p.Directory }),
	}},
	logFields("stdout", func(p *program) (*Stream, *bool) { return &p.Stdout, &p.syslogAsFile.stdout }),
	logFields("stderr", func(p *program) (*Stream, *bool) { return &p.Stderr, &p.syslogAsFile.stderr }),
	[]field[program]{{
		key: "command", absent: "required",
		meaning: "what to run: the program and its arguments; it must stay in the foreground",
		set: func(_ *loader, p *program, text string) error {
			p.command = &text
			return nil
		},
	}},
)

// processName is expanded last; whether it may be a name is checked before.
var processName = field[program]{
	key: "process_name", def: "%(program_name)s",
	meaning: "the name of a process of it",
}

func captureField(stream string, of func(*program) *Stream) field[program] {
	return field[program]{
		key: stream + "_capture_maxbytes", def: "0",
		meaning: "how much of what it writes between two capture tokens is sent as an event; 0: do not look for tokens",
		set:     to(byteSize, func(p *program) *ByteSize { return &of(p).CaptureMax }),
	}
}

func eventsField(stream string, of func(*program) *Stream) field[program] {
	return field[program]{
		key: stream + "_events_enabled", def: "false",
		meaning: "send what it writes as PROCESS_LOG events",
		set:     to(boolean, func(p *program) *bool { return &of(p).Events }),
	}
}

func logFields(stream string, of func(*program) (s *Stream, syslogAsFile *bool)) []field[program] {
	at := func(p *program) *Stream {
		s, _ := of(p)
		return s
	}
	return []field[program]{
		{
			key: stream + "_logfile", def: "AUTO",
			meaning: "the file for what it writes; NONE: no file; AUTO: one in childlogdir that is removed at the next start",
			twice:   true,
			set: func(l *loader, p *program, text string) (err error) {
				s, syslogAsFile := of(p)
				s.Log, *syslogAsFile, err = l.logFile(text)
				return err
			},
		},
		{
			key: stream + "_logfile_backups", def: "10",
			meaning: "how many rotated files are kept; 0: none",
			set:     to(integer, func(p *program) *int { return &at(p).Backups }),
		},
		{
			key: stream + "_logfile_maxbytes", def: "50MB",
			meaning: "the size at which the file is rotated; 0: never",
			set:     to(byteSize, func(p *program) *ByteSize { return &at(p).MaxBytes }),
		},
		{
			key: stream + "_syslog", def: "false",
			meaning: "send what it writes to syslog",
			set:     to(boolean, func(p *program) *bool { return &at(p).Syslog }),
		},
	}
}

// readProcesses reads the processes of a section for a group of that name,
// sorted by name.
func (l *loader) readProcesses(s *ini.Section, prefix, group string) ([]*Process, error) {
	processes, err := l.processesOf(s, prefix, group)
	return processes, withSuffix(err, s)
}

// withSuffix adds to an error which section of which file it is about, as the
// reference does for the options of programs.
func withSuffix(err error, s *ini.Section) error {
	var e *Error
	if errors.As(err, &e) {
		e.Text += fmt.Sprintf(" in section %s (file: %s)", pyrepr.String(s.Name), pyrepr.String(s.File))
	}
	return err
}

func (l *loader) processesOf(s *ini.Section, prefix, group string) ([]*Process, error) {
	programName, err := l.sectionName(s, prefix)
	if err != nil {
		return nil, err
	}
	names := l.env.within(l.hereNames()).within(l.host).within(map[string]value{
		"program_name": textValue(programName),
		"group_name":   textValue(group),
	})
	common := program{Process: Process{Group: group, Section: s.Name, Program: programName}}
	if err := readFields(l, s, names, programFields, &common); err != nil {
		return nil, err
	}
	if err := l.check(s, &common); err != nil {
		return nil, err
	}
	var processes []*Process
	for num := range max(common.numprocs, 0) {
		p := common
		if err := l.readProcess(s, names, common.numprocsStart+num, &p); err != nil {
			return nil, err
		}
		processes = append(processes, &p.Process)
	}
	slices.SortStableFunc(processes, func(a, b *Process) int { return strings.Compare(a.Name, b.Name) })
	return processes, nil
}

// check checks what the options of a section mean together.
func (l *loader) check(s *ini.Section, p *program) error {
	o := processName.option(s)
	var err error
	if p.nameFormat, err = name(l.format(o)); err != nil {
		if err := l.fail(at(o, s, err)); err != nil {
			return err
		}
		p.nameFormat = processName.def
	}
	if p.numprocs > 1 && !strings.Contains(p.nameFormat, "%(process_num)") {
		err := l.fail(at(o, s, wrong(NoProcessNum, "",
			"%%(process_num) must be present within process_name when numprocs > 1")))
		if err != nil {
			return err
		}
		p.numprocs = 1
	}
	p.KillAsGroup = p.StopAsGroup
	if p.killAsGroup != nil {
		p.KillAsGroup = *p.killAsGroup
	}
	if p.StopAsGroup && !p.KillAsGroup {
		if err := l.fail(in(s, StopGroups, "Cannot set stopasgroup=true and killasgroup=false")); err != nil {
			return err
		}
	}
	if p.numprocs > maxProcesses-l.processes {
		if err := l.fail(in(s, TooMany, "cannot have more than %d processes", maxProcesses)); err != nil {
			return err
		}
		p.numprocs = 1
	}
	l.processes += max(p.numprocs, 0)
	return nil
}

// readProcess reads what differs between the processes of a section.
func (l *loader) readProcess(s *ini.Section, names *scope, num int, p *program) error {
	names = names.within(map[string]value{
		"process_num": intValue(num),
		"numprocs":    intValue(p.numprocs),
	})
	if err := programEnvironment.read(l, s, names, p); err != nil {
		return err
	}
	p.Environment = merge(l.daemonEnvironment, p.environment)
	names = names.within(environmentNames(p.environment))
	if err := readFields(l, s, names, processFields, p); err != nil {
		return err
	}
	if p.command == nil {
		if err := l.missing(s, "command", "program section %s does not specify a command", s.Name); err != nil {
			return err
		}
		p.command = new(string)
	}
	p.Command = *p.command
	var err error
	if p.Name, err = expandText(p.nameFormat, processName.key, names); err != nil {
		if err := l.fail(at(processName.option(s), s, err)); err != nil {
			return err
		}
	}
	l.settle(s, "stdout", &p.Stdout, p.syslogAsFile.stdout, false)
	l.settle(s, "stderr", &p.Stderr, p.syslogAsFile.stderr, p.RedirectStderr)
	return nil
}

// settle decides what the options of a stream mean together, and notes what
// the user may not have meant.
func (l *loader) settle(s *ini.Section, stream string, out *Stream, syslogAsFile, redirected bool) {
	logFile, _ := s.Get(stream + "_logfile")
	if syslogAsFile {
		out.Syslog = true
		l.warn(SyslogAsFile, logFile, s, "For [%s], %s_logfile=syslog but this is deprecated; %s_syslog=true does the same", s.Name, stream, stream)
	}
	if out.Log.Auto && out.MaxBytes == 0 {
		l.warn(AutoUnbounded, logFile, s, "For [%s], AUTO logging used for %s_logfile without rollover; "+
			"it may fill the disk unless %s_logfile_maxbytes is set", s.Name, stream, stream)
	}
	if redirected && out.Log.Path != "" {
		l.warn(StderrRedirected, logFile, s, "For [%s], redirect_stderr=true but stderr_logfile has also been set to a filename, "+
			"which is not used", s.Name)
	}
	if redirected {
		out.Log = Log{}
	}
}
