package supervisorctl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"supervisor/internal/fold"
	"supervisor/internal/pattern"
	"supervisor/internal/wire"
)

// why explains the states of processes, and says what to do about them.
func why(s *session, ctx context.Context, arg string) error {
	names := strings.Fields(arg)
	if len(names) == 0 {
		return &misuse{"Error: why requires a process name", exitError}
	}
	all, err := s.allProcesses(ctx)
	if err != nil {
		return err
	}
	if !wantsAll(names) {
		all = s.pick(all, wholeGroups(all, names), exitError)
	}
	told := make(map[string]*alike)
	var order []*alike
	for _, p := range all {
		answer, err := s.call(ctx, wire.GetExplanation, p.Group+":"+p.Name)
		switch faultCode(err) {
		case wire.UnknownMethod:
			return because(err, &failure{"ERROR: this supervisord cannot explain", exitError})
		case wire.BadName: // it has just been removed
			s.fail(exitError, newProblem(displayName(p.Group, p.Name), wire.BadName, "no such process"), "%s: ERROR (no such process)", displayName(p.Group, p.Name))
			continue
		}
		if err != nil {
			return err
		}
		e, err := wire.ParseExplanation(answer)
		if err != nil {
			return err
		}
		if same := told[gist(e)]; same != nil && s.document == nil {
			same.others = append(same.others, e.Name)
			continue
		}
		text := s.explanationText(e)
		if len(order) > 0 {
			text = "\n" + text
		}
		s.give(explanationJSON(e), "%s", strings.TrimSuffix(text, "\n"))
		told[gist(e)] = &alike{first: e.Name}
		order = append(order, told[gist(e)])
	}
	for i, same := range slices.DeleteFunc(order, func(a *alike) bool { return len(a.others) == 0 }) {
		if i == 0 {
			s.say("")
		}
		for _, names := range fold.Names(same.others) {
			s.say("%s: the same as %s", names, same.first)
		}
	}
	return nil
}

// alike is the process about which an explanation was told, and the others for
// which it is the same: a farm of workers that fail for one reason is told it once.
type alike struct {
	first  string
	others []string
}

var (
	duration = pattern.Lazy(`(less than )?[0-9.]+ (second|minute|hour|day)s?( [0-9]+ (second|minute|hour)s?)?`)
	aPID     = pattern.Lazy(`\bpid [0-9]+`)
	digits   = pattern.Lazy(`[0-9]+`)
)

// gist is an explanation without what is of one process only: its name, its pid,
// how long it took, and the times and numbers in its log.
func gist(e wire.Explanation) string {
	text := e.Answer
	for _, step := range e.Steps {
		text += "\n" + step.Say + "\n" + step.Section + step.Key + "=" + step.Value + "\n" + step.Run
	}
	text = strings.ReplaceAll(text, e.Name, "NAME")
	text = aPID().ReplaceAllString(duration().ReplaceAllString(text, "TIME"), "PID")
	evidence := strings.ReplaceAll(strings.Join(e.Evidence, "\n"), e.Name, "NAME")
	return strings.Join([]string{e.State, e.Cause, text, digits().ReplaceAllString(evidence, "N")}, "\n")
}

// wholeGroups lets the name of a group that is no process stand for its processes,
// each of which can be asked about.
func wholeGroups(all []wire.ProcessInfo, names []string) []string {
	meant := make([]string, len(names))
	for i, given := range names {
		meant[i] = given
		_, found := findProcess(all, parseName(given))
		if !found && !isPattern(given) && len(ofGroup(all, given)) > 0 {
			meant[i] = given + ":*"
		}
	}
	return meant
}

// explanationText is the answer, then what it is based on, then what to do. What
// is to be written or typed literally stands on a line of its own.
func (s *session) explanationText(e wire.Explanation) string {
	var text strings.Builder
	text.WriteString(e.Answer + "\n")
	for _, line := range e.Evidence {
		text.WriteString("  " + line + "\n")
	}
	if len(e.Steps) > 0 {
		text.WriteString("What to do:\n")
	}
	for i, step := range e.Steps {
		fmt.Fprintf(&text, "%3d. %s", i+1, step.Say)
		switch {
		case step.Key != "":
			fmt.Fprintf(&text, "; in [%s] write:\n         %s=%s\n", step.Section, step.Key, step.Value)
		case step.Run != "":
			fmt.Fprintf(&text, ":\n         $ %s\n", s.typed(step.Run))
		default:
			text.WriteString(".\n")
		}
	}
	return text.String()
}

// typed is a command as somebody has to type it who is to reach the same daemon:
// with the options that named it. A password is not repeated.
func (s *session) typed(command string) string {
	rest, ours := strings.CutPrefix(command, "supervisorctl ")
	if !ours {
		return command
	}
	words := "supervisorctl "
	if s.origin.named {
		words += "-c " + shellWord(s.origin.file) + " "
	}
	if s.origin.given || s.origin.changed {
		words += "-s " + shellWord(s.settings.ServerURL) + " "
	}
	return words + rest
}

// shellWord writes a word so that a shell reads it as one.
func shellWord(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@+%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// explanationJSON is an explanation as scripts read it.
func explanationJSON(e wire.Explanation) any {
	type step struct {
		Say     string `json:"say"`
		Section string `json:"section,omitempty"`
		Key     string `json:"key,omitempty"`
		Value   string `json:"value,omitempty"`
		Run     string `json:"run,omitempty"`
	}
	steps := []step{}
	for _, s := range e.Steps {
		steps = append(steps, step(s))
	}
	return struct {
		Name     string   `json:"name"`
		State    string   `json:"state"`
		Cause    string   `json:"cause"`
		Answer   string   `json:"answer"`
		Evidence []string `json:"evidence"`
		Steps    []step   `json:"steps"`
	}{e.Name, e.State, e.Cause, e.Answer, notNil(e.Evidence), steps}
}
