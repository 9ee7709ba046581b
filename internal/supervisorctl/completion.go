package supervisorctl

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"strings"

	"supervisor/internal/terminal"
)

// The scripts that have a shell complete our lines. They ask this program for
// the words, by completion --words, so they know nothing that could get old.
var (
	//go:embed completion/supervisorctl.bash
	bashCompletion string
	//go:embed completion/supervisorctl.zsh
	zshCompletion string
	//go:embed completion/supervisorctl.fish
	fishCompletion string
)

// completion prints the script for a shell.
func completion(s *session, _ context.Context, shell string) error {
	switch shell {
	case "bash":
		s.print(bashCompletion)
	case "zsh":
		s.print(zshCompletion)
	case "fish":
		s.print(fishCompletion)
	default:
		return &misuse{"Error: completion requires the name of a shell: bash, zsh or fish", exitUsage}
	}
	return nil
}

// wordsFlag asks for words instead of a script.
const wordsFlag = "--words"

// filesWord stands for the names of files, which every shell can complete better.
const filesWord = ":files"

// printWords prints what the last word of a line could become, one a line, each
// followed by a tab and what it is. words are what has been typed after the name
// of the program; the last one may be empty. What is wrong on the line is not
// told: somebody is typing.
func printWords(inv Invocation, dial dialer, words []string) {
	if len(words) == 0 {
		return
	}
	given, word := words[:len(words)-1], words[len(words)-1]
	o, asked := readOptions(given)
	if asked != "" {
		printAll(inv, valuesOf(asked), word)
		return
	}
	if len(o.action) == 0 && strings.HasPrefix(word, "-") {
		printAll(inv, optionWords(), word)
		return
	}
	if len(o.action) > 0 && !strings.HasPrefix(word, "-") {
		if c, _ := findCommand(o.action[0]); c.files {
			printAll(inv, []string{filesWord}, word)
			return
		}
	}
	settings, from, err := configure(inv, o)
	if err != nil {
		return
	}
	s := newSession(inv, settings, dial)
	s.origin = from
	meanings := commandMeanings()
	_, candidates := s.complete(strings.Join(append(o.action, word), " "))
	if len(o.action) > 0 && o.action[0] != "help" {
		meanings = s.nameMeanings()
	}
	for _, candidate := range candidates {
		fmt.Fprintf(inv.Stdout, "%s\t%s\n", candidate, terminal.Visible(meanings[candidate]))
	}
}

// readOptions reads what has been typed before the word. If the word is the
// value of an option, asked is the option.
func readOptions(given []string) (o options, asked string) {
	if o, err := parseOptions(given); err == nil {
		return o, ""
	}
	if len(given) == 0 {
		return options{}, ""
	}
	last := strings.TrimLeft(given[len(given)-1], "-")
	for _, option := range optionTable {
		if option.Arg && last != "" && (option.Long == last || option.Short == last) {
			return options{}, option.Long
		}
	}
	return options{}, ""
}

// valuesOf returns the values that an option may have.
func valuesOf(option string) []string {
	switch option {
	case "configuration", "history_file":
		return []string{filesWord}
	case "color":
		return []string{colorAuto, colorAlways, colorNever}
	}
	return nil
}

func optionWords() []string {
	var words []string
	for _, option := range optionTable {
		words = append(words, "--"+option.Long)
	}
	return words
}

// printAll prints the words that the word may become.
func printAll(inv Invocation, words []string, word string) {
	for _, w := range words {
		if w == filesWord || strings.HasPrefix(w, word) {
			fmt.Fprintln(inv.Stdout, w)
		}
	}
}

// commandMeanings returns what each command does, from its usage.
func commandMeanings() map[string]string {
	meanings := make(map[string]string)
	for _, c := range commands() {
		for line := range strings.Lines(c.usage) {
			if i := strings.LastIndexByte(line, '\t'); i >= 0 {
				meanings[c.name] = cmp.Or(meanings[c.name], strings.TrimSpace(line[i:]))
			}
		}
	}
	return meanings
}

// nameMeanings returns what is known about each process and group.
func (s *session) nameMeanings() map[string]string {
	meanings := map[string]string{allWord: "all there are"}
	for _, p := range s.names {
		meanings[displayName(p.Group, p.Name)] = p.State.String() + " " + p.Description
		meanings[p.Group+":*"] = "all of the group"
	}
	return meanings
}
