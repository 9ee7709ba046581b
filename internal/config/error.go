package config

import (
	"errors"
	"fmt"

	"supervisor/internal/ini"
)

// Code says what sort of thing is wrong, for whoever explains it. Codes never
// change: people ignore or look up findings by them.
type Code string

// What may be wrong with a configuration so that it cannot be used.
const (
	BadValue        Code = "bad-value"
	BadExpansion    Code = "bad-expansion"
	BadName         Code = "bad-name"
	MissingKey      Code = "missing-key"
	MissingSection  Code = "missing-section"
	MissingDir      Code = "missing-directory"
	UnknownUser     Code = "unknown-user"
	UnknownEvent    Code = "unknown-event"
	UnknownProgram  Code = "unknown-program"
	Ambiguous       Code = "ambiguous-program"
	NoProcessNum    Code = "no-process-num"
	StopGroups      Code = "stop-without-kill"
	RedirectedEvent Code = "listener-redirect"
	HalfCredentials Code = "half-credentials"
	PythonExtension Code = "python-extension"
	TooMany         Code = "too-many"
	Syntax          Code = "syntax"
	Encoding        Code = "encoding"
	Unreadable      Code = "unreadable-file"
)

// What may be wrong with one that can be used: the codes of notes.
const (
	IncludeNothing   Code = "include-no-match"
	IncludeUnread    Code = "include-unreadable"
	SameGroup        Code = "same-group-name"
	SameProcess      Code = "same-process-name"
	NoSocket         Code = "no-socket"
	SyslogAsFile     Code = "syslog-as-file"
	AutoUnbounded    Code = "unbounded-log"
	StderrRedirected Code = "stderr-redirected"
)

// Error is a configuration that cannot be used. Text is what Supervisor says,
// because scripts match it; the rest is ours and printed beside it.
type Error struct {
	Code    Code
	Text    string
	File    string // where the trouble is; empty if it is in no file
	Line    int    // 0 if unknown
	Section string // empty if it is in no section
	Key     string // empty if it is not about one option
	Hint    string // what to do about it, where that is not obvious
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// wrong is the error of a value; hint says what is allowed.
func wrong(code Code, hint, format string, args ...any) error {
	if code == BadValue && hint != "" {
		hint = "allowed: " + hint
	}
	return &Error{Code: code, Hint: hint, Text: fmt.Sprintf(format, args...)}
}

// at makes an *Error of what is wrong with an option.
func at(o ini.Option, s *ini.Section, err error) error {
	e := Error{Code: BadValue, Text: err.Error()}
	var inner *Error
	if errors.As(err, &inner) {
		e.Code, e.Hint = inner.Code, inner.Hint
	}
	e.File, e.Line, e.Section, e.Key = o.File, o.Line, s.Name, o.Key
	return &e
}

// in makes an *Error of what is wrong with a section.
func in(s *ini.Section, code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...), File: s.File, Line: s.Line, Section: s.Name}
}

// Where returns "file:line: [section] key" as far as it is known, or nothing.
func (e *Error) Where() string {
	if e.File == "" {
		return ""
	}
	where := e.File + ":"
	if e.Line > 0 {
		where += fmt.Sprintf("%d:", e.Line)
	}
	if e.Section != "" {
		where += " [" + e.Section + "]"
	}
	if e.Key != "" {
		where += " " + e.Key
	}
	return where
}
