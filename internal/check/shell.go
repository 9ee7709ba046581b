package check

import (
	"slices"
	"strings"
	"syscall"

	"supervisor/internal/pattern"
	"supervisor/internal/signals"
)

// This file knows a little of the language of shells: enough to tell what
// somebody expects of one.

// bare returns a command in which what is quoted or escaped is blotted out.
func bare(command string) string {
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
	operator   = pattern.Lazy(`(?:^|\s)(\|\|?|&&|[0-9]?>>?(?:&[0-9-]|\S*)|<\S*|&>>?\S*)(?:\s|$)|\S(;)(?:\s|$)|(\$\(|` + "`" + `)`)
	background = pattern.Lazy(`(?:\s|^)(&)\s*$|\S(&)\s*$`)
	unexpanded = pattern.Lazy(`(?:^|\s)(~[a-z]*/\S*)|(\$\{?[A-Za-z_][A-Za-z0-9_]*\}?)|(?:^|\s)([^\s:=]*/[^\s:=]*\*\S*)`)
	compound   = pattern.Lazy(`;\s*\S|&&|\|\||\||\n|^\s*(while|for|until|if)\b`)
	executes   = pattern.Lazy(`(^|[;&|(\n]\s*|\b(then|do|else)\s+)exec\s+([^\s0-9<>&]|[0-9]+[^0-9<>])`) // not only for redirections
	traps      = pattern.Lazy(`(?:^|[;&|({\n]\s*|\b(?:then|do|else)\s+)trap\s+([^;&|\n]*)`)
	awaits     = pattern.Lazy(`\b(wait|while|until|for)\b`)
	lastPart   = pattern.Lazy(`(?s)^(.*(?:;|&&|\|\||\n))\s*([^;&|\n]+)$`)
	keyword    = pattern.Lazy(`^(done|fi|esac|\)|\})`)
	assigns    = pattern.Lazy(`^[A-Za-z_][A-Za-z0-9_]*=`)
)

// first returns the first group that matched, and where it begins.
func first(pattern pattern.Pattern, text string) (found string, at int) {
	m := pattern.FindStringSubmatchIndex(text)
	for i := 2; i < len(m); i += 2 {
		if m[i] >= 0 {
			return text[m[i]:m[i+1]], m[i]
		}
	}
	return "", -1
}

// withExec returns a script whose last command takes the place of the shell,
// if it can be told which that is.
func withExec(script string) (string, bool) {
	if strings.Contains(bare(script), "|") && !strings.Contains(bare(script), "||") {
		return "", false
	}
	m := lastPart.FindStringSubmatchIndex(bare(script))
	if m == nil {
		return "exec " + strings.TrimSpace(script), !compound.MatchString(bare(script))
	}
	last := strings.TrimSpace(script[m[4]:])
	if last == "" || keyword.MatchString(last) || assigns.MatchString(last) || passing(last) || trapped(script) != nil {
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
	for _, m := range traps.FindAllStringSubmatch(bare(script), -1) {
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

// hasTrap reports whether a script has a trap for a signal.
func hasTrap(script string, sig syscall.Signal) bool {
	return slices.ContainsFunc(trapped(script), func(name string) bool {
		of, err := signals.Parse(strings.ToUpper(name))
		return err == nil && of == sig
	})
}

// inShell returns a command that has a shell carry out another. It reports
// whether the program takes the place of the shell.
func inShell(command string) (string, bool) {
	script, ok := withExec(command)
	if !ok {
		script = command
	}
	return "/bin/sh -c '" + strings.ReplaceAll(script, "'", `'"'"'`) + "'", ok
}

// builtins are commands that are no programs, or are of no use as one.
var builtins = map[string]bool{
	"cd": true, "exec": true, "source": true, ".": true, "export": true, "set": true, "ulimit": true, "umask": true, "alias": true,
	"eval": true, "if": true, "for": true, "while": true, "until": true, "case": true, "{": true, "(": true, "trap": true,
}

// isShell reports whether a program is a shell.
func isShell(name string) bool {
	switch name {
	case "sh", "bash", "dash", "ash", "zsh", "ksh", "busybox":
		return true
	}
	return false
}

// scriptOf returns the script that a shell is given by -c.
func scriptOf(argv []string) (script string, ok bool) {
	for i, word := range argv {
		if i > 0 && strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.HasSuffix(word, "c") && i+1 < len(argv) {
			return argv[i+1], true
		}
	}
	return "", false
}
