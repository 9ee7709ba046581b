package check

import (
	"slices"
	"strings"

	"supervisor/internal/config"
)

// groups finds groups that are not what they seem.
func (c *checker) groups() {
	member := map[string]string{} // the group in which a program was seen
	for _, s := range c.File.Sections() {
		if kindOf(s.Name) != "group:x" {
			continue
		}
		o, ok := s.Get("programs")
		if !ok || strings.TrimSpace(o.Value) == "" {
			f := c.of(emptyGroup, s, "the group has no programs")
			f.Hint = "name its programs in programs=, or remove it"
			c.withoutSection(f, s)
			continue
		}
		names := splitList(o.Value)
		for _, name := range names {
			other, taken := member[name]
			member[name] = s.Name
			if !taken || c.refused(s, o) {
				continue
			}
			f := c.on(twoGroups, s, o, "%s is in [%s] as well: there will be two of it", name, other)
			if other == s.Name {
				f.Message = name + " is named twice"
			}
			f.Hint = "leave it in one of them"
			last := slices.Index(names, name)
			if other == s.Name {
				last = len(names) - 1
				for names[last] != name {
					last--
				}
			}
			rest := slices.Delete(slices.Clone(names), last, last+1)
			f.Suggestion = c.instead(o, strings.Join(rest, ","))
			if len(rest) == 0 {
				c.withoutSection(f, s)
			}
		}
	}
}

// withoutEffect are options that a listener takes and does not use.
var withoutEffect = map[string]bool{"stdout_capture_maxbytes": true, "stdout_events_enabled": true, "stdout_syslog": true}

// listeners finds options that do nothing for a listener, because its standard
// output speaks to the daemon.
func (c *checker) listeners() {
	for _, s := range c.File.Sections() {
		if kindOf(s.Name) != "eventlistener:x" {
			continue
		}
		for _, o := range s.Options {
			off := config.Accepts(c.src, "program:x", "autostart", o.Value) && strings.Contains(" no false off 0 ", " "+strings.ToLower(o.Value)+" ")
			if !withoutEffect[o.Key] || off || c.refused(s, o) {
				continue
			}
			f := c.on(listenerNoEffect, s, o, "%s has no effect: the standard output of a listener speaks to the daemon", o.Key)
			f.Hint = "leave it out"
			c.without(f, o)
		}
	}
}
