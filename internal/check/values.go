package check

import (
	"fmt"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
	"supervisor/internal/pattern"
	"supervisor/internal/spawn"
)

// literal are options whose value is taken as it is, quotes and all.
var literal = map[string]bool{
	"directory": true, "stdout_logfile": true, "stderr_logfile": true, "logfile": true, "pidfile": true, "childlogdir": true,
	"file": true, "user": true, "serverurl": true, "password": true, "username": true, "prompt": true, "history_file": true,
	"identifier": true, "process_name": true, "programs": true, "files": true, "socket": true, "command": true,
}

var dollar = pattern.Lazy(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)

// values finds what is wrong with the text of values.
func (c *checker) values() {
	for _, s := range c.File.Sections() {
		kind := kindOf(s.Name)
		if kind == "" {
			continue
		}
		for _, o := range s.Options {
			if c.refused(s, o) {
				continue
			}
			if inner, ok := unquoted(o.Value); ok && literal[o.Key] && (o.Key != "command" || strings.ContainsAny(inner, " \t")) {
				f := c.on(quotedValue, s, o, "the quotes are part of the value")
				if o.Key == "command" {
					f.Message = "the quotes make one word of the whole command"
				}
				f.Hint = "leave the quotes out, unless they are meant"
				if o.Key != "password" { // which is not printed
					f.Suggestion = c.instead(o, inner)
				}
				continue
			}
			c.cutByComment(s, o)
			switch o.Key {
			case "directory", "logfile", "pidfile", "stdout_logfile", "stderr_logfile", "environment", "file", "childlogdir":
				c.dollars(s, o)
			}
		}
	}
	if s := c.File.Section("supervisord"); s != nil {
		if o, ok := s.Get("logfile"); ok {
			switch strings.ToUpper(o.Value) {
			case "NONE", "OFF", "AUTO", "SYSLOG":
				if o.Value != "syslog" {
					f := c.on(logfileWord, s, o, "the activity log goes to a file called %s here", o.Value)
					f.Hint, f.Suggestion = "for no file write /dev/null, for syslog the word in small letters", c.instead(o, "/dev/null")
					if strings.EqualFold(o.Value, "syslog") {
						f.Suggestion = c.instead(o, "syslog")
					}
				}
			}
		}
	}
}

// dollars finds variables as a shell has them.
func (c *checker) dollars(s *ini.Section, o ini.Option) {
	m := dollar.FindStringSubmatch(o.Value)
	tilde := o.Key == "directory" && s.Name != "supervisord" && strings.HasPrefix(o.Value, "~")
	switch {
	case m != nil:
		f := c.on(notExpanded, s, o, "%s stays as it is: variables are not expanded here", m[0])
		f.Hint = "a variable of the daemon's environment is %(ENV_" + m[1] + ")s; to check the file as if it were set: " +
			m[1] + "=value supervisord check " + c.src.File
		f.Suggestion = c.instead(o, dollar.ReplaceAllString(o.Value, "%(ENV_$1)s"))
	case tilde:
		f := c.on(notExpanded, s, o, "~ stays as it is in the directory of a program")
		f.Hint, f.Suggestion = "write the path in full", c.instead(o, "%(ENV_HOME)s"+o.Value[1:])
	}
}

// looksLikeCommand matches what is no comment but the rest of a command.
var looksLikeCommand = pattern.Lazy(`^[;#]\s*(/|\./|(cd|exec|echo|exit|sleep|do|done|then|fi|else|source|export|while|rm|kill|python|node|php)\b)`)

// cutByComment finds a comment that takes away a part of a value.
func (c *checker) cutByComment(s *ini.Section, o ini.Option) {
	for n := o.Line; n <= o.End; n++ {
		line := c.line(o.File, n)
		kept, cut := ini.CutComment(line)
		if !cut || strings.TrimSpace(kept) == "" {
			continue
		}
		comment := line[len(kept):]
		_, err := spawn.Lex(o.Value)
		quotes := (o.Key == "command" || o.Key == "environment") && err != nil
		secret := o.Key == "password" && comment[0] == '#'
		if !quotes && !secret && (o.Key != "command" || !looksLikeCommand.MatchString(comment)) {
			continue
		}
		shown := fmt.Sprintf("%q", comment)
		if secret {
			shown = "the end of the password"
		}
		f := c.on(commentCuts, s, o, "%s is taken for a comment, because a blank stands before it", shown)
		f.move(c, o.File, n)
		f.Column = 1 + len([]rune(kept))
		f.Hint = "leave out the blank before the " + comment[:1]
		if o.End == o.Line && !secret {
			text := strings.TrimRight(kept, " \t") + comment
			f.Suggestion = &text
		}
		return
	}
}

// environmentOf returns what a process will find in its environment.
func (c *checker) environmentOf(p *config.Process) map[string]string {
	all := map[string]string{}
	for _, list := range [][]string{c.src.Env, p.Environment} {
		for _, entry := range list {
			name, value, _ := strings.Cut(entry, "=")
			all[name] = value
		}
	}
	return all
}
