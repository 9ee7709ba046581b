package supervisorctl

import (
	"context"
	"strings"
	"unicode/utf8"
)

// helpWidth is how many columns the list of commands may take.
const helpWidth = 79

// help lists the commands, or shows how one is used. Those that Supervisor does not
// have are in a list of their own, which only people see: what is printed
// elsewhere is what scripts know.
func help(s *session, _ context.Context, arg string) error {
	if arg != "" {
		c, ok := findCommand(arg)
		if !ok || c.usage == "" {
			s.say("*** No help on %s", arg)
			return nil
		}
		s.print(c.usage)
		if s.onTerminal {
			s.print(c.beyondUsage())
		}
		return nil
	}
	s.print("\n" + commandList("default commands (type help <topic>):", false))
	if s.onTerminal {
		s.print(commandList("more commands (type help <topic>):", true))
	}
	return nil
}

// beyondUsage is what a command can do that Supervisor's cannot, below a line that
// says so; empty: nothing. Only people see it, as the list of commands that are
// ours: what is printed elsewhere is what scripts know.
func (c command) beyondUsage() string {
	text := c.more
	if c.patterns {
		text += "A <name> may be a pattern, such as 'worker_*' or 'web:*_0?'.\n"
	}
	if c.form == asList || c.form == asValue {
		text += c.name + " --json [...]\tThe same as a JSON document\n"
	}
	if text == "" || c.beyond {
		return text
	}
	return "\nBeyond Supervisor:\n" + text
}

// commandList returns the list of the commands that Supervisor has, or of those
// beyond.
func commandList(title string, beyond bool) string {
	var names []string
	for _, c := range commands() {
		if !c.unlisted && c.beyond == beyond {
			names = append(names, c.name)
		}
	}
	return title + "\n" + strings.Repeat("=", len(title)) + "\n" + columns(names, helpWidth) + "\n"
}

// columns lays words out in as few lines as width allows, down the columns
// first. Columns are padded and two blanks apart.
func columns(words []string, width int) string {
	for lines := 1; ; lines++ {
		widths := columnWidths(words, lines)
		total := 2 * (len(widths) - 1)
		for _, w := range widths {
			total += w
		}
		if total > width && lines < len(words) {
			continue
		}
		var b strings.Builder
		for line := range min(lines, len(words)) {
			for column := 0; column*lines+line < len(words); column++ {
				if column > 0 {
					b.WriteString("  ")
				}
				word := words[column*lines+line]
				b.WriteString(word)
				b.WriteString(strings.Repeat(" ", widths[column]-utf8.RuneCountInString(word)))
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
}

// columnWidths returns how wide each column is if words are laid out in the
// given number of lines.
func columnWidths(words []string, lines int) []int {
	widths := make([]int, (len(words)+lines-1)/lines)
	for i, word := range words {
		widths[i/lines] = max(widths[i/lines], utf8.RuneCountInString(word))
	}
	return widths
}
