package supervisorctl

import "context"

// command is one row of the table of commands.
type command struct {
	name       string
	checked    bool // the server is asked for its version first
	noArgument bool
	unlisted   bool      // not in the lists that help shows
	beyond     bool      // Supervisor does not have it
	form       form      // of the result with --json
	complete   completer // nil: there is nothing to complete
	options    []string  // words of the argument that begin with a dash
	files      bool      // its argument is the name of a file
	run        func(s *session, ctx context.Context, arg string) error
	usage      string // the forms of the command, each followed by tabs and its meaning
	more       string // forms that Supervisor does not have, in the same way
	patterns   bool   // a name may be a pattern
}

// rawUsage is of commands that show logs.
const rawUsage = "--raw\t\t\tDo not spell out control characters\n"

// commands returns the table of all commands, in alphabetical order. The forms
// in the usage texts are Supervisor's (ctl.md, section 5).
func commands() []command {
	return []command{
		{name: "add", form: asList, complete: addable, run: add,
			usage: "add <name> [...]\tMake a group of the configuration active\n"},
		{name: "avail", form: asList, noArgument: true, run: avail,
			usage: "avail\t\t\tList what the configuration defines\n"},
		{name: "check", beyond: true, files: true, form: asText, options: []string{"--strict", "--ignore"}, run: check,
			usage: "check [--strict] [FILE]\tFind everything that is wrong with a configuration\n" +
				"check --ignore CODE,...\tThe same without what has these codes\n" +
				"check --json [FILE]\tThe same as a JSON array\n" +
				"Without FILE it is what the running supervisord reads, or else would read.\n" +
				"Exit status: 0 without errors, 1 with errors (with --strict also with\n" +
				"warnings), 2 if there is no such file or option\n"},
		{name: "clear", patterns: true, form: asList, checked: true, complete: orAll(processNames), run: clearLogs,
			usage: "clear <name>\t\tEmpty the log files of a process\n" +
				"clear <name> <name>\tEmpty the log files of several processes\n" +
				"clear all\t\tEmpty the log files of all processes\n"},
		{name: "completion", beyond: true, complete: shellNames, run: completion,
			usage: "completion bash|zsh|fish\tPrint what makes a shell complete the lines of supervisorctl\n"},
		{name: "diff", patterns: true, beyond: true, form: asValue, checked: true, complete: orAll(changeable), run: showDiff,
			usage: "diff\t\t\tShow how the configuration on disk differs from what runs, and what update would do\n" +
				"diff <name> [...]\tThe same for the named groups, or those of the named processes, only\n" +
				"update --dry-run\tOnly what update would do, which does nothing then\n"},
		{name: "exit", run: quit,
			usage: "exit\tLeave the shell\n"},
		{name: "fg", patterns: true, form: asStream, checked: true, complete: processNames, run: foreground,
			usage: "fg <process>\tType to a process and see what it prints\n" +
				"\t\tCtrl-C ends it\n"},
		{name: "logs", patterns: true, beyond: true, checked: true, form: asList, complete: orAll(processNames), options: []string{"-f", "-n"}, run: logs,
			usage: "logs <name> [...]\tShow the last lines of several logs, with the names of the programs\n" +
				"logs -f <name> [...]\tFollow them; what comes from stderr is marked with !\n" +
				"logs -n 100 <name>\tShow the last 100 lines of each\n",
			more: rawUsage},
		{name: "maintail", form: asValue, checked: true, run: mainTail,
			usage: "maintail -f \tFollow the log of supervisord (Ctrl-C ends it)\n" +
				"maintail -100\tShow the last 100 *bytes* of the log of supervisord\n" +
				"maintail\tShow the last 1600 *bytes* of the log of supervisord\n",
			more: rawUsage},
		{name: "open", form: asStream, run: open,
			usage: "open <url>\tTalk to another supervisord\n" +
				"\t\t(http://host:port, or unix:///path/of/the/socket)\n"},
		{name: "pid", patterns: true, form: asList, checked: true, complete: orAll(processNames), run: pid,
			usage: "pid\t\t\tShow the PID of supervisord\n" +
				"pid <name>\t\tShow the PID of a process\n" +
				"pid all\t\t\tShow the PID of every process, a line each\n"},
		{name: "quit", run: quit,
			usage: "quit\tLeave the shell\n"},
		{name: "reload", form: asList, noArgument: true, run: reload,
			usage: "reload \t\tStop everything and start supervisord afresh\n"},
		{name: "remove", form: asList, complete: groupNames, run: remove,
			usage: "remove <name> [...]\tTake a stopped group out of service\n"},
		{name: "reread", form: asValue, noArgument: true, run: reread,
			usage: "reread \t\t\tRead the configuration and tell what differs; nothing is started or stopped\n"},
		{name: "restart", patterns: true, form: asList, checked: true, complete: orAll(processNames), run: restart,
			usage: "restart <name>\t\tStop and start a process\n" +
				"restart <gname>:*\tStop and start all processes of a group\n" +
				"restart <name> <name>\tStop and start several processes or groups\n" +
				"restart all\t\tStop and start all processes\n" +
				"The configuration is not read again: reread and update do that.\n"},
		{name: "shutdown", form: asList, noArgument: true, run: shutdown,
			usage: "shutdown \tStop everything and end supervisord\n"},
		{name: "signal", patterns: true, form: asList, checked: true, complete: signalNames, run: signal,
			usage: "signal <signal name> <name>\t\tSend a signal to a process\n" +
				"signal <signal name> <gname>:*\t\tSend a signal to all processes of a group\n" +
				"signal <signal name> <name> <name>\tSend a signal to several processes or groups\n" +
				"signal <signal name> all\t\tSend a signal to all processes\n"},
		{name: "start", patterns: true, form: asList, checked: true, complete: orAll(processNames), run: start,
			usage: "start <name>\t\tStart a process\n" +
				"start <gname>:*\t\tStart all processes of a group\n" +
				"start <name> <name>\tStart several processes or groups\n" +
				"start all\t\tStart all processes\n"},
		{name: "status", patterns: true, form: asList, complete: orAll(processNames), run: status,
			usage: "status <name>\t\tShow the state of a process\n" +
				"status <gname>:*\tShow the states of a group\n" +
				"status <name> <name>\tShow the states of several processes or groups\n" +
				"status\t\t\tShow the states of all processes\n",
			more: "status --color=never\tThe same without colours (always: with, even in a pipe)\n"},
		{name: "stop", patterns: true, form: asList, checked: true, complete: orAll(processNames), run: stop,
			usage: "stop <name>\t\tStop a process\n" +
				"stop <gname>:*\t\tStop all processes of a group\n" +
				"stop <name> <name>\tStop several processes or groups\n" +
				"stop all\t\tStop all processes\n"},
		{name: "tail", patterns: true, form: asValue, checked: true, complete: oneLog, options: []string{"-f"}, run: tail,
			usage: "tail [-f] <name> [stdout|stderr] (default stdout)\n" +
				"Ex:\n" +
				"tail -f <name>\t\tFollow what a process prints\n" +
				"\t\t\tCtrl-C ends it\n" +
				"tail -100 <name>\tShow the last 100 *bytes* of its stdout\n" +
				"tail <name> stderr\tShow the last 1600 *bytes* of its stderr\n",
			more: rawUsage},
		{name: "top", beyond: true, checked: true, form: asStream, run: topCommand,
			usage: "top\tShow all processes live, with what they use; keys start, stop, signal them and show logs\n"},
		{name: "update", form: asList, complete: orAll(groupsOnDisk), options: []string{"--dry-run"}, run: update,
			usage: "update\t\t\tRead the configuration; stop, restart and start the groups that differ\n" +
				"update all\t\tThe same\n" +
				"update <gname> [...]\tThe same for the named groups only\n",
			more: "update --dry-run [...]\tOnly say what update would do, and which processes it would stop\n"},
		{name: "upgrade", beyond: true, files: true, form: asList, checked: true, run: upgrade,
			usage: "upgrade\t\t\tHave supervisord become what its own file holds now; nothing stops\n" +
				"upgrade <path>\t\tHave it become another supervisord (as root or its user, by the unix socket)\n" +
				"A request that is being answered is waited for, up to thirty seconds.\n"},
		{name: "version", form: asValue, noArgument: true, checked: true, run: version,
			usage: "version\t\t\tShow the version of supervisord\n"},
		{name: "wait", patterns: true, beyond: true, checked: true, form: asList, complete: orAll(namesAndStates), options: []string{"--timeout"}, run: wait,
			usage: "wait <name>[:STATE] [...]\tWait until processes are RUNNING, or in another state\n" +
				"wait <name> --timeout <seconds>\tThe same, but not for ever\n" +
				"Exit status: 8 if the time is over, 9 if it can no longer happen\n"},
		{name: "why", patterns: true, beyond: true, form: asList, checked: true, complete: orAll(processNames), run: why,
			usage: "why <name>\t\tExplain why a process is in its state, and what to do about it\n" +
				"why <gname>\t\tThe same for all processes of a group\n" +
				"why <name> <name>\tThe same for several processes or groups\n" +
				"why all\t\t\tThe same for all processes\n" +
				"Exit status: 1 if a name is unknown\n"},
		{name: "help", unlisted: true, complete: commandNames, run: help,
			usage: "help\t\tList the commands\n" +
				"help <action>\tShow how a command is used\n"},
		{name: "EOF", unlisted: true, run: quit}, // what the end of the input stands for
	}
}

// findCommand returns the command of a name.
func findCommand(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}
