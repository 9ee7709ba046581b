package explain

import (
	"fmt"
	"slices"
	"strings"

	"supervisor/internal/foreground"
	"supervisor/internal/shell"
)

// background: the child has ended, and what it was meant to be goes on without
// it, where supervisord cannot see it.
func background(f *Facts) (Explanation, bool) {
	if f.Exit == nil {
		return Explanation{}, false
	}
	if len(f.Left) == 0 || !f.wentAway() || f.endsInBackground() {
		return Explanation{}, false
	}
	e := Explanation{
		Cause: "background",
		Answer: fmt.Sprintf("%s went to the background: the program that supervisord started ended, and left %s running, which supervisord cannot watch, restart or stop.",
			f.Name, list(f.Left)),
		Evidence: []string{fmt.Sprintf("The last child %s %s.", f.Exit.how(), f.after())},
	}
	if f.Exit.Code != 0 {
		e.Evidence = append(e.Evidence, "An earlier start left that behind; the later ones failed because it is still there.")
	}
	f.stayInForeground(&e)
	return e, true
}

// endsInBackground reports whether a shell is told to put what it does last into the
// background.
func (f *Facts) endsInBackground() bool {
	_, ends := shell.Background(f.script())
	return ends
}

// wentAway reports whether what was left behind is what the program was meant to
// be, not something that it had started before it failed: a child ended as if all
// were well, or the later ones cannot get the port of what was left.
func (f *Facts) wentAway() bool {
	return f.Exit.Code == 0 || f.EndedWell || slices.ContainsFunc(f.Port.Listeners, func(p Process) bool {
		return slices.ContainsFunc(f.Left, func(left Process) bool { return left.PID == p.PID })
	})
}

// stayInForeground adds what to do about a program that is in the background.
func (f *Facts) stayInForeground(e *Explanation) {
	if len(f.Left) > 0 {
		e.Steps = append(e.Steps, Step{Say: "End what runs in the background", Run: "kill " + pids(f.Left)})
	}
	if stay := f.Command.Stay; stay != nil {
		e.Steps = append(e.Steps, f.set("Keep "+f.program()+" in the foreground", "command", f.keepText(stay)))
		return
	}
	if a := f.Command.Args; len(a) > 0 && foreground.Starter(a[0]) {
		e.Steps = append(e.Steps, Step{Say: "Write the command of the server itself in command= of [" + f.Section + "]: " + f.program() + " starts it and ends", Edits: Configuration})
		return
	}
	e.Steps = append(e.Steps,
		Step{Say: "Look in its manual for the option that keeps it in the foreground (often called foreground, nodaemon or no-fork), and add it to command= of [" + f.Section + "]", Edits: f.commandEdits()},
		Step{Say: "If it has none but writes a pid file, let pidproxy stand in for it: command=pidproxy /path/of/its.pid " + shortened(f.Options.Command), Edits: f.commandEdits()})
}

// commandEdits is what somebody edits who changes what is executed: a script may
// be the better place for it.
func (f *Facts) commandEdits() Edits {
	if f.Command.Kind == Interpreted {
		return Perhaps
	}
	return Configuration
}

// keepText writes a command as it was written, as far as words were only put
// behind the program or at the end.
func (f *Facts) keepText(command []string) string {
	old, text := f.Command.Args, f.Options.Command
	more := len(command) - len(old)
	if more <= 0 {
		return joinDouble(command)
	}
	if slices.Equal(command[:len(old)], old) {
		return text + " " + joinDouble(command[len(old):])
	}
	if rest, ok := strings.CutPrefix(text, old[0]+" "); ok && command[0] == old[0] && slices.Equal(command[1+more:], old[1:]) {
		return old[0] + " " + joinDouble(command[1:1+more]) + " " + rest
	}
	return joinDouble(command)
}

// joinDouble prefers double quotes, which manuals use.
func joinDouble(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
		if strings.HasPrefix(quoted[i], "'") && !strings.ContainsAny(word, "\"\\$`") {
			quoted[i] = `"` + word + `"`
		}
	}
	return strings.Join(quoted, " ")
}

// needsOption: it ended as if all were well, and is known to go to the
// background unless it is told not to; what it left is gone again.
func needsOption(f *Facts) (Explanation, bool) {
	if f.Exit == nil || f.Exit.Code != 0 || f.Exit.Lived >= f.Options.StartSecs {
		return Explanation{}, false
	}
	if f.Command.Stay == nil {
		return Explanation{}, false
	}
	e := Explanation{
		Cause: "background",
		Answer: fmt.Sprintf("%s goes to the background unless it is told not to: the program that supervisord started %s %s.",
			f.program(), f.Exit.how(), f.after()),
		Evidence: []string{"What it started in the background, if anything, is not there any more or belongs to somebody else."},
	}
	f.stayInForeground(&e)
	return e, true
}

// script returns the script of a command like sh -c 'script'; empty: it is none.
func (f *Facts) script() string {
	if at, ok := shell.Script(f.Command.Args); ok {
		return f.Command.Args[at]
	}
	return ""
}

// withScript is the command with another script.
func (f *Facts) withScript(script string) string {
	words := slices.Clone(f.Command.Args)
	if at, ok := shell.Script(words); ok {
		words[at] = script
	}
	return join(words)
}

// shellBackground: an & at the end of a shell's command.
func shellBackground(f *Facts) (Explanation, bool) {
	at, ends := shell.Background(f.script())
	if f.Exit == nil || f.Exit.Code != 0 || !ends {
		return Explanation{}, false
	}
	e := Explanation{
		Cause: "shell-background",
		Answer: fmt.Sprintf("The & at the end of the command of %s puts it into the background: the shell that supervisord started ended at once, %s.",
			f.Name, f.after()),
	}
	if len(f.Left) > 0 {
		e.Evidence = append(e.Evidence, "It left "+list(f.Left)+" running.")
		e.Steps = append(e.Steps, Step{Say: "End what runs in the background", Run: "kill " + pids(f.Left)})
	}
	fixed := strings.TrimPrefix(strings.TrimSpace(f.script()[:at]), "nohup ")
	say := "Leave the & out"
	if replaced, ok := shell.WithExec(fixed); ok && !shell.Executes(fixed) {
		say, fixed = say+", and let the program take the shell's place", replaced
	}
	e.Steps = append(e.Steps, f.set(say, "command", f.withScript(fixed)))
	return e, true
}

// swallows reports whether a signal to the child reaches only a shell.
func swallows(f *Facts) bool {
	script := f.script()
	return script != "" && !shell.Executes(script) && !f.Options.StopAsGroup
}

// reachAll is the step that lets a stop reach what a shell has started.
func (f *Facts) reachAll() Step {
	if fixed, ok := shell.WithExec(f.script()); ok {
		return f.set("Let the program take the shell's place, so that signals reach it", "command", f.withScript(fixed))
	}
	return f.set("Send the signal to all processes of the group", "stopasgroup", "true")
}
