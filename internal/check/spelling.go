package check

import (
	"slices"
	"strings"

	"supervisor/internal/event"
	"supervisor/internal/ini"
)

// unknownSections finds sections that nobody reads.
func (c *checker) unknownSections() {
	for _, s := range c.File.Sections() {
		if s.Name == "include" && s.File != c.src.File {
			f := c.of(nestedInclude, s, "[include] has no effect in a file that is included itself")
			f.Hint = "name the files in the [include] of " + c.src.File
			c.withoutSection(f, s)
		}
		for _, h := range s.Again {
			if s.Name == "include" && h.File != c.src.File {
				f := c.add(nestedInclude, h.File, h.Line, "[include] has no effect in a file that is included itself")
				f.Section, f.Hint = s.Name, "name the files in the [include] of "+c.src.File
			}
		}
		if kindOf(s.Name) != "" {
			continue
		}
		f := c.of(unknownSection, s, "nobody reads a section [%s]", s.Name)
		if name, ok := sectionMeant(s.Name); ok {
			f.Hint = "did you mean [" + name + "]?"
			text := strings.Replace(c.line(s.File, s.Line), "["+s.Name+"]", "["+name+"]", 1)
			f.Suggestion = &text
		} else {
			f.Hint = "remove it, or correct its name"
			c.withoutSection(f, s)
		}
	}
}

// sectionMeant returns the name of a section that has a slip in it.
func sectionMeant(name string) (string, bool) {
	plain := []string{"supervisord", "supervisorctl", "unix_http_server", "inet_http_server", "include"}
	prefixes := []string{"program", "group", "eventlistener", "fcgi-program", "rpcinterface"}
	kind, rest, colon := strings.Cut(strings.TrimSpace(name), ":")
	kind, rest = strings.TrimSpace(kind), strings.TrimSpace(rest)
	if !colon {
		if best, ok := nearest(kind, plain); ok {
			return best, true
		}
		if first, second, two := strings.Cut(kind, " "); two {
			kind, rest = first, strings.TrimSpace(second)
		}
	}
	best, ok := nearest(kind, prefixes)
	if !ok {
		return "", false
	}
	if rest == "" {
		rest = "name"
	}
	return best + ":" + strings.Map(func(r rune) rune {
		if strings.ContainsRune(" :/", r) {
			return '_'
		}
		return r
	}, rest), true
}

// options finds options that the section's reader does not read.
func (c *checker) options() {
	for _, s := range append(c.File.Sections(), c.File.Defaults()) {
		kind := kindOf(s.Name)
		if s.Name != "DEFAULT" && kind == "" || kind == "rpcinterface:x" || kind == "ctlplugin:x" {
			continue
		}
		for _, o := range s.Options {
			c.option(s, o, kind)
		}
	}
}

func (c *checker) option(s *ini.Section, o ini.Option, kind string) {
	where := c.sections[o.Key]
	if slices.Contains(where, kind) || kind == "" && len(where) > 0 {
		if kind != "" && !inSupervisor(kind, o.Key) {
			f := c.on(notInSupervisor, s, o, "Supervisor itself does not know %s and ignores it", o.Key)
			f.Hint = "the file is no longer the same for both"
		}
		return
	}
	if len(where) > 0 {
		f := c.on(wrongSection, s, o, "%s is no option of [%s]", o.Key, s.Name)
		f.Hint = "it belongs to [" + strings.Join(where, "], [") + "]"
		c.without(f, o)
		return
	}
	if best, ok := nearest(o.Key, c.keys[kind]); ok {
		f := c.on(unknownKey, s, o, "nobody reads %s in [%s]", o.Key, s.Name)
		f.Hint, f.Suggestion = "did you mean "+best+"?", c.renamed(o, best)
		if _, taken := s.Get(best); taken {
			c.without(f, o)
		}
		return
	}
	f := c.on(unknownKey, s, o, "nobody reads %s in [%s]", o.Key, s.Name)
	f.Hint = "remove it, or correct its name"
	if strings.ToLower(o.Key) == "env" {
		f.Hint, f.Suggestion = "did you mean environment?", c.renamed(o, "environment")
		return
	}
	c.without(f, o)
}

// repetitions finds what stands twice: only the last one counts.
func (c *checker) repetitions() {
	for _, r := range c.File.Replaced() {
		if r.Option.File != r.New.File && r.Option.File == c.src.File {
			continue // included files are there to say more
		}
		s := c.File.Section(r.Section)
		if s == nil {
			s = c.File.Defaults()
		}
		f := c.on(repeatedKey, s, r.Option, "%s is given again in %s, line %d, which counts", r.Option.Key, r.New.File, r.New.Line)
		f.Hint = "keep one of them"
		c.without(f, r.Option)
	}
	for _, s := range c.File.Sections() {
		for _, h := range s.Again {
			if kind := kindOf(s.Name); !strings.HasSuffix(kind, ":x") {
				continue
			}
			f := c.add(repeatedSection, h.File, h.Line, "[%s] is in %s, line %d, already: the two are one section", s.Name, s.File, s.Line)
			f.Section, f.Hint = s.Name, "give this one another name, or move its options there"
			if kindOf(s.Name) == "rpcinterface:x" {
				f.comment(c, h.Line, h.Line)
				continue
			}
			text := strings.Replace(c.line(h.File, h.Line), "["+s.Name+"]", "["+s.Name+"2]", 1)
			f.Suggestion = &text
		}
	}
}

// eventNames returns all events that a listener can ask for.
func eventNames() []string {
	var all []string
	for t := event.Any; t <= event.ProcessGroupRemoved; t++ {
		all = append(all, t.String())
	}
	return all
}
