package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// addRest adds what is said whatever the cause: how often it was tried, what
// it wrote last, that the configuration has changed since, and how to try
// again after a step has been taken.
func (f *Facts) addRest(e *Explanation) {
	if line := f.history(); line != "" {
		e.Evidence = append(e.Evidence, line)
	}
	if f.failed() && len(f.Output.Lines) > 0 {
		e.Evidence = append(e.Evidence, "The last that it wrote to "+f.Output.Channel+":")
		for _, line := range f.Output.Lines {
			e.Evidence = append(e.Evidence, "    "+shortened(line))
		}
	}
	if f.failed() && len(f.Left) > 0 && !slices.Contains([]string{"background", "shell-background"}, e.Cause) {
		e.Evidence = append(e.Evidence, "What it had started lives on: "+list(f.Left)+".")
	}
	if len(f.Changed) > 0 {
		e.Evidence = append(e.Evidence, "Its configuration on disk is another one by now and not applied: "+strings.Join(f.Changed, ", ")+".")
	}
	if f.Removed {
		e.Evidence = append(e.Evidence, "It is not in the configuration on disk any more.")
	}
	f.addTry(e)
}

// addTry ends the steps with how to try again. Where the configuration has
// changed, or is going to by the steps, it has to be applied first: a start
// would only start what was configured before.
func (f *Facts) addTry(e *Explanation) {
	edits := slices.ContainsFunc(e.Steps, func(s Step) bool { return s.Key != "" || s.Edits == Configuration })
	perhaps := slices.ContainsFunc(e.Steps, func(s Step) bool { return s.Edits == Perhaps })
	if !edits && !perhaps && len(f.Changed) == 0 && !f.Removed {
		if f.failed() && len(e.Steps) > 0 && !f.retries() && !slices.ContainsFunc(e.Steps, f.starts) {
			e.Steps = append(e.Steps, f.start())
		}
		return
	}
	start, wanted := f.start(), f.failed() || f.PID != 0 && f.State != "STOPPING"
	apply := Step{Say: "Apply the configuration", Run: "supervisorctl update"}
	if i := slices.IndexFunc(e.Steps, f.starts); i >= 0 {
		start, wanted = e.Steps[i], true
		e.Steps = slices.Delete(e.Steps, i, i+1)
		if f.autostarts() {
			apply.Say += ", which starts it"
		}
	}
	switch {
	case f.Removed && !edits:
		apply.Say = "Apply the configuration, which removes it"
		wanted = false
	case perhaps && len(f.Changed) == 0:
		apply.Say += ", if you have changed it"
		start.Say += ", unless that has started it"
		wanted = wanted && !(f.retries() && f.autostarts())
	default:
		wanted = wanted && !f.autostarts()
	}
	e.Steps = append(e.Steps, apply)
	if wanted {
		e.Steps = append(e.Steps, start)
	}
}

// autostarts reports whether an update starts the program. Two values differ
// only by being the opposite of each other.
func (f *Facts) autostarts() bool {
	return f.Options.Autostart != slices.Contains(f.Changed, "autostart")
}

// retries reports whether supervisord is going to try again by itself.
func (f *Facts) retries() bool { return f.State == "BACKOFF" || f.State == "STARTING" }

// starts reports whether a step starts the program.
func (f *Facts) starts(s Step) bool { return s.Run == f.start().Run }

// failed reports whether something went wrong, or may have.
func (f *Facts) failed() bool {
	switch f.State {
	case "BACKOFF", "FATAL", "EXITED":
		return true
	case "STARTING":
		return f.Tries > 0
	}
	return false
}

func (f *Facts) start() Step {
	return Step{Say: "Start it again", Run: "supervisorctl start " + f.Name}
}

// history says how often it was tried and what follows.
func (f *Facts) history() string {
	switch f.State {
	case "FATAL":
		if f.Options.StartRetries == 0 {
			return fmt.Sprintf("It was started once and did not stay up for startsecs=%d; with startretries=0 supervisord gave up at once, and will not try again by itself.",
				seconds(f.Options.StartSecs))
		}
		return fmt.Sprintf("It was started %s in a row without staying up for startsecs=%d; after startretries=%d retries supervisord gave up, and will not try again by itself.",
			times(f.Options.StartRetries+1), seconds(f.Options.StartSecs), f.Options.StartRetries)
	case "BACKOFF":
		return fmt.Sprintf("%s of %d starts in a row failed; the next one is due in %s.",
			ordinal(f.Tries), f.Options.StartRetries+1, span(max(f.NextTry.Sub(f.Now), 0)))
	}
	return ""
}

func ordinal(n int) string {
	if n == 1 {
		return "The first"
	}
	return strconv.Itoa(n)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// span is a duration as people say it.
func span(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return "less than 0.01 seconds"
	case d < 10*time.Second:
		text := strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(d.Seconds(), 'f', 2, 64), "0"), ".")
		if text == "1" {
			return "1 second"
		}
		return text + " seconds"
	case d < 2*time.Minute:
		return strconv.Itoa(seconds(d)) + " seconds"
	case d < time.Hour:
		return counted(d, time.Minute, "minute", time.Second, "second")
	case d < 24*time.Hour:
		return counted(d, time.Hour, "hour", time.Minute, "minute")
	}
	return counted(d, 24*time.Hour, "day", time.Hour, "hour")
}

// counted is a duration in a unit, and the rest in a smaller one.
func counted(d, unit time.Duration, name string, smaller time.Duration, smallerName string) string {
	number := func(n time.Duration, name string) string {
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	text := number(d/unit, name)
	if rest := d % unit / smaller; rest > 0 {
		text += " " + number(rest, smallerName)
	}
	return text
}

// after says how long the last child lived, beside startsecs if that matters.
func (f *Facts) after() string {
	text := "after " + span(f.Exit.Lived)
	if f.Exit.Lived < f.Options.StartSecs {
		text += fmt.Sprintf(" (startsecs is %d)", seconds(f.Options.StartSecs))
	}
	return text
}

// set is a step that sets an option. A percent sign is doubled in a file.
func (f *Facts) set(say, key, value string) Step {
	return Step{Say: say, Section: f.Section, Key: key, Value: strings.ReplaceAll(value, "%", "%%")}
}

// program is the name of the program, without its directory.
func (f *Facts) program() string {
	if len(f.Command.Args) == 0 {
		return f.Name
	}
	return baseName(f.Command.Args[0])
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// who is the user that it runs as, in the middle of a sentence.
func (f *Facts) who() string {
	if f.Options.User == "" {
		return "the user of supervisord"
	}
	return "user " + f.Options.User
}

// list names processes; of many only the first, since a sentence has to be read.
func list(processes []Process) string {
	const enough = 10
	var names []string
	for _, p := range processes[:min(len(processes), enough)] {
		names = append(names, fmt.Sprintf("pid %d (%s)", p.PID, shortened(p.Command)))
	}
	text := strings.Join(names, ", ")
	if more := len(processes) - enough; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// shortened returns as much of a text as fits into a line that somebody reads.
func shortened(text string) string {
	const longest = 400 // characters
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest]) + " ..."
}

func pids(processes []Process) string {
	var names []string
	for _, p := range processes {
		names = append(names, strconv.Itoa(p.PID))
	}
	return strings.Join(names, " ")
}

// quote writes a word so that both a shell and supervisord read it as one.
func quote(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@+%", r))
	}) {
		return word
	}
	if !strings.Contains(word, "'") {
		return "'" + word + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}

func join(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return strings.Join(quoted, " ")
}
