package config

import (
	"strings"

	"supervisor/internal/ini"
)

// field is one option of a section: what it is called, what it is if it is
// absent, what it means, and how its text becomes part of a T. The tables of
// fields are in the order in which the reference reads the options, because
// that decides which of two errors is reported.
type field[T any] struct {
	key     string
	def     string // read if the option is absent; empty: nothing is read then
	absent  string // what it means to be absent, in words, where def does not say
	meaning string // for the manual: one line in our own words

	here  bool // %(here)s is known, unlike in the rest of the section
	bare  bool // errors of expansion call it by its key alone
	twice bool // see expandTwice
	set   func(l *loader, t *T, text string) error
}

// to makes a setter of a parser and of the place for what it returns.
func to[T, V any](parse func(text string) (V, error), place func(t *T) *V) func(*loader, *T, string) error {
	return func(_ *loader, t *T, text string) error {
		v, err := parse(text)
		if err == nil {
			*place(t) = v
		}
		return err
	}
}

// ask is like to for parsers that ask the system.
func ask[T, V any](parse func(s *system, text string) (V, error), place func(t *T) *V) func(*loader, *T, string) error {
	return func(l *loader, t *T, text string) error {
		v, err := parse(l.system, text)
		if err == nil {
			*place(t) = v
		}
		return err
	}
}

// plain is the parser of a text that may be anything.
func plain(text string) (string, error) { return text, nil }

// readFields reads the options of a table from a section.
func readFields[T any](l *loader, s *ini.Section, names *scope, fields []field[T], t *T) error {
	for _, f := range fields {
		if err := f.read(l, s, names, t); err != nil {
			return err
		}
	}
	return nil
}

// option returns the option as it stands in a section, or its default as if it
// stood there.
func (f field[T]) option(s *ini.Section) ini.Option {
	if o, ok := s.Get(f.key); ok {
		return o
	}
	return ini.Option{Key: f.key, Value: f.def, File: s.File, Line: s.Line}
}

// read reads one option, expanding it with the names. An inspection that found
// something wrong goes on as if the option were absent.
func (f field[T]) read(l *loader, s *ini.Section, names *scope, t *T) error {
	err := f.try(l, s, names, t)
	if err == nil {
		return nil
	}
	if err := l.fail(err); err != nil {
		return err
	}
	if f.def == "" {
		return nil
	}
	return f.set(l, t, f.def)
}

func (f field[T]) try(l *loader, s *ini.Section, names *scope, t *T) error {
	if _, ok := s.Get(f.key); !ok && f.def == "" {
		return nil
	}
	o := f.option(s)
	label := f.key
	if !f.bare {
		label = s.Name + "." + f.key
	}
	if f.here {
		names = names.within(l.hereNames())
	}
	expand := expandText
	if f.twice {
		expand = expandTwice
	}
	text, err := expand(l.format(o), label, names)
	if err == nil {
		err = f.set(l, t, text)
	}
	if err != nil {
		return at(o, s, err)
	}
	return nil
}

// suffix returns what stands behind the prefix of a section's name.
func suffix(s *ini.Section, prefix string) (string, bool) {
	return strings.CutPrefix(s.Name, prefix)
}
