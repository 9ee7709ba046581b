//go:build linux

package differential

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// scenario is one play: steps, and the files that lie in its directory.
type scenario struct {
	area  string // the name of its file
	name  string
	flags []string // of the header: "crosswise", "root"
	files []file
	steps []step
}

// file is a file of a scenario. A name that begins with + means a configuration
// that gets head.conf in front.
type file struct{ name, text string }

// step is one line of a scenario, with the lines that are indented below it.
type step struct {
	line       int // in its file
	text       string
	verb, args string
	unordered  bool     // the lines of its output may come in any order
	background bool     // the next steps do not wait for it
	below      []string // less their indentation
	differs    string   // id in docs/compatibility.md of a wanted difference
	ours       []string // what ours is to say then
}

// readScenarios reads all files of a directory. What a file says before its
// first scenario are files that all of its scenarios have.
func readScenarios(dir string) ([]scenario, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	var all []scenario
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found, err := parse(strings.TrimSuffix(filepath.Base(path), ".txt"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s:%w", path, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// parse reads the scenarios of one file.
func parse(area, text string) ([]scenario, error) {
	var all []scenario
	var shared []file
	var current *scenario
	var target *file
	number, blank := 0, false
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(line, "\n")
		header, isHeader := strings.CutPrefix(line, "== ")
		name, isFile := strings.CutPrefix(line, "-- ")
		switch {
		case isHeader:
			words := strings.Fields(header)
			all = append(all, scenario{area: area, name: words[0], flags: words[1:], files: append([]file(nil), shared...)})
			current, target = &all[len(all)-1], nil
		case isFile && strings.HasSuffix(name, " --"):
			files := &shared
			if current != nil {
				files = &current.files
			}
			*files = append(*files, file{name: strings.TrimSuffix(name, " --")})
			target = &(*files)[len(*files)-1]
		case target != nil:
			target.text += line + "\n"
		case line == "":
			blank = true
			continue
		case strings.HasPrefix(line, "#"):
		case current == nil:
			return nil, fmt.Errorf("%d: a step outside of a scenario", number)
		default:
			if blank && strings.HasPrefix(line, "  ") {
				line = "  \n" + line // an empty line between two that belong to a step
			}
			for line := range strings.SplitSeq(line, "\n") {
				if err := current.add(number, line); err != nil {
					return nil, fmt.Errorf("%d: %w", number, err)
				}
			}
		}
		blank = false
	}
	return all, nil
}

// add adds a line of the script.
func (s *scenario) add(number int, line string) error {
	below, indented := strings.CutPrefix(line, "  ")
	id, differs := strings.CutPrefix(line, "differs ")
	if !indented && !differs {
		st := step{line: number, text: line}
		st.unordered = strings.HasPrefix(line, "unordered ")
		line = strings.TrimPrefix(line, "unordered ")
		st.background = strings.HasPrefix(line, "& ")
		line = strings.TrimPrefix(line, "& ")
		st.verb, st.args, _ = strings.Cut(line, " ")
		st.args = strings.TrimSpace(st.args)
		s.steps = append(s.steps, st)
		return nil
	}
	if len(s.steps) == 0 {
		return fmt.Errorf("%q belongs to no step", line)
	}
	last := &s.steps[len(s.steps)-1]
	switch {
	case differs:
		last.differs = strings.TrimSpace(id)
	case last.differs != "":
		last.ours = append(last.ours, strings.TrimPrefix(strings.TrimPrefix(below, "|"), " "))
	default:
		last.below = append(last.below, below)
	}
	return nil
}

// words splits a line as a shell does, with quotes but without escapes.
func words(line string) ([]string, error) {
	var all []string
	var word strings.Builder
	inside, begun := rune(0), false
	for _, r := range line {
		switch {
		case inside != 0 && r == inside:
			inside = 0
		case inside == 0 && (r == '\'' || r == '"'):
			inside, begun = r, true
		case inside == 0 && r == ' ':
			if begun {
				all = append(all, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if inside != 0 {
		return nil, fmt.Errorf("%s: no closing quotation", line)
	}
	if begun {
		all = append(all, word.String())
	}
	return all, nil
}
