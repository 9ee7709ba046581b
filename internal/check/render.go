package check

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteText writes findings for people, and for editors, which understand the
// first line of each.
func WriteText(w io.Writer, findings []Finding) error {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s:%d:%d: %s: ", oneLine(f.File), f.Line, f.Column, f.Severity)
		if f.Section != "" {
			fmt.Fprintf(&b, "[%s] ", oneLine(f.Section))
		}
		if f.Key != "" {
			fmt.Fprintf(&b, "%s: ", oneLine(f.Key))
		}
		fmt.Fprintf(&b, "%s [%s]\n", oneLine(f.Message), f.Code)
		if f.Hint != "" {
			fmt.Fprintf(&b, "    %s\n", oneLine(f.Hint))
		}
		if f.Suggestion != nil {
			for line := range strings.SplitSeq(strings.TrimSuffix(*f.Suggestion, "\n"), "\n") {
				fmt.Fprintf(&b, "    > %s\n", oneLine(line))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// oneLine makes one line of a text, with nothing in it that drives a terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || 0x7f <= r && r <= 0x9f:
			return '?'
		}
		return r
	}, text)
}

// WriteJSON writes findings as an array, for programs.
func WriteJSON(w io.Writer, findings []Finding) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(findings)
}

// Count returns how many findings have a severity.
func Count(findings []Finding, s Severity) int {
	n := 0
	for _, f := range findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Without returns the findings whose codes are not among those given.
func Without(findings []Finding, codes []string) []Finding {
	return slices.DeleteFunc(findings, func(f Finding) bool { return slices.Contains(codes, string(f.Code)) })
}
