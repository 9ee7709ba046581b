package supervisorctl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"supervisor/internal/wire"
)

// form is what becomes of a command's result with --json (docs/scripting.md).
type form int

const (
	asText   form = iota // a string: what the command prints otherwise
	asList               // an array: what was given, item by item
	asValue              // what was given as the whole result; null if nothing was
	asStream             // nothing: the command goes on until it is interrupted
)

// document is the one value that a command prints with --json.
type document struct {
	Command string    `json:"command"`
	Status  int       `json:"exit_status"`
	Result  any       `json:"result"`
	Errors  []problem `json:"errors"`

	Leftovers []leftover `json:"leftovers,omitempty"` // status only

	form form
	text strings.Builder // what would have been printed
}

// problem is what went wrong, with one name or with the command as a whole.
type problem struct {
	Name    string    `json:"name,omitempty"`
	Code    wire.Code `json:"code,omitempty"` // of the server's fault
	Fault   string    `json:"fault,omitempty"`
	Message string    `json:"message"`
	Hints   []string  `json:"hints,omitempty"` // what to do about it
}

// deed is something that was done to a process or a group.
type deed struct {
	Name string `json:"name"`
	Done string `json:"done"`
}

// newProblem describes what went wrong with a name. The code is 0 if the server
// has not said one.
func newProblem(name string, code wire.Code, message string) problem {
	p := problem{Name: name, Code: code, Message: message}
	if code != 0 {
		p.Fault = code.String()
	}
	return p
}

// errStream is why there is no document.
var errStream = errors.New("this command goes on until it is interrupted, so there is no JSON document of it")

// begin has what follows collected in a document, if that is what the user wants.
func (s *session) begin(c command) {
	s.document = nil
	if s.json {
		s.document = &document{Command: c.name, form: c.form, Errors: []problem{}}
		if c.form == asList {
			s.document.Result = []any{}
		}
	}
}

// end prints the document, if there is one: on one line, or on a terminal, where
// somebody reads it, on several.
func (s *session) end() {
	d := s.document
	s.document = nil
	if d == nil {
		return
	}
	d.Status = s.status
	if d.form == asText {
		d.Result = d.text.String()
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if s.onTerminal {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(d); err != nil {
		out.Reset()
		fmt.Fprintf(&out, "{\"command\":%q,\"exit_status\":%d,\"result\":null,\"errors\":[{\"message\":\"cannot render the result\"}]}\n", d.Command, exitError)
		s.status = exitError
	}
	s.show(escapeControls(out.String()))
}

// escapeControls escapes the control characters that JSON allows in a string,
// but that a terminal would obey.
func escapeControls(text string) string {
	if strings.IndexFunc(text, isLateControl) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isLateControl(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isLateControl(r rune) bool { return 0x7f <= r && r <= 0x9f }

// give adds an item to the result: a line for people, a value for programs.
func (s *session) give(item any, format string, args ...any) {
	if s.document == nil {
		s.say(format, args...)
		return
	}
	s.add(item)
}

// add adds an item to the result that people are not told on a line of its own.
func (s *session) add(item any) {
	if s.document == nil {
		return
	}
	items, _ := s.document.Result.([]any)
	s.document.Result = append(items, item)
}

// result is the whole result: a text for people, a value for programs.
func (s *session) result(value any, text string) {
	if s.document == nil {
		s.print(text)
		return
	}
	s.document.Result = value
}

// did tells what was done to a process or a group; how is what people read.
func (s *session) did(name, done, how string) {
	s.give(deed{name, done}, "%s: %s", name, how)
}

// problem adds to what has gone wrong.
func (s *session) problem(p problem) {
	s.document.Errors = append(s.document.Errors, p)
}
