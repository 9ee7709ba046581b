package check

import (
	"path"
	"slices"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/foreground"
	"supervisor/internal/ini"
	"supervisor/internal/pattern"
	"supervisor/internal/shell"
	"supervisor/internal/spawn"
)

// eachProgram calls visit once for each section that has processes, with the
// first of them.
func (c *checker) eachProgram(visit func(s *ini.Section, p *config.Process)) {
	seen := map[string]bool{}
	for _, g := range c.Config.Groups {
		for _, p := range g.Processes {
			if s := c.File.Section(p.Section); s != nil && !seen[p.Section] {
				seen[p.Section] = true
				visit(s, p)
			}
		}
	}
}

// commands finds commands that do not do what they look like.
func (c *checker) commands() {
	c.eachProgram(func(s *ini.Section, p *config.Process) {
		o, ok := s.Get("command")
		if !ok || c.refused(s, o) {
			return
		}
		argv, err := spawn.Lex(p.Command)
		switch {
		case err != nil:
			f := c.on(badCommand, s, o, "the command cannot be split into words: %v", err)
			f.Hint = "close the quotation, or put a backslash before a quote that is meant"
			if fixed, ok := closed(o.Value); ok {
				f.Suggestion = c.instead(o, fixed)
			}
			return
		case len(argv) == 0:
			c.on(emptyCommand, s, o, "the command is empty").Hint = "say what to run"
			return
		}
		cmd := &command{c, s, p, o, argv}
		for _, rule := range []func(*command) bool{
			(*command).beginsWrong, (*command).wrapped, (*command).shell, (*command).wantsShell, (*command).leaves,
		} {
			if rule(cmd) {
				return
			}
		}
	})
}

// closed returns a command with its open quotation closed.
func closed(text string) (string, bool) {
	for _, quote := range []string{`"`, "'"} {
		if _, err := spawn.Lex(text + quote); err == nil && strings.Contains(text, quote) {
			return text + quote, true
		}
	}
	return "", false
}

// command is the command of a program that is looked at. Its rules report
// whether they found something.
type command struct {
	*checker
	s    *ini.Section
	p    *config.Process
	o    ini.Option
	argv []string
}

func (c *command) say(code config.Code, format string, args ...any) *Finding {
	return c.on(code, c.s, c.o, format, args...)
}

// mark moves a finding to a part of the command.
func (c *command) mark(f *Finding, part string) {
	line, begin := c.line(c.o.File, c.o.Line), len(c.beforeValue(c.o))
	i := strings.Index(line[begin:], part)
	if places := wordsAt(line[begin:], part); len(places) > 0 {
		i = places[0]
	}
	if i >= 0 {
		f.Column = 1 + len([]rune(line[:begin+i]))
	}
}

func (c *command) beginsWrong() bool {
	switch name := c.argv[0]; {
	case shell.Assigns(name):
		f := c.say(assignment, "%s is taken for the name of the program", name)
		f.Hint, f.Suggestion = "put it into environment=, or let env set it", c.instead(c.o, "/usr/bin/env "+c.o.Value)
	case shell.Builtin(name):
		f := c.say(shellBuiltin, "%s is a command of shells, not a program", name)
		f.Hint = "let a shell carry it out; for cd there is directory="
		c.throughShell(f)
		if rest, ok := strings.CutPrefix(c.o.Value, "exec "); ok {
			f.Hint, f.Suggestion = "leave the word out", c.instead(c.o, strings.TrimSpace(rest))
		}
	default:
		return false
	}
	return true
}

// throughShell suggests to let a shell carry out the command.
func (c *command) throughShell(f *Finding) {
	value, replaces := inShell(c.o.Value)
	f.Suggestion = c.instead(c.o, value)
	if _, given := c.s.Get("stopasgroup"); !replaces && !given {
		text := *f.Suggestion + "\nstopasgroup=true"
		f.Suggestion = &text
	}
}

// inShell returns a command that has a shell carry out another. It reports
// whether the program takes the place of the shell.
func inShell(command string) (string, bool) {
	script, ok := shell.WithExec(command)
	if !ok {
		script = command
	}
	return "/bin/sh -c '" + strings.ReplaceAll(script, "'", `'"'"'`) + "'", ok
}

// wrapped finds programs whose only purpose is to start another.
func (c *command) wrapped() bool {
	name := path.Base(c.argv[0])
	rest := strings.TrimSpace(strings.TrimPrefix(c.o.Value, c.argv[0]))
	switch {
	case name == "nohup" || name == "setsid" || name == "daemonize":
		f := c.say(wrapper, "%s takes the program away from the daemon, which does the same by itself", name)
		f.Hint = "leave it out"
		for strings.HasPrefix(rest, "-") {
			_, rest, _ = strings.Cut(rest, " ")
		}
		if rest = strings.TrimSpace(strings.TrimSuffix(rest, "&")); rest != "" {
			f.Suggestion = c.instead(c.o, rest)
		}
	case name == "sudo" || name == "su" || name == "runuser":
		f := c.say(wrapper, "%s stands between the daemon and the program: signals may not reach it", name)
		f.Hint = "say user= and run the program itself"
		c.withoutSudo(f, name, rest)
	case name == "start-stop-daemon":
		c.say(wrapper, "start-stop-daemon does what the daemon does").Hint = "run the program itself, in the foreground"
	case foreground.Starter(c.argv[0]):
		f := c.say(initScript, "%s starts something elsewhere and ends", c.argv[0])
		f.Hint = "run the program itself, in the foreground; what systemd starts, systemd supervises"
	default:
		return false
	}
	return true
}

// withoutSudo suggests user= in the place of sudo -u.
func (c *command) withoutSudo(f *Finding, name, rest string) {
	if name != "sudo" {
		return
	}
	user := "root"
	for strings.HasPrefix(rest, "-") {
		var word string
		word, rest, _ = strings.Cut(rest, " ")
		rest = strings.TrimSpace(rest)
		if word == "-u" {
			user, rest, _ = strings.Cut(rest, " ")
			rest = strings.TrimSpace(rest)
		}
	}
	text := *c.instead(c.o, rest)
	if _, given := c.s.Get("user"); !given {
		text += "\nuser=" + user
	}
	if rest != "" {
		f.Suggestion = &text
	}
}

// shell looks into the script of a shell.
func (c *command) shell() bool {
	at, ok := shell.Script(c.argv)
	if !ok {
		return false
	}
	script := c.argv[at]
	if _, ends := shell.Background(script); ends && !strings.Contains(shell.Bare(script), "wait") {
		f := c.say(inBackground, "the & sends the program to the background, and the shell ends")
		f.Hint = "leave the & out"
		i := strings.LastIndex(c.o.Value, "&")
		f.Suggestion = c.instead(c.o, strings.TrimRight(c.o.Value[:i], " ")+c.o.Value[i+1:])
		return true
	}
	if argv, err := spawn.Lex(shell.Last(script)); err == nil && c.daemonizes(argv) {
		return true
	}
	if shell.Compound(script) && !shell.Executes(script) && !c.p.StopAsGroup {
		c.keepsSignal(script)
	}
	return true
}

// keepsSignal says what becomes of the stop signal in a script that no program
// takes the place of, and what helps.
func (c *command) keepsSignal(script string) {
	handled := shell.HasTrap(script, c.p.StopSignal)
	if handled && shell.Awaits(script) {
		return // it knows what it does
	}
	f := c.say(shellNoExec, "the shell gets the stop signal and keeps it to itself: what it runs goes on")
	changed, ok := shell.WithExec(script)
	i := strings.LastIndex(c.o.Value, script)
	switch {
	case ok:
		f.Hint = "say exec before the last command, or stopasgroup=true"
	case handled:
		f.Message = "the shell deals with the stop signal only when the command that it waits for has ended, which hears nothing of it"
		f.Hint = "say stopasgroup=true, so that all get the signal"
	default:
		f.Hint = "say stopasgroup=true, so that all get the signal; exec would not help here"
	}
	if ok && i >= 0 {
		f.Suggestion = c.instead(c.o, c.o.Value[:i]+changed+c.o.Value[i+len(script):])
	} else if group, given := c.s.Get("stopasgroup"); given {
		f.move(c.checker, group.File, group.Line)
		f.Suggestion = c.instead(group, "true")
	} else {
		c.below(f, "stopasgroup=true")
	}
}

var (
	operator   = pattern.Lazy(`(?:^|\s)(\|\|?|&&|[0-9]?>>?(?:&[0-9-]|\S*)|<\S*|&>>?\S*)(?:\s|$)|\S(;)(?:\s|$)|(\$\(|` + "`" + `)`)
	unexpanded = pattern.Lazy(`(?:^|\s)(~[a-z]*/\S*)|(\$\{?[A-Za-z_][A-Za-z0-9_]*\}?)|(?:^|\s)([^\s:=]*/[^\s:=]*\*\S*)`)
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

// wantsShell finds what only a shell understands.
func (c *command) wantsShell() bool {
	plain := shell.Bare(c.o.Value)
	if at, ends := shell.Background(c.o.Value); ends {
		f := c.say(inBackground, "& is an argument here, not an operator; and the program must stay in the foreground")
		c.mark(f, "&")
		f.Hint, f.Suggestion = "leave it out", c.instead(c.o, strings.TrimSpace(c.o.Value[:at]))
		return true
	}
	if op, at := first(operator, plain); op != "" {
		op = c.o.Value[at : at+len(op)]
		f := c.say(shellSyntax, "%s is an argument of the program, because no shell reads the command", op)
		f.Hint = "let a shell carry it out"
		c.mark(f, op)
		c.throughShell(f)
		return true
	}
	if word, _ := first(unexpanded, strings.ReplaceAll(plain, "%(", "x")); word != "" {
		f := c.say(notExpanded, "%s stays as it is, because no shell reads the command", word)
		f.Hint = "write it out, or let a shell carry it out; a variable of the daemon's environment is %(ENV_NAME)s"
		c.mark(f, word)
		c.throughShell(f)
		return true
	}
	return false
}

// leaves finds programs that go to the background.
func (c *command) leaves() bool { return c.daemonizes(c.argv) }

func (c *command) daemonizes(argv []string) bool {
	for len(argv) > 1 && (argv[0] == "exec" || path.Base(argv[0]) == "env" || shell.Assigns(argv[0])) {
		argv = argv[1:]
	}
	a, ok := foreground.Advise(argv, c.world.Head)
	if !ok {
		return false
	}
	f := c.say(daemonizes, "%s goes to the background, where it cannot be supervised", a.Program)
	value := c.o.Value
	switch {
	case a.Whole != nil:
		f.Hint = "run what " + a.Program + " starts: " + strings.Join(a.Whole, " ")
		if old := strings.Join(argv, " "); strings.Contains(value, old) {
			f.Suggestion = c.instead(c.o, strings.Replace(value, old, strings.Join(a.Whole, " "), 1))
		}
		return true
	case a.Because != "" && len(wordsAt(value, a.Because)) > 0:
		f.Message = a.Program + " goes to the background because of " + a.Because
		f.Hint = "write " + a.Instead + " instead"
		if a.Instead == "" {
			f.Hint = "leave it out"
		}
		c.mark(f, a.Because)
		i := wordsAt(value, a.Because)[0]
		value = strings.TrimSpace(value[:i] + strings.TrimSpace(a.Instead+value[i+len(a.Because):]))
	case a.Because != "":
		f.Hint = "leave out " + a.Because
		return true
	default:
		f.Hint = "add " + a.Instead
		if a.File != "" {
			f.Message += "; so says " + a.File
		}
		value = insert(value, argv, a)
	}
	f.Suggestion = c.instead(c.o, value)
	return true
}

// wordsAt returns where some words stand in a command: as words, not as a part of
// others.
func wordsAt(value, words string) (places []int) {
	const ends = " \t\n\"';&|()"
	for i := 0; ; i++ {
		next := strings.Index(value[i:], words)
		if next < 0 {
			return places
		}
		i += next
		end := i + len(words)
		if (i == 0 || strings.IndexByte(ends, value[i-1]) >= 0) && (end == len(value) || strings.IndexByte(ends, value[end]) >= 0) {
			places = append(places, i)
		}
	}
}

// insert puts the words of an advice into a command: behind the program, or at
// the end. The program is the first of argv, which is the last command of the value;
// a word of its arguments may be the same.
func insert(value string, argv []string, a foreground.Advice) string {
	program, words, i := argv[0], a.Instead, -1
	same := len(slices.DeleteFunc(slices.Clone(argv), func(word string) bool { return word != program }))
	if places := wordsAt(value, program); len(places) >= same {
		i = places[len(places)-same]
	}
	if i > 0 && strings.ContainsAny(value[:i], `"'`) && strings.HasPrefix(value[strings.IndexAny(value, `"'`):], `"`) {
		words = strings.ReplaceAll(words, `"`, "'") // inside of a quotation
	}
	if a.Last {
		return value + " " + words
	}
	if i < 0 {
		return value
	}
	return value[:i+len(program)] + " " + words + value[i+len(program):]
}
