package supervisorctl

import (
	"fmt"
	"slices"
	"strings"

	"supervisor/internal/pyrepr"
	"supervisor/internal/wire"
)

// The values of --color.
const (
	colorAuto   = "auto"
	colorAlways = "always"
	colorNever  = "never"
)

func checkColor(value string) error {
	if slices.Contains([]string{colorAuto, colorAlways, colorNever}, value) {
		return nil
	}
	return fmt.Errorf("%s is not one of auto, always, never", pyrepr.String(value))
}

// wantsColor reports whether to print in colour: if that goes to a terminal that
// has colours, whose user has not said that he wants none (no-color.org).
func wantsColor(color string, onTerminal bool, env []string) bool {
	switch color {
	case colorAlways:
		return true
	case colorNever:
		return false
	}
	term := variable(env, "TERM")
	return onTerminal && term != "" && term != "dumb" && variable(env, "NO_COLOR") == ""
}

// variable returns the value of an environment variable; the last one counts.
func variable(env []string, name string) (value string) {
	for _, setting := range env {
		if v, ok := strings.CutPrefix(setting, name+"="); ok {
			value = v
		}
	}
	return value
}

// style is how text looks on a terminal: the parameters of ECMA-48, section
// 8.3.117. The empty style is how it looks anyway.
type style string

// The styles have nothing but what every terminal has, in the colours that its
// user has chosen.
const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	inverse style = "7"
	red     style = "1;31"
	green   style = "32"
	yellow  style = "33"
	magenta style = "35"
)

// paint returns text in a style. The text must be safe already.
func (s style) paint(text string) string {
	if s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// stateStyle returns the style of the name of a process's state: what runs is green, what
// is on its way yellow, what has failed red.
func stateStyle(p *wire.ProcessInfo) style {
	switch p.State {
	case wire.Running:
		return green
	case wire.Starting, wire.Stopping:
		return yellow
	case wire.Backoff, wire.Fatal:
		return red
	case wire.Unknown:
		return magenta
	case wire.Exited:
		if p.EndedBadly() {
			return red
		}
	}
	return dim
}
