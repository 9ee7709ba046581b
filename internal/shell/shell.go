// Package shell knows a little of the language of shells (sh(1), XCU chapter 2 of
// POSIX): enough to tell what somebody expects of one, and to advise. Whoever checks
// a command and whoever explains what became of one ask here.
//
// It is pure, and no parser: what it cannot tell, it says so.
package shell

import (
	"path"
	"slices"
	"strings"
	"syscall"

	"supervisor/internal/pattern"
	"supervisor/internal/signals"
)

// isShell reports whether a program is a shell, by its name.
func isShell(program string) bool {
	switch path.Base(program) {
	case "sh", "bash", "dash", "ash", "zsh", "ksh":
		return true
	}
	return false
}

// Script returns which word of a command is the script that a shell is given by -c;
// false: it is no such command.
func Script(argv []string) (at int, ok bool) {
	if len(argv) > 0 && path.Base(argv[0]) == "busybox" { // its first argument is which program to be
		at, ok = Script(argv[1:])
		return at + 1, ok
	}
	if len(argv) == 0 || !isShell(argv[0]) {
		return 0, false
	}
	for at = 1; at+1 < len(argv); at++ {
		switch word := argv[at]; {
		case strings.HasPrefix(word, "--"):
		case !strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "+"):
			return 0, false // the file of a script
		case strings.HasSuffix(word, "c"):
			return at + 1, true
		case strings.HasSuffix(word, "o"), strings.HasSuffix(word, "O"):
			at++ // the name of an option: -o pipefail
		}
	}
	return 0, false
}

// Bare returns a command in which what is quoted or escaped is blotted out.
func Bare(command string) string {
	text := []byte(command)
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case quote == 0 && ch == '\\' && i+1 < len(text):
			text[i], text[i+1] = 'x', 'x'
			i++
		case quote == 0 && (ch == '\'' || ch == '"'):
			quote, text[i] = ch, 'x'
		case ch == quote:
			quote, text[i] = 0, 'x'
		case quote != 0:
			text[i] = 'x'
		}
	}
	return string(text)
}

var (
	background = pattern.Lazy(`(?:^|[^&])(&)\s*$`)
	compound   = pattern.Lazy(`;\s*\S|&&|\|\||\||\n|^\s*(while|for|until|if)\b`)
	executes   = pattern.Lazy(`(^|[;&|(\n]\s*|\b(then|do|else)\s+)exec\s+([^\s0-9<>&]|[0-9]+[^0-9<>])`) // not only for redirections
	traps      = pattern.Lazy(`(?:^|[;&|({\n]\s*|\b(?:then|do|else)\s+)trap\s+([^;&|\n]*)`)
	awaits     = pattern.Lazy(`\b(wait|while|until|for)\b`)
	lastPart   = pattern.Lazy(`(?s)^(.*(?:;|&&|\|\||\n))\s*([^;&|\n]+)$`)
	keyword    = pattern.Lazy(`^(done|fi|esac|\)|\})`)
	assigns    = pattern.Lazy(`^[A-Za-z_][A-Za-z0-9_]*=`)
)

// Background returns where in a command the & at its end is.
func Background(command string) (at int, found bool) {
	if m := background.FindStringSubmatchIndex(Bare(command)); m != nil {
		return m[2], true
	}
	return 0, false
}

// Compound reports whether a script is more than one command.
func Compound(script string) bool { return compound.MatchString(Bare(script)) }

// Executes reports whether a program takes the place of the shell that a script is for.
func Executes(script string) bool { return executes.MatchString(Bare(script)) }

// Awaits reports whether a script waits, or does something again and again.
func Awaits(script string) bool { return awaits.MatchString(Bare(script)) }

// Assigns reports whether a word is an assignment.
func Assigns(word string) bool { return assigns.MatchString(word) }

// Builtin reports whether a word is a command that is no program, or is of no use as
// one.
func Builtin(word string) bool {
	switch word {
	case "cd", "exec", "source", ".", "export", "set", "ulimit", "umask", "alias",
		"eval", "if", "for", "while", "until", "case", "{", "(", "trap":
		return true
	}
	return false
}

// Last returns the last command of a script.
func Last(script string) string {
	if m := lastPart.FindStringSubmatchIndex(Bare(script)); m != nil {
		return script[m[4]:]
	}
	return script
}

// WithExec returns a script whose last command takes the place of the shell, if it
// can be told which that is, and if that is of use.
func WithExec(script string) (string, bool) {
	bare := Bare(script)
	if strings.Contains(bare, "|") && !strings.Contains(bare, "||") {
		return "", false
	}
	m := lastPart.FindStringSubmatchIndex(bare)
	if m == nil {
		first, _, _ := strings.Cut(strings.TrimSpace(script), " ")
		single := first != "" && !strings.HasPrefix(first, "(") && !Assigns(first) && !Builtin(first) && !compound.MatchString(bare)
		return "exec " + strings.TrimSpace(script), single
	}
	last := strings.TrimSpace(script[m[4]:])
	if last == "" || keyword.MatchString(last) || Assigns(last) || passing(last) || trapped(script) != nil {
		return "", false
	}
	return script[:m[3]] + " exec " + last, true
}

// passing reports whether a command is over at once, or is one of the shell
// itself: what has to hear the stop signal is before it.
func passing(command string) bool {
	words := strings.Fields(command)
	switch words[0] {
	case "break", "cd", "continue", "date", "echo", "exit", "export", "false", "kill", "logger", "mkdir", "mv", "printf", "read",
		"return", "rm", "set", "shift", "test", "touch", "trap", "true", "umask", "unset", "wait", "[", ":":
		return true
	case "sleep": // unless that is all that is to be done
		return len(words) < 2 || !strings.HasPrefix(words[1], "inf")
	}
	return false
}

// trapped returns the signals that a script has traps for; nil: it has no traps.
func trapped(script string) (names []string) {
	for _, m := range traps.FindAllStringSubmatch(Bare(script), -1) {
		words := strings.Fields(m[1])
		if len(words) > 1 && words[0] == "--" {
			words = words[1:]
		}
		if len(words) > 1 && words[0] != "-" {
			names = append(names, words[1:]...)
		}
	}
	return names
}

// HasTrap reports whether a script has a trap for a signal.
func HasTrap(script string, sig syscall.Signal) bool {
	return slices.ContainsFunc(trapped(script), func(name string) bool {
		of, err := signals.Parse(strings.ToUpper(name))
		return err == nil && of == sig
	})
}
