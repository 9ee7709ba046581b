package supervisorctl

import (
	"slices"
	"strings"
)

// switched carries out a line of which some words are options of the program
// rather than arguments of the command. At the prompt there is no other place
// for them, and elsewhere nobody wants to remember on which side of the command
// they stand. They count for this line only.
func (s *session) switched(line string, run func(line string)) {
	words := strings.Fields(line)
	if len(words) < 2 || words[0] == "check" || // which has a --json of its own
		!slices.ContainsFunc(words[1:], isSwitch) {
		run(line)
		return
	}
	before := *s
	defer func() { s.json, s.color, s.filtered = before.json, before.color, before.filtered }()
	rest := words[:1]
	for _, word := range words[1:] {
		switch {
		case !isSwitch(word):
			rest = append(rest, word)
		case word == "--json":
			s.json = true
		case word == "--raw":
			s.filtered = false
		default:
			s.color = wantsColor(strings.TrimPrefix(word, colorSwitch), s.onTerminal, s.env)
		}
	}
	run(strings.Join(rest, " "))
}

const colorSwitch = "--color="

func isSwitch(word string) bool {
	color, ok := strings.CutPrefix(word, colorSwitch)
	return word == "--json" || word == "--raw" || ok && checkColor(color) == nil
}
