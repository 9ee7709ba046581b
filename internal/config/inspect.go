package config

import (
	"errors"
	"strings"

	"supervisor/internal/ini"
)

// Inspection is all that can be said about a configuration, even if it cannot
// be used.
type Inspection struct {
	// Errors is everything for which Load would refuse it, in the order in
	// which Load looks. If there is none, Config is what Load returns.
	Errors []*Error
	// Config is what could be made of it. What is wrong has its default.
	Config *Config
	// Ctl is what the client would read, and CtlErrors why it would not.
	Ctl       *Ctl
	CtlErrors []*Error

	File  *ini.File         // the sections of all files; never nil
	Files []string          // those that were read, in that order, each once
	Texts map[string]string // what stands in them
}

// inspection is what a loader keeps that goes on after an error.
type inspection struct {
	inspects bool
	found    []*Error
	known    map[place]bool // found, and what they are about
	files    []string
	texts    map[string]string
}

// place is what only one error is kept of: of many processes each would be
// said to be wrong.
type place struct {
	file    string
	line    int
	section string
	key     string
	text    string // empty if it is about one option
}

func (e *Error) place() place {
	p := place{e.File, e.Line, e.Section, e.Key, ""}
	if e.Key == "" {
		p.text = e.Text
	}
	return p
}

// Inspect reads a configuration as Load and LoadCtl do, and goes on after an
// error as if the option, or the line, were not there.
func Inspect(src Source) *Inspection {
	l := newLoader(src)
	l.inspect()
	c, err := l.load()
	in := &Inspection{Config: c, File: l.file}
	if err != nil { // there is nothing to go on with
		l.found = append(l.found, asError(err))
		in.Config = &Config{File: src.File, Here: l.here}
	}
	in.Errors, in.Files, in.Texts = l.found, l.files, l.texts
	if in.File == nil {
		in.File, _ = ini.Parse(src.File, nil)
	}
	in.inspectCtl(src)
	return in
}

func (l *loader) inspect() {
	l.inspection = inspection{inspects: true, known: map[place]bool{}, texts: map[string]string{}}
}

// inspectCtl reads [supervisorctl] of the main file.
func (in *Inspection) inspectCtl(src Source) {
	text, ok := in.Texts[src.File]
	if !ok {
		return
	}
	l := newLoader(Source{File: src.File, Cwd: src.Cwd, Env: src.Env, UID: src.UID})
	l.inspect()
	var err error
	if l.file, err = l.parse(src.File, []byte(text)); err != nil {
		return
	}
	l.inspect() // what is wrong with the text has been found before
	if in.Ctl, err = l.ctl(); err != nil {
		l.found = append(l.found, asError(err))
	}
	in.CtlErrors = l.found
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: BadValue, Text: err.Error()}
}

// fail ends a load, and is kept in mind by an inspection, which goes on.
func (l *loader) fail(err error) error {
	if !l.inspects {
		return err
	}
	e := asError(err)
	if !l.known[e.place()] {
		l.known[e.place()] = true
		l.found = append(l.found, e)
	}
	return nil
}

// tolerated does something of which an error is no reason to refuse the
// configuration.
func tolerated[T any](l *loader, do func() (T, error)) (T, error) {
	before := len(l.found)
	v, err := do()
	if len(l.found) > before {
		err = l.found[before]
		l.found = l.found[:before]
	}
	return v, err
}

// blamed reports whether an option has been found to be wrong.
func (l *loader) blamed(s *ini.Section, key string) bool {
	o, ok := s.Get(key)
	return ok && l.known[place{o.File, o.Line, s.Name, key, ""}]
}

// missing is the failure of a section that lacks an option. An inspection does
// not say so of one that is there and wrong.
func (l *loader) missing(s *ini.Section, key, format string, args ...any) error {
	if l.blamed(s, key) {
		return nil
	}
	e := in(s, MissingKey, format, args...)
	e.Key = key
	return l.fail(e)
}

// parse parses one file. An inspection takes what can be read of it.
func (l *loader) parse(name string, content []byte) (*ini.File, error) {
	file, err := parse(name, content)
	if !l.inspects {
		return file, err
	}
	if _, known := l.texts[name]; !known {
		l.files = append(l.files, name)
		l.texts[name] = string(content)
	}
	if err == nil {
		return file, nil
	}
	if err := l.fail(err); err != nil {
		return nil, err
	}
	if file != nil {
		return file, nil
	}
	// It is not UTF-8.
	if file, err = parse(name, []byte(strings.ToValidUTF8(string(content), "\ufffd"))); err != nil {
		err = l.fail(err)
	}
	return file, err
}
