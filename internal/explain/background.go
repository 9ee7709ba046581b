package explain

import (
	"fmt"
	"slices"
	"strings"
)

// background: the child has ended, and what it was meant to be goes on without
// it, where supervisord cannot see it.
func background(f *Facts) (Explanation, bool) {
	if f.Exit == nil {
		return Explanation{}, false
	}
	if len(f.Left) == 0 || !f.wentAway() || shell(f) != "" && strings.HasSuffix(strings.TrimSpace(shell(f)), "&") {
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
	if starter := []string{"service", "systemctl", "invoke-rc.d"}; slices.Contains(starter, f.program()) || strings.HasPrefix(f.Command.Args[0], "/etc/init.d/") {
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

// shell returns the script of a command like sh -c 'script'; empty: it is none.
func shell(f *Facts) string {
	a := f.Command.Args
	if len(a) < 3 || !slices.Contains([]string{"sh", "bash", "dash", "ash", "ksh", "zsh"}, baseName(a[0])) {
		return ""
	}
	for i, word := range a[1 : len(a)-1] {
		if strings.HasPrefix(word, "-") && strings.HasSuffix(word, "c") {
			return a[i+2]
		}
		if !strings.HasPrefix(word, "-") {
			break
		}
	}
	return ""
}

// shellBackground: an & at the end of a shell's command.
func shellBackground(f *Facts) (Explanation, bool) {
	script := strings.TrimSpace(shell(f))
	if f.Exit == nil || f.Exit.Code != 0 || !strings.HasSuffix(script, "&") || strings.HasSuffix(script, "&&") {
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
	a := f.Command.Args
	fixed := strings.TrimSpace(strings.TrimSuffix(script, "&"))
	fixed = strings.TrimPrefix(fixed, "nohup ")
	e.Steps = append(e.Steps, f.set("Leave the & out, and let the program take the shell's place", "command", join([]string{a[0], "-c", withExec(fixed)})))
	return e, true
}

// withExec lets the last program of a script take the place of the shell, if
// the script is a single command.
func withExec(script string) string {
	operators := strings.NewReplacer(">&", "", "&>", "").Replace(script)
	if strings.ContainsAny(operators, ";&|\n(){}") || strings.HasPrefix(script, "exec ") || strings.HasPrefix(script, "while ") {
		return script
	}
	if first, _, _ := strings.Cut(script, " "); strings.Contains(first, "=") || first == "cd" {
		return script
	}
	return "exec " + script
}

// swallows reports whether a signal to the child reaches only a shell.
func swallows(f *Facts) bool {
	script := shell(f)
	return script != "" && !strings.Contains(script, "exec ") && !f.Options.StopAsGroup
}

// reachAll is the step that lets a stop reach what a shell has started.
func (f *Facts) reachAll() Step {
	script := shell(f)
	if fixed := withExec(script); fixed != script {
		return f.set("Let the program take the shell's place, so that signals reach it", "command",
			join([]string{f.Command.Args[0], "-c", fixed}))
	}
	return f.set("Send the signal to all processes of the group", "stopasgroup", "true")
}
