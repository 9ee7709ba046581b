package explain

import (
	"fmt"
	"strings"
)

// The causes in this file keep a program from being executed at all.

// badCommand: the command line makes no sense.
func badCommand(f *Facts) (Explanation, bool) {
	if !strings.HasPrefix(f.Trouble, "can't parse command") && f.Trouble != "command is empty" {
		return Explanation{}, false
	}
	return Explanation{
		Cause:    "bad-command",
		Answer:   "supervisord cannot split the command of " + f.Name + " into words: " + strings.TrimPrefix(f.Trouble, "can't parse command ") + ".",
		Evidence: []string{"command=" + shortened(f.Options.Command)},
		Steps:    []Step{{Say: "Close the quotes in command= of [" + f.Section + "]; a quote or backslash that is meant as such needs a backslash before it", Edits: Configuration}},
	}, true
}

// noProgram: there is no such file.
func noProgram(f *Facts) (Explanation, bool) {
	if !strings.HasPrefix(f.Trouble, "can't find command") || len(f.Command.Args) == 0 {
		return Explanation{}, false
	}
	program := f.Command.Args[0]
	e := Explanation{Cause: "no-such-program"}
	if f.Command.Search != "" {
		e.Answer = fmt.Sprintf("There is no program %s in any directory of the PATH that %s has.", program, f.Name)
		e.Evidence = append(e.Evidence, "PATH="+f.Command.Search+" (that of supervisord, unless environment= sets it; not that of your shell).")
	} else {
		e.Answer = fmt.Sprintf("There is no program %s: %s.", program, f.Command.Path.tell(f.who()))
	}
	for _, path := range f.Command.Nearby {
		e.Steps = append(e.Steps, f.set("Name the program that is there", "command", replaceProgram(f, path)))
		break
	}
	if len(e.Steps) == 0 {
		e.Steps = append(e.Steps, Step{Say: "Install the program, or write its full path in command= of [" + f.Section + "]", Edits: Perhaps})
	}
	return e, true
}

// replaceProgram returns the command with another program.
func replaceProgram(f *Facts, program string) string {
	if rest, ok := strings.CutPrefix(f.Options.Command, f.Command.Args[0]); ok {
		return program + rest
	}
	return join(append([]string{program}, f.Command.Args[1:]...))
}

// notExecutable: the file is there, but nobody may execute it.
func notExecutable(f *Facts) (Explanation, bool) {
	p := f.Command.Path
	switch {
	case strings.HasSuffix(f.Trouble, "is a directory"):
		return Explanation{
			Cause:  "is-a-directory",
			Answer: p.Path + " is a directory, not a program.",
			Steps:  []Step{{Say: "Write the path of the program in it in command= of [" + f.Section + "]", Edits: Configuration}},
		}, true
	case strings.HasSuffix(f.Trouble, "is not executable"), strings.HasPrefix(f.Trouble, "no permission to run command"):
		return Explanation{
			Cause:    "not-executable",
			Answer:   fmt.Sprintf("%s is there, but may not be executed by %s.", p.Path, f.who()),
			Evidence: []string{p.tell(f.who()) + "."},
			Steps:    []Step{{Say: "Let it be executed", Run: "chmod a+x " + quote(p.Path)}},
		}, true
	}
	return Explanation{}, false
}

// badSpawn: the system refused what a child needs.
func badSpawn(f *Facts) (Explanation, bool) {
	t := f.Trouble
	switch {
	case strings.HasPrefix(t, "too many open files"):
		return Explanation{
			Cause:  "too-many-files",
			Answer: "supervisord has as many files open as it may have, so there are none left for " + f.Name + ".",
			Steps: []Step{{Say: "Allow more files", Section: "supervisord", Key: "minfds", Value: "65536"},
				{Say: "That takes effect when supervisord starts anew", Run: "supervisorctl reload"}},
		}, true
	case strings.HasPrefix(t, "Too many processes"):
		return Explanation{
			Cause:  "too-many-processes",
			Answer: "The system allows no more processes, so " + f.Name + " could not be started.",
			Steps:  []Step{{Say: "Raise the limit of processes (ulimit -u, pids.max of the control group), or run fewer"}},
		}, true
	case strings.HasPrefix(t, "unknown error making dispatchers"):
		reason := t[strings.LastIndexByte(t, ':')+1:]
		e := Explanation{
			Cause:  "no-log",
			Answer: "A log file of " + f.Name + " cannot be opened:" + reason + ".",
		}
		if strings.Contains(reason, "ENOENT") {
			e.Steps = []Step{{Say: "Make the directory of stdout_logfile= and stderr_logfile= anew"}}
		} else {
			e.Steps = []Step{{Say: "Let the user of supervisord write to stdout_logfile= and stderr_logfile=, and to their directory"}}
		}
		return e, true
	case strings.HasPrefix(t, "unknown error during fork"):
		return Explanation{Cause: "fork", Answer: "The system could not make a process for " + f.Name + ": " + t + "."}, true
	}
	return Explanation{}, false
}

// said returns what follows the mark in the last line that has it: what the
// child itself said on its way to the program.
func (f *Facts) said(mark string) (string, bool) {
	for i := len(f.Output.Lines) - 1; i >= 0; i-- {
		if _, rest, ok := strings.Cut(f.Output.Lines[i], mark); ok {
			return rest, true
		}
	}
	return "", false
}

const childSays = "supervisor: couldn't "

// badDirectory: the directory to run in is not there, or is closed.
func badDirectory(f *Facts) (Explanation, bool) {
	if _, ok := f.said(childSays + "chdir to "); !ok || !f.couldNotExecute() {
		return Explanation{}, false
	}
	e := Explanation{
		Cause:  "bad-directory",
		Answer: fmt.Sprintf("%s cannot be started in its directory %s: %s.", f.Name, f.Options.Directory, f.Dir.tell(f.who())),
	}
	switch f.Dir.Problem {
	case Missing:
		make := "mkdir -p " + quote(f.Options.Directory)
		if f.Options.User != "" {
			make += " && chown " + quote(f.Options.User) + " " + quote(f.Options.Directory)
		}
		e.Steps = []Step{{Say: "Make it", Run: make}}
	case NotSearchable:
		e.Steps = []Step{{Say: "Let " + f.who() + " go through it", Run: "chmod a+x " + quote(f.Dir.Broken)}}
	default:
		e.Steps = []Step{{Say: "Correct directory= of [" + f.Section + "]", Edits: Configuration}}
	}
	return e, true
}

// couldNotExecute reports whether the last child ended before it had become the
// program.
func (f *Facts) couldNotExecute() bool { return f.Exit != nil && f.Exit.Code == 127 }

// badUser: the child could not become the user.
func badUser(f *Facts) (Explanation, bool) {
	said, ok := f.said(childSays + "setuid to ")
	if !ok || !f.couldNotExecute() {
		return Explanation{}, false
	}
	return Explanation{
		Cause:  "bad-user",
		Answer: fmt.Sprintf("supervisord may not start %s as user %s: %s.", f.Name, f.Options.User, said),
		Steps:  []Step{{Say: "Only root may start programs as somebody else: run supervisord as root, or remove user= from [" + f.Section + "]", Edits: Perhaps}},
	}, true
}

// cannotExecute: the file is there, but the system does not execute it.
func cannotExecute(f *Facts) (Explanation, bool) {
	said, ok := f.said(childSays + "exec ")
	if !ok || !f.couldNotExecute() {
		return Explanation{}, false
	}
	c, file := f.Command, f.Command.Path.Path
	e := Explanation{Evidence: []string{"execve: " + said + "."}}
	switch {
	case c.Path.Problem == NotSearchable || c.Path.Problem == NotPermitted || c.Path.Problem == NotExecutable:
		e.Cause, e.Answer = "not-permitted", fmt.Sprintf("%s may not be executed by %s: %s.", file, f.who(), c.Path.tell(f.who()))
		e.Steps = []Step{{Say: "Let " + f.who() + " get there", Run: "chmod a+x " + quote(c.Path.Broken)}}
	case c.Kind == Interpreted && c.Script.CRLF:
		e.Cause = "crlf"
		e.Answer = fmt.Sprintf(`The first line of %s ends with \r\n, as on Windows, so the system looks for an interpreter whose name ends with \r.`, file)
		e.Steps = []Step{{Say: "Remove the \\r from its lines", Run: `sed -i 's/\r$//' ` + quote(file)}}
	case c.Kind == Interpreted && c.Script.Path.Problem != None:
		e.Cause = "no-interpreter"
		e.Answer = fmt.Sprintf("%s is a script for %s, which cannot be used: %s.", file, c.Script.Interpreter, c.Script.Path.tell(f.who()))
		if len(c.Nearby) > 0 {
			e.Steps = []Step{f.set("Name the interpreter in the command", "command", c.Nearby[0]+" "+withFile(f, file))}
		} else {
			e.Steps = []Step{{Say: "Install " + baseName(c.Script.Interpreter) + ", or correct the first line of the script"}}
		}
	case c.Kind == Text && c.Path.Problem == None, c.Kind == Unknown && strings.Contains(said, "ENOEXEC"):
		e.Cause = "no-interpreter-line"
		e.Answer = file + " is a text without a first line like #!/bin/sh, so the system does not know what to execute it with. (A shell would guess; supervisord does not.)"
		e.Steps = []Step{{Say: "Say what it is for in its first line", Run: `sed -i '1i #!/bin/sh' ` + quote(file)}}
	case c.Kind == Empty:
		e.Cause, e.Answer = "empty-program", file+" is an empty file."
		e.Steps = []Step{{Say: "Install the program again"}}
	case c.Kind == Foreign:
		e.Cause, e.Answer = "foreign-program", file+" is a program for another kind of processor."
		e.Steps = []Step{{Say: "Install it for this machine"}}
	case c.Loader.Problem != None:
		e.Cause = "no-loader"
		e.Answer = fmt.Sprintf("%s was built for a system whose loader %s is not here (another C library, such as musl, or another architecture).", file, c.Loader.Path)
		e.Steps = []Step{{Say: "Install a program that was built for this system, or a static one"}}
	case c.NoExec != "":
		e.Cause, e.Answer = "noexec", fmt.Sprintf("%s is on %s, which is mounted with noexec.", file, c.NoExec)
		e.Steps = []Step{{Say: "Allow it, or put the program elsewhere", Run: "mount -o remount,exec " + quote(c.NoExec)}}
	default:
		e.Cause, e.Answer = "cannot-execute", "The system does not execute "+file+": "+said+"."
	}
	return e, true
}

// withFile is the command with the full path of its program.
func withFile(f *Facts, file string) string { return replaceProgram(f, quote(file)) }

// tell says what is in the way, in the middle of a sentence.
func (p Path) tell(who string) string {
	kept := fmt.Sprintf("%s (%s, of %s)", p.Broken, p.Mode, p.Owner)
	switch p.Problem {
	case Missing:
		if p.Broken == p.Path {
			return p.Path + " does not exist"
		}
		return fmt.Sprintf("%s does not exist, beginning with %s", p.Path, p.Broken)
	case NotADirectory:
		return p.Broken + " is not a directory"
	case IsADirectory:
		return p.Broken + " is a directory"
	case NotSearchable:
		return fmt.Sprintf("%s may not go through the directory %s", who, kept)
	case NotExecutable:
		return "nobody may execute " + kept
	case NotPermitted:
		return fmt.Sprintf("%s may not execute %s", who, kept)
	}
	return p.Path + " is there"
}

// envCannotFind: a first line like #!/usr/bin/env python3 where env finds no
// python3.
func envCannotFind(f *Facts) (Explanation, bool) {
	s := f.Command.Script
	if f.Exit == nil || f.Exit.Code != 127 || f.Command.Kind != Interpreted || s.Env == "" || s.EnvFound && !s.CRLF {
		return Explanation{}, false
	}
	file := f.Command.Path.Path
	if s.CRLF {
		return Explanation{
			Cause:  "crlf",
			Answer: fmt.Sprintf(`The first line of %s ends with \r\n, as on Windows, so env looks for a program whose name ends with \r.`, file),
			Steps:  []Step{{Say: "Remove the \\r from its lines", Run: `sed -i 's/\r$//' ` + quote(file)}},
		}, true
	}
	return Explanation{
		Cause:  "no-interpreter",
		Answer: fmt.Sprintf("%s is a script for %s, which is in no directory of its PATH.", file, s.Env),
		Steps:  []Step{{Say: "Install " + s.Env + ", or write its full path in the first line of the script"}},
	}, true
}
