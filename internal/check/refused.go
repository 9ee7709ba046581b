package check

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
	"supervisor/internal/pattern"
)

// This file makes findings of what the daemon itself says of a configuration.

// refusal makes a finding of an error. The severity is that of its code unless
// another is given.
func (c *checker) refusal(e *config.Error, severity Severity) {
	s := c.section(e)
	o, given := s.Get(e.Key)
	var f *Finding
	switch {
	case e.Code == config.Syntax:
		c.unread(e.File)
		return
	case e.Key != "" && given && o.File == e.File:
		f = c.on(e.Code, s, o, "%s", e.Text)
	default:
		f = c.add(e.Code, cmp.Or(e.File, c.src.File), e.Line, "%s", e.Text)
		f.Section, f.Key = e.Section, e.Key
	}
	f.Hint = e.Hint
	if severity != "" {
		f.Severity = severity
	}
	c.advise(f, s, o)
}

// section returns the section that an error is about; an empty one if there is
// none.
func (c *checker) section(e *config.Error) *ini.Section {
	if s := c.File.Section(e.Section); s != nil {
		return s
	}
	return &ini.Section{Name: e.Section, File: e.File, Line: e.Line}
}

var (
	missingPath  = pattern.Lazy(`^The directory named as part of the path (.*) does not exist$`)
	missingDir   = pattern.Lazy(`^(.*) is not an existing directory$`)
	unknownName  = pattern.Lazy(`(?s) contains names \('(.*)'\) which cannot be expanded. Available names: (.*)$`)
	unknownEvent = pattern.Lazy(`^Unknown event type (.*) in \[`)
	namedProgram = pattern.Lazy(`names unknown program or fcgi-program (.*)$`)
)

// advise adds to a refusal what to do about it.
func (c *checker) advise(f *Finding, s *ini.Section, o ini.Option) {
	switch f.Code {
	case config.BadValue:
		c.mend(f, s, o)
	case config.BadExpansion:
		c.adviseExpansion(f, o)
	case config.BadName:
		c.adviseName(f, s, o)
	case config.MissingKey:
		c.adviseMissing(f, s)
	case config.MissingSection:
		f.Hint = "if another file includes this one, check that one; if not, it needs the section"
		text := "[supervisord]\n" + c.line(f.File, f.Line)
		f.Suggestion = &text
	case config.MissingDir:
		c.adviseDirectory(f, o)
	case config.UnknownUser:
		f.Hint = "there is no such user on this system: create it, or leave the option out"
		if value, ok := unquoted(o.Value); ok {
			f.Hint, f.Suggestion = "values are not in quotes", c.instead(o, value)
		} else if o.Key != "" {
			c.without(f, o)
		}
	case config.UnknownEvent:
		c.adviseWord(f, o, unknownEvent, eventNames(), "the events are "+strings.Join(eventNames(), ", "))
	case config.UnknownProgram:
		c.adviseWord(f, o, namedProgram, c.programNames(), "")
		if m := namedProgram.FindStringSubmatch(f.Message); m != nil && c.File.Section("eventlistener:"+m[1]) != nil {
			f.Hint = "an event listener cannot be in a group"
		}
	case config.NoProcessNum:
		c.adviseProcessNum(f, s, o)
	case config.StopGroups:
		if kill, ok := s.Get("killasgroup"); ok {
			f.move(c, kill.File, kill.Line)
			f.Suggestion = c.instead(kill, "true")
		}
		f.Hint = "a program that is asked to stop with its children is killed with its children"
	case config.RedirectedEvent:
		f.Hint, f.Suggestion = "let it write errors to its stderr_logfile", c.instead(o, "false")
	case config.HalfCredentials:
		missing := "password=change-me"
		if _, ok := s.Get("password"); ok {
			missing = "username=change-me"
		}
		f.Hint = "add the other one, or remove both"
		c.below(f, missing)
	case config.PythonExtension:
		if f.Key == "supervisor.rpcinterface_factory" || f.Key == "supervisor.ctl_factory" {
			c.withoutSection(f, s)
		} else {
			c.without(f, o)
		}
	case config.Encoding:
		f.Hint = "run: iconv -f ISO-8859-1 -t UTF-8 " + f.File + " > " + f.File + ".utf8 && mv " + f.File + ".utf8 " + f.File
	case config.Unreadable:
		f.Hint = "name a file that exists and that you may read"
	case config.Ambiguous:
		f.Hint = "give one of the two sections another name"
	case config.TooMany:
		f.Hint = "lower numprocs, or the number of files"
	}
}

func (c *checker) adviseExpansion(f *Finding, o ini.Option) {
	m := unknownName.FindStringSubmatch(f.Message)
	if m == nil {
		f.Hint = "a percent sign that is meant is written twice"
		f.Suggestion = c.instead(o, lonePercent.ReplaceAllString(o.Value, "$1%%$2"))
		return
	}
	if variable, ok := strings.CutPrefix(m[1], "ENV_"); ok {
		f.Hint = "the daemon's environment has no " + variable + ": it must be set when supervisord is started; " +
			"to check the file as if it were: " + variable + "=value supervisord check " + c.src.File
		f.Message = "%(" + m[1] + ")s stands for an environment variable that is not set"
		return
	}
	f.Message = "%(" + m[1] + ")s stands for nothing here"
	f.Hint = "known here are " + withoutEnvironment(m[2])
	if best, ok := nearest(m[1], strings.Split(m[2], ", ")); ok {
		f.Hint = "did you mean %(" + best + ")s? " + f.Hint
		f.Suggestion = c.instead(o, strings.ReplaceAll(o.Value, "%("+m[1]+")", "%("+best+")"))
		return
	}
	f.Suggestion = c.instead(o, strings.ReplaceAll(o.Value, "%("+m[1]+")", "%%("+m[1]+")"))
}

// lonePercent is a percent sign that begins no name and no pair.
var lonePercent = pattern.Lazy(`((?:^|[^%])(?:%%)*)%([^%(]|$)`)

func withoutEnvironment(names string) string {
	var all []string
	for name := range strings.SplitSeq(names, ", ") {
		if !strings.HasPrefix(name, "ENV_") {
			all = append(all, name)
		}
	}
	return strings.Join(append(all, "ENV_ and the name of a variable"), ", ")
}

func (c *checker) adviseName(f *Finding, s *ini.Section, o ini.Option) {
	clean := func(text string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t:/", r) {
				return '_'
			}
			return r
		}, text)
	}
	f.Hint = "a name has no blank, colon or slash"
	if o.Key != "" {
		f.Suggestion = c.instead(o, clean(o.Value))
		return
	}
	kind, name, _ := strings.Cut(s.Name, ":")
	text := strings.Replace(c.line(f.File, f.Line), "["+s.Name+"]", "["+kind+":"+clean(strings.TrimSpace(name))+"]", 1)
	f.Suggestion = &text
}

// example is what may be written for an option that must be there.
var example = map[string]string{
	"command":                         "/path/to/the/program --in-the-foreground",
	"events":                          "PROCESS_STATE",
	"files":                           "conf.d/*.conf",
	"file":                            "/run/supervisor.sock",
	"port":                            "127.0.0.1:9001",
	"socket":                          "unix:///run/%(program_name)s.sock",
	"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface",
}

func (c *checker) adviseMissing(f *Finding, s *ini.Section) {
	f.Hint = "add " + f.Key
	for _, o := range s.Options {
		if best, ok := nearest(o.Key, []string{f.Key}); ok {
			f.Hint = "did you mean " + best + " by " + o.Key + "?"
			f.move(c, o.File, o.Line)
			f.Suggestion = c.renamed(o, best)
			return
		}
	}
	if value, ok := example[f.Key]; ok {
		c.below(f, f.Key+"="+value)
	}
}

func (c *checker) adviseDirectory(f *Finding, o ini.Option) {
	dir := ""
	if m := missingPath.FindStringSubmatch(f.Message); m != nil {
		dir = path.Dir(m[1])
	} else if m := missingDir.FindStringSubmatch(f.Message); m != nil {
		dir = m[1]
	}
	if value, ok := unquoted(o.Value); ok {
		f.Hint, f.Suggestion = "values are not in quotes", c.instead(o, value)
	} else if dir != "" {
		f.Hint = "run: mkdir -p " + dir
	}
}

// adviseWord replaces a word of a list by the one that was meant, or leaves it
// out.
func (c *checker) adviseWord(f *Finding, o ini.Option, pattern pattern.Pattern, known []string, hint string) {
	m := pattern.FindStringSubmatch(f.Message)
	if m == nil {
		return
	}
	f.Hint = hint
	var words []string
	best, ok := nearest(m[1], known)
	for word := range strings.SplitSeq(o.Value, ",") {
		word = strings.TrimSpace(word)
		switch {
		case !strings.EqualFold(word, m[1]):
			words = append(words, word)
		case ok:
			f.Hint = "did you mean " + best + "?"
			words = append(words, best)
		}
	}
	f.Suggestion = c.instead(o, strings.Join(words, ","))
	switch value, required := example[o.Key]; {
	case len(words) == 0 && required:
		f.Suggestion = c.instead(o, value)
	case len(words) == 0:
		c.without(f, o)
	}
}

func (c *checker) adviseProcessNum(f *Finding, s *ini.Section, o ini.Option) {
	f.Hint = "each process needs a name of its own"
	const number = "_%(process_num)02d"
	if o.Key != "" {
		f.Suggestion = c.instead(o, o.Value+number)
		return
	}
	if num, ok := s.Get("numprocs"); ok {
		f.move(c, num.File, num.Line)
		c.below(f, "process_name=%(program_name)s"+number)
	}
}

// remark makes a finding of what the daemon's log would say.
func (c *checker) remark(n config.Note) {
	s := c.File.Section(n.Section)
	if s == nil {
		return
	}
	o, given := s.Get(n.Key)
	var f *Finding
	if given {
		f = c.on(n.Code, s, o, "%s", n.Text)
	} else {
		f = c.of(n.Code, s, "%s", n.Text)
	}
	stream, _, _ := strings.Cut(n.Key, "_")
	switch n.Code {
	case config.IncludeNothing:
		f.Hint = "create the file, or correct the pattern; relative ones begin at the directory of the main file"
		c.withoutPattern(f, s, o)
	case config.IncludeUnread:
		f.Hint = "the daemon must be able to read it"
	case config.SameGroup:
		f.Hint = "give one of them another name"
		c.rename(f, s)
	case config.SameProcess:
		f.Hint = "give one of them another process_name"
	case config.NoSocket:
		f.Hint = "correct the socket"
	case config.SyslogAsFile:
		text := strings.Replace(*c.instead(o, "NONE"), "syslog", "NONE", 1) + "\n" + stream + "_syslog=true"
		f.Suggestion = &text
		if old, ok := s.Get(stream + "_syslog"); ok && old.Value == "true" {
			f.Suggestion = c.instead(o, "NONE")
		}
	case config.AutoUnbounded:
		if size, ok := s.Get(stream + "_logfile_maxbytes"); ok {
			f.move(c, size.File, size.Line)
			f.Suggestion = c.instead(size, "50MB")
		}
		f.Hint = "let it be rotated, or name a file that something else rotates"
	case config.StderrRedirected:
		f.Hint = "what it writes there goes to its stdout_logfile"
		c.without(f, o)
	}
}

// withoutPattern suggests to leave out a pattern of files.
func (c *checker) withoutPattern(f *Finding, s *ini.Section, o ini.Option) {
	patterns := strings.Fields(o.Value)
	if len(patterns) == 1 {
		c.withoutSection(f, s)
		return
	}
	for i, pattern := range patterns {
		if strings.HasSuffix(f.Message, "/"+strings.TrimPrefix(pattern, "/")+`"`) {
			f.Suggestion = c.instead(o, strings.Join(slices.Delete(patterns, i, i+1), " "))
			return
		}
	}
}

// rename suggests another name for a section.
func (c *checker) rename(f *Finding, s *ini.Section) {
	text := strings.Replace(c.line(s.File, s.Line), "["+s.Name+"]", "["+s.Name+"2]", 1)
	f.Suggestion = &text
}

// programNames returns the programs that can be in a group.
func (c *checker) programNames() []string {
	var all []string
	for _, s := range c.File.Sections() {
		if kind := kindOf(s.Name); kind == "program:x" || kind == "fcgi-program:x" {
			_, name, _ := strings.Cut(s.Name, ":")
			all = append(all, name)
		}
	}
	return all
}
