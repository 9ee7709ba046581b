// Package check finds what is wrong with a configuration: all of it at once,
// each with its place and what to do about it.
//
// It owns no rule of its own about what a configuration may be: what the daemon
// refuses comes from internal/config, which reads by the same tables. On top of
// that it knows what people do not mean although it is allowed. An error is
// something for which the daemon would not start; a warning is something that
// will probably not work as it is meant; a note is for your information.
//
// It is pure. What a rule has to know of the system it asks a World, which a
// test can make up. Every finding has a code that never changes; codes.go lists
// them, and docs/check.md explains each with an example and its fix.
package check

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
)

// Finding is one thing that is wrong.
type Finding struct {
	File     string      `json:"file"`
	Line     int         `json:"line"`   // from 1
	Column   int         `json:"column"` // in characters, from 1
	EndLine  int         `json:"endLine,omitempty"`
	Severity Severity    `json:"severity"`
	Code     config.Code `json:"code"`
	Section  string      `json:"section,omitempty"`
	Key      string      `json:"key,omitempty"`
	Message  string      `json:"message"`
	Hint     string      `json:"hint,omitempty"` // what to do, in words or as "run: command"

	// Suggestion is text to put in the place of the lines from Line to EndLine
	// (only Line, if there is no EndLine). Nil: there is none.
	Suggestion *string `json:"suggestion,omitempty"`
}

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the daemon would not start
	Warning Severity = "warning" // it would, and not do what is meant
	Note    Severity = "note"    // good to know
)

// World is what rules ask the system.
type World interface {
	Stat(path string) (Info, error) // follows links
	Head(path string) string        // the beginning of a file; empty if it cannot be read
	Groups(uid int) []int           // of a user
}

// Info is what rules want to know of a file.
type Info struct {
	Mode     fs.FileMode
	UID, GID int
}

// checker is one check under way.
type checker struct {
	*config.Inspection
	src      config.Source
	world    World
	findings []*Finding
	about    map[spot][]*Finding // those about an option
	lines    map[string][]string // of each file, without line ends

	severity map[config.Code]Severity
	sections map[string][]string // those that read an option
	keys     map[string][]string // those that a section reads
}

// spot is an option at its place.
type spot struct {
	section, key, file string
	line               int
}

func spotOf(s *ini.Section, o ini.Option) spot { return spot{s.Name, o.Key, o.File, o.Line} }

func newChecker(src config.Source, w World) *checker {
	c := &checker{
		Inspection: config.Inspect(src), src: src, world: w,
		about: map[spot][]*Finding{}, lines: map[string][]string{},
		severity: map[config.Code]Severity{}, sections: map[string][]string{}, keys: map[string][]string{},
	}
	for _, d := range Codes() {
		c.severity[d.Code] = d.Severity
	}
	for _, o := range config.Options() {
		c.sections[o.Key] = append(c.sections[o.Key], o.Section)
		c.keys[o.Section] = append(c.keys[o.Section], o.Key)
	}
	return c
}

// rules are what is looked at beyond what the daemon itself refuses or warns of.
var rules = []func(*checker){
	(*checker).unknownSections, (*checker).options, (*checker).repetitions, (*checker).values,
	(*checker).commands, (*checker).programs, (*checker).restarts, (*checker).logs,
	(*checker).groups, (*checker).listeners, (*checker).servers, (*checker).clients,
	(*checker).secrets, (*checker).daemon,
}

// Check returns what is wrong with the configuration that a source means, in
// the order of files and lines.
func Check(src config.Source, w World) []Finding {
	c := newChecker(src, w)
	for _, e := range c.Errors {
		c.refusal(e, "")
	}
	for _, e := range c.CtlErrors {
		if e.Code != config.MissingSection {
			c.refusal(e, Warning)
		}
	}
	for _, n := range c.Config.Notes {
		if n.Code != "" {
			c.remark(n)
		}
	}
	for _, rule := range rules {
		rule(c)
	}
	return c.sorted()
}

// sorted returns the findings in order, each once.
func (c *checker) sorted() []Finding {
	type same struct {
		file    string
		line    int
		code    config.Code
		key     string
		message string
	}
	known := map[same]bool{}
	order := map[string]int{}
	for i, file := range c.Files {
		order[file] = i
	}
	all := []Finding{}
	for _, f := range c.findings {
		f.Message = strings.TrimSpace(f.Message)
		if f.Suggestion != nil && secretText.MatchString(c.text(f.File, f.Line, f.EndLine)) {
			f.Suggestion = nil // findings get into logs that others read
		}
		id := same{f.File, f.Line, f.Code, f.Key, f.Message}
		if !known[id] {
			known[id] = true
			all = append(all, *f)
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return all
}

// found reports whether one of several things has been found about an option.
func (c *checker) found(s *ini.Section, o ini.Option, codes ...config.Code) bool {
	return slices.ContainsFunc(c.about[spotOf(s, o)], func(f *Finding) bool { return slices.Contains(codes, f.Code) })
}

// refused reports whether an option has been found to be wrong already.
func (c *checker) refused(s *ini.Section, o ini.Option) bool {
	return slices.ContainsFunc(c.about[spotOf(s, o)], func(f *Finding) bool { return f.Severity != Note })
}
