package explain

import (
	"fmt"
	"time"
)

// The causes in this file are read off from how the last child ended.

// tooShortForStartsecs: it does its work well, in less time than startsecs.
func tooShortForStartsecs(f *Facts) (Explanation, bool) {
	const aWhile = time.Second
	if f.Exit == nil || f.Exit.Code != 0 || f.Exit.Lived >= f.Options.StartSecs || f.Exit.Lived < aWhile {
		return Explanation{}, false
	}
	return Explanation{
		Cause: "done-before-startsecs",
		Answer: fmt.Sprintf("%s was done, without an error, %s; with startsecs=%d supervisord takes that for a failed start, since a program that is meant to stay would not end.",
			f.Name, "after "+span(f.Exit.Lived), seconds(f.Options.StartSecs)),
		Steps: []Step{
			f.set("If it is meant to end by itself, say so", "startsecs", "0"),
			f.set("and that it is not to be started again", "autorestart", "unexpected"),
		},
	}, true
}

// endsAtOnce: it ends at once as if it were done, and leaves nothing behind.
func endsAtOnce(f *Facts) (Explanation, bool) {
	if f.Exit == nil || f.Exit.Code != 0 || f.Exit.Lived >= f.Options.StartSecs {
		return Explanation{}, false
	}
	what := "command"
	if f.Command.Kind == Interpreted || f.script() != "" {
		what = "script"
	}
	return Explanation{
		Cause: "ends-at-once",
		Answer: fmt.Sprintf("%s is a %s that ends at once: it was done, without an error, %s, and nothing of it goes on in the background.",
			f.Name, what, f.after()),
		Evidence: []string{"supervisord watches programs that stay; one that ends sooner than startsecs counts as a failed start."},
		Steps: []Step{
			f.set("If it is meant to run once and end, say so", "startsecs", "0"),
			f.set("and that it is not to be started again", "autorestart", "unexpected"),
			{Say: "If it is meant to stay, its last command must be the program itself, with exec before it and without & behind it", Edits: f.commandEdits()},
		},
	}, true
}

// restartsOften: what runs now has been started again and again.
func restartsOften(f *Facts) (Explanation, bool) {
	const often = 3
	if f.Exit == nil || f.State == "EXITED" && f.Options.Autorestart != "true" || f.Restarts < often || f.Exit.Asked != "" || len(f.Lives) < often {
		return Explanation{}, false
	}
	shortest, longest := f.Lives[0], f.Lives[0]
	for _, d := range f.Lives {
		shortest, longest = min(shortest, d), max(longest, d)
	}
	if longest > 10*time.Minute {
		return Explanation{}, false
	}
	if e, ok := outOfMemory(f); ok {
		e.Evidence = append(e.Evidence, fmt.Sprintf("It was started anew %d times without being asked for.", f.Restarts))
		return e, true
	}
	e := Explanation{
		Cause: "dies-again-and-again",
		Answer: fmt.Sprintf("%s dies again and again: it was started anew %d times without being asked for, and its last %d lives took %s to %s.",
			f.Name, f.Restarts, len(f.Lives), span(shortest), span(longest)),
		Evidence: []string{fmt.Sprintf("The last child %s after %s. That is later than startsecs=%d, so each start counts as a success and none as a retry: supervisord will never give up.",
			f.Exit.how(), span(f.Exit.Lived), seconds(f.Options.StartSecs))},
		Steps: []Step{f.set("Let startsecs be longer than it takes to fail, so that the failure shows as FATAL, with its cause", "startsecs", fmt.Sprint(2*seconds(longest)+2))},
	}
	return e, true
}

// exited: it was up, has ended, and autorestart does not ask for another start.
func exited(f *Facts) (Explanation, bool) {
	if f.State != "EXITED" || f.Exit == nil {
		return Explanation{}, false
	}
	expected := f.expects(f.Exit.Code)
	if f.Exit.Code != 0 && !expected && f.Options.Autorestart == "unexpected" {
		return Explanation{}, false
	}
	e := Explanation{Cause: "ended"}
	how := fmt.Sprintf("%s ended by itself after %s, with %s", f.Name, span(f.Exit.Lived), f.Exit.Text)
	if f.Exit.Signal != "" {
		how = fmt.Sprintf("%s %s after %s", f.Name, f.Exit.how(), span(f.Exit.Lived))
	}
	switch {
	case f.Exit.Asked != "":
		e.Cause = "signalled"
		how = fmt.Sprintf("%s %s after somebody had supervisord send it %s", f.Name, f.Exit.how(), f.Exit.Asked)
		fallthrough
	case f.Options.Autorestart == "false":
		e.Answer = how + "; it was not started again because autorestart=" + f.Options.Autorestart + " says so."
	default:
		e.Answer = how + fmt.Sprintf("; that is one of exitcodes=%s, so autorestart=%s does not start it again.", codes(f.Options.ExitCodes), f.Options.Autorestart)
	}
	if f.Exit.Code > 0 {
		e.Evidence = append(e.Evidence, meaning(f.Exit))
	}
	e.Steps = []Step{f.set("If it is to be started again whenever it ends", "autorestart", "true")}
	return e, true
}

func (f *Facts) expects(code int) bool {
	for _, expected := range f.Options.ExitCodes {
		if code == expected {
			return true
		}
	}
	return false
}

func codes(list []int) string {
	text := ""
	for i, code := range list {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprint(code)
	}
	return text
}

// exitMeaning: nothing is known but the exit status.
func exitMeaning(f *Facts) (Explanation, bool) {
	if f.Exit == nil || f.Exit.Code < 0 || f.Exit.Code == 0 {
		return Explanation{}, false
	}
	return Explanation{
		Cause:    "exit-status",
		Answer:   fmt.Sprintf("%s failed by itself: it %s %s.", f.Name, f.Exit.how(), f.after()),
		Evidence: []string{meaning(f.Exit)},
		Steps:    []Step{f.tryByHand()},
	}, true
}

// longestCommand is how long a command is, in bytes, that is worth repeating.
const longestCommand = 1000

// tryByHand is what to do where nothing better is known.
func (f *Facts) tryByHand() Step {
	if len(f.Output.Lines) > 0 {
		return Step{Say: "What it wrote last, above, usually says why; all of it is shown by", Run: "supervisorctl tail " + f.Name + " " + f.Output.Channel}
	}
	command := f.Options.Command
	if f.Options.Directory != "" {
		command = "cd " + quote(f.Options.Directory) + " && " + command
	}
	if f.Options.User != "" {
		command = "su -s /bin/sh -c " + quote(command) + " " + quote(f.Options.User)
	}
	wrote := "It wrote nothing"
	if f.Output.Unlogged {
		wrote = "What it wrote, if anything, is in no log"
	}
	if len(command) > longestCommand {
		return Step{Say: wrote + "; run its command by hand and see what it does"}
	}
	return Step{Say: wrote + "; run it by hand and see what it does: " + command}
}

// how says how the child ended, after a word for it.
func (e *Exit) how() string {
	if e.Signal != "" {
		return "was " + e.Text
	}
	return "ended with " + e.Text
}

// meaning says what an exit status means, as far as there is a custom.
func meaning(e *Exit) string {
	text := "By custom that means nothing in particular; the manual of the program may say more."
	switch {
	case e.Code == 1:
		text = "1 is a failure of any kind."
	case e.Code == 2:
		text = "2 is, by custom, wrong use: an option or argument that the program does not understand."
	case e.Code == 126:
		text = "126 comes from a shell: the command is there but cannot be executed."
	case e.Code == 127:
		text = "127 comes from a shell, or from supervisord's child before it was the program: there is no such command."
	case e.Code > 128 && e.Code < 128+65:
		if name, meaning := signalOf(e.Code - 128); name != "" {
			text = fmt.Sprintf("%d is 128+%d: a program below it was ended by %s: %s.", e.Code, e.Code-128, name, meaning)
		}
	case e.Code >= 64 && e.Code <= 78:
		text = fmt.Sprintf("%d is %s in sysexits(3).", e.Code, sysexits[e.Code-64])
	case e.Code == 255:
		text = "255 is -1: a failure of any kind; ssh uses it for a connection that failed."
	}
	return text
}

var sysexits = [...]string{
	"EX_USAGE, wrong use", "EX_DATAERR, wrong input", "EX_NOINPUT, no input file", "EX_NOUSER, no such user",
	"EX_NOHOST, no such host", "EX_UNAVAILABLE, a service that it needs is not there", "EX_SOFTWARE, an error in the program",
	"EX_OSERR, an error of the system", "EX_OSFILE, a file of the system is missing", "EX_CANTCREAT, a file cannot be made",
	"EX_IOERR, input or output failed", "EX_TEMPFAIL, try again later", "EX_PROTOCOL, the other side did not keep the protocol",
	"EX_NOPERM, a missing permission", "EX_CONFIG, an error in its configuration",
}

// signalMeaning: a signal that nobody had supervisord send.
func signalMeaning(f *Facts) (Explanation, bool) {
	if f.Exit == nil || f.Exit.Signal == "" {
		return Explanation{}, false
	}
	e := Explanation{Cause: "signal", Answer: fmt.Sprintf("%s was ended by %s %s.", f.Name, f.Exit.Signal, f.after())}
	if f.Exit.Asked == f.Exit.Signal {
		e.Answer = fmt.Sprintf("%s was ended by %s, which somebody had supervisord send.", f.Name, f.Exit.Signal)
		e.Steps = []Step{f.start()}
		return e, true
	}
	for _, s := range signalMeanings {
		if s.name == f.Exit.Signal {
			e.Evidence = append(e.Evidence, s.name+" means: "+s.meaning+".")
			if s.crash {
				e.Cause = "crash"
				e.Steps = []Step{{Say: "That is an error in the program or in a library of it: look for a newer version, or report it to its authors"}}
			}
		}
	}
	if f.Exit.Core {
		e.Evidence = append(e.Evidence, "It left a core dump, which a debugger can read; /proc/sys/kernel/core_pattern says where.")
	}
	if f.Exit.Signal == "SIGKILL" {
		e.Evidence = append(e.Evidence, "supervisord has not sent it. Somebody with the right to do so has, or the kernel for want of memory (see dmesg).")
	}
	if len(e.Steps) == 0 {
		e.Steps = []Step{f.start()}
	}
	return e, true
}

var signalMeanings = []struct {
	number  int
	name    string
	meaning string
	crash   bool
}{
	{1, "SIGHUP", "its terminal is gone, or it is to read its configuration anew", false},
	{2, "SIGINT", "Ctrl-C was typed", false},
	{3, "SIGQUIT", "Ctrl-\\ was typed", false},
	{4, "SIGILL", "it executed what is no instruction of this processor (was it built for a newer one?)", true},
	{5, "SIGTRAP", "a breakpoint, or an assertion that failed", true},
	{6, "SIGABRT", "it gave up by itself, mostly after an assertion that failed", true},
	{7, "SIGBUS", "it used memory that is not there, such as that of a file that has been cut", true},
	{8, "SIGFPE", "a division by zero or the like", true},
	{9, "SIGKILL", "it was killed; no program can refuse that", false},
	{11, "SIGSEGV", "it used memory that is not its own", true},
	{13, "SIGPIPE", "it wrote to a pipe or connection whose reader has gone", false},
	{14, "SIGALRM", "a timer of its own", false},
	{15, "SIGTERM", "it was asked to end", false},
	{10, "SIGUSR1", "a signal of the user's that it does not handle", false},
	{12, "SIGUSR2", "a signal of the user's that it does not handle", false},
	{24, "SIGXCPU", "it used more processor time than it may (ulimit -t)", false},
	{25, "SIGXFSZ", "it wrote a file that is bigger than it may be (ulimit -f)", false},
	{31, "SIGSYS", "it made a system call that is forbidden (seccomp)", true},
}

func signalOf(number int) (name, meaning string) {
	for _, s := range signalMeanings {
		if s.number == number {
			return s.name, s.meaning
		}
	}
	return "", ""
}

// unclear is said where nothing else can be.
func unclear(f *Facts) (Explanation, bool) {
	e := Explanation{Cause: "unclear", Answer: f.Name + " is " + f.State + "."}
	if f.Trouble != "" {
		e.Answer = fmt.Sprintf("%s is %s: %s.", f.Name, f.State, f.Trouble)
	}
	e.Steps = []Step{f.tryByHand()}
	return e, true
}
