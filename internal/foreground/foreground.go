// Package foreground knows what well-known programs need to stay in the
// foreground, where a supervisor can watch them. Whoever checks a command and
// whoever explains why one ended asks here.
//
// It is pure: the words of a command go in, and advice comes out. Where a
// program's own file decides, the caller reads it.
package foreground

import (
	"path"
	"slices"
	"strings"

	"supervisor/internal/pattern"
)

// Advice is what to change about a command that goes to the background.
type Advice struct {
	Program string // as it is known
	Because string // the words that send it there; empty: it goes by itself
	File    string // its own file, which says or should say it; empty: none

	// Instead are words to put in the place of Because, as a shell reads them. If
	// Because is empty they are to be put behind the program's name, or at the end
	// if Last.
	Instead string
	Last    bool

	Whole []string // the command to use in the place of all; nil: changing this one will do
}

// Starter reports whether a program has something started elsewhere, and ends.
func Starter(program string) bool {
	switch path.Base(program) {
	case "service", "systemctl", "rc-service", "invoke-rc.d":
		return true
	}
	return strings.HasPrefix(program, "/etc/init.d/")
}

// rule is what is known of a program.
type rule struct {
	names    string // patterns, between blanks
	stays    string // words that keep it in the foreground; it needs one of them
	leaves   string // words that send it to the background; it stays without them
	byItself bool   // it goes to the background even without them
	instead  string // see Advice
	last     bool
	whole    func(argv []string) []string

	file      func(argv []string) string // its own file
	directive pattern.Pattern            // the line of it that decides, and what it says
	keeps     string                     // what it says to stay
}

// Advise reports whether a command goes to the background, and what to do. Words
// are matched whole, up to a "=", and letters of a short option also among
// others: -F in -RF. The caller's read returns the text of a file, or nothing.
func Advise(argv []string, read func(file string) string) (Advice, bool) {
	if len(argv) == 0 {
		return Advice{}, false
	}
	name := path.Base(argv[0])
	for _, r := range rules {
		for pattern := range strings.FieldsSeq(r.names) {
			if ok, err := path.Match(pattern, name); ok && err == nil {
				return r.advise(name, argv, read)
			}
		}
	}
	return Advice{}, false
}

func (r rule) advise(name string, argv []string, read func(string) string) (Advice, bool) {
	a := Advice{Program: name, Instead: r.instead, Last: r.last}
	if r.whole != nil {
		a.Whole = r.whole(argv)
	}
	if found(argv[1:], r.stays) != "" {
		return Advice{}, false
	}
	if a.Because = found(argv[1:], r.leaves); a.Because != "" {
		return a, true
	}
	if r.file != nil {
		a.File = r.file(argv)
		if m := r.directive.FindStringSubmatch(read(a.File)); m != nil {
			return a, m[1] != r.keeps
		}
		a.File = ""
	}
	return a, r.leaves == "" || r.byItself
}

// Keep returns the command that stays in the foreground, if one goes to the
// background and it is known what to do.
func Keep(argv []string, read func(file string) string) (command []string, known bool) {
	const slips = 4 // as many words may send it to the background
	command = argv
	for range slips {
		a, ok := Advise(command, read)
		if !ok {
			break
		}
		command, known = a.apply(command), true
	}
	return command, known
}

// apply follows an advice about a command.
func (a Advice) apply(argv []string) []string {
	instead := wordsOf(a.Instead)
	switch because := strings.Fields(a.Because); {
	case a.Whole != nil:
		return a.Whole
	case len(because) > 0:
		for i := range argv {
			if len(argv)-i >= len(because) && slices.Equal(argv[i:i+len(because)], because) {
				return slices.Concat(argv[:i], instead, argv[i+len(because):])
			}
		}
		return argv
	case a.Last:
		return slices.Concat(argv, instead)
	}
	return slices.Concat(argv[:1], instead, argv[1:])
}

// wordsOf splits a text at its blanks, but not between double quotes.
func wordsOf(text string) (words []string) {
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

// found returns the first of the alternatives that is among the words. The
// alternatives are between bars; one that has two words wants both in a row, of
// which the second may be any.
func found(words []string, alternatives string) string {
	for alternative := range strings.SplitSeq(alternatives, "|") {
		want := []string{alternative}
		if !strings.HasPrefix(alternative, anywhere) {
			want = strings.Fields(alternative)
		}
		if len(want) == 0 {
			continue
		}
		for i := range words {
			if len(words)-i >= len(want) && allMatch(words[i:i+len(want)], want) {
				return strings.Join(words[i:i+len(want)], " ")
			}
		}
	}
	return ""
}

// anywhere begins an alternative that may be a part of a word.
const anywhere = "~"

// anyWord is the second word of an alternative that may be any.
const anyWord = "*"

func allMatch(words, want []string) bool {
	if len(want) == 1 {
		return matches(words[0], want[0])
	}
	return slices.EqualFunc(words, want, func(word, want string) bool { return word == want || want == anyWord })
}

func matches(word, want string) bool {
	if before, _, _ := strings.Cut(word, "="); word == want || before == want {
		return true
	}
	if part, ok := strings.CutPrefix(want, anywhere); ok {
		return strings.Contains(word, part)
	}
	short := len(want) == 2 && want[0] == '-' && want[1] != '-'
	return short && shortOptions.MatchString(word) && strings.Contains(word, want[1:])
}

var shortOptions = pattern.Lazy(`^-[A-Za-z]{2,4}$`)

// after returns the file that follows an option, or the usual one.
func after(option, usual string) func([]string) string {
	return func(argv []string) string {
		if i := slices.Index(argv, option); i >= 0 && i+1 < len(argv) {
			return argv[i+1]
		}
		return usual
	}
}

// firstArgument returns the file that is the first argument, or nothing.
func firstArgument(argv []string) string {
	if len(argv) > 1 && !strings.HasPrefix(argv[1], "-") {
		return argv[1]
	}
	return ""
}
