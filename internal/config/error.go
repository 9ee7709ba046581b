package config

import "fmt"

// Error is a configuration that cannot be used. Text is what Supervisor says,
// because scripts match it; the rest is ours and printed beside it.
type Error struct {
	Text    string
	File    string // where the trouble is; empty if it is in no file
	Line    int    // 0 if unknown
	Section string // empty if it is in no section
	Key     string // empty if it is not about one option
	Hint    string // what to do about it, where that is not obvious
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

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
