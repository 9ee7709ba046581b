package supervisorctl

import (
	"context"
	"slices"
	"strings"

	"supervisor/internal/terminal"
	"supervisor/internal/wire"
)

// completer returns the words that could stand where word is being typed.
type completer func(s *session, word string) []string

// complete returns the word that line ends with and what it could become.
func (s *session) complete(line string) (word string, candidates []string) {
	line = strings.TrimLeft(line, " \t")
	complete := completer(commandNames)
	if blank := strings.LastIndexAny(line, " \t"); blank >= 0 {
		word = line[blank+1:]
		name, _ := splitCommand(line)
		c, _ := findCommand(name)
		complete = c.complete
	} else {
		word = line
	}
	if complete == nil {
		return word, nil
	}
	candidates = slices.DeleteFunc(complete(s, word), func(candidate string) bool {
		// What the server says is shown, and no name needs what must not be.
		return !strings.HasPrefix(candidate, word) || terminal.Visible(candidate) != candidate
	})
	slices.Sort(candidates)
	return word, slices.Compact(candidates)
}

// extension returns what all candidates have in common beyond the word, and
// whether there is only one of them.
func extension(word string, candidates []string) (more string, unique bool) {
	if len(candidates) == 0 {
		return "", false
	}
	more = candidates[0][len(word):]
	for _, candidate := range candidates[1:] {
		for !strings.HasPrefix(candidate[len(word):], more) {
			more = more[:len(more)-1]
		}
	}
	return strings.ToValidUTF8(more, ""), len(candidates) == 1
}

func commandNames(_ *session, _ string) []string {
	var names []string
	for _, c := range commands() {
		if c.usage != "" {
			names = append(names, c.name)
		}
	}
	return names
}

func groupNames(s *session, _ string) []string {
	var names []string
	for _, p := range s.knownProcesses() {
		names = append(names, p.Group)
	}
	return names
}

// processNames names a process that is alone in a group of its name shortly,
// unless a colon shows that the long name is wanted.
func processNames(s *session, word string) []string {
	var names []string
	for _, p := range s.knownProcesses() {
		if p.Name == p.Group && !strings.Contains(word, ":") {
			names = append(names, p.Name)
		} else {
			names = append(names, p.Group+":"+p.Name, p.Group+":*")
		}
	}
	return names
}

// knownProcesses asks for the processes once for each line that is typed. A
// server that does not answer has none to offer.
func (s *session) knownProcesses() []wire.ProcessInfo {
	if s.names == nil {
		s.names, _ = s.allProcesses(context.Background())
	}
	return s.names
}
