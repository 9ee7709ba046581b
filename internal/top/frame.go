package top

import (
	"fmt"
	"strings"
)

// The lines of the screen that are no list: title, sum and heading above, one for
// keys below.
const (
	above = 3
	below = 1
)

// rows returns how many lines the list has.
func (v View) rows() int { return max(1, v.height-above-below-v.paneHeight()) }

// paneHeight returns how many lines the log takes, its heading included.
func (v View) paneHeight() int {
	if v.log == "" {
		return 0
	}
	return max(0, (v.height-above-below)/2)
}

// Frame returns the lines of the screen: as many as it has, each as wide as it is.
func (v View) Frame() []Line {
	if v.mode == helping {
		return v.fitted(v.help())
	}
	lines := []Line{v.titleLine(), v.sumLine(), v.heading()}
	lines = append(lines, v.list()...)
	lines = append(lines, v.pane()...)
	return v.fitted(append(lines, v.lastLine()))
}

// fitted cuts or fills lines so that they cover the screen; the last line stays
// the last.
func (v View) fitted(lines []Line) []Line {
	if extra := len(lines) - v.height; extra > 0 {
		last := lines[len(lines)-1]
		lines = append(lines[:max(0, v.height-1):max(0, v.height-1)], last)
	}
	for i, line := range lines {
		room := v.width
		var cut Line
		for _, s := range line {
			s.Text = clean(s.Text)
			if n := Width(s.Text); n > room {
				s.Text = Fit(s.Text, room, true)
			}
			room -= Width(s.Text)
			cut = append(cut, s)
		}
		if room > 0 {
			look := Plain
			if n := len(cut); n > 0 && (cut[n-1].Style == Bar || cut[n-1].Style == Mark) {
				look = cut[n-1].Style
			}
			cut = append(cut, Span{strings.Repeat(" ", room), look})
		}
		lines[i] = cut
	}
	return lines
}

func (v View) titleLine() Line {
	counts := make(map[string]int)
	for _, p := range v.all {
		counts[p.kind()]++
	}
	text := fmt.Sprintf("%d programs", len(v.all))
	if !v.known {
		text = "asking ..."
	}
	line := Line{{" " + Fit(v.title, min(Width(v.title), max(8, v.width/2)), true), Strong}, {"   " + text, Plain}}
	for _, group := range []struct {
		word   string
		states []string
		style  Style
	}{
		{"running", []string{"RUNNING"}, Good},
		{"on the way", []string{"STARTING", "STOPPING"}, Busy},
		{"failing", []string{"BACKOFF", "FATAL", "UNKNOWN", endedBadly}, Bad},
		{"down", []string{"STOPPED", "EXITED"}, Faint},
	} {
		n := 0
		for _, state := range group.states {
			n += counts[state]
		}
		if n > 0 {
			line = append(line, Span{", ", Plain}, Span{fmt.Sprintf("%d %s", n, group.word), group.style})
		}
	}
	return line
}

// sumLine tells what all processes use, and what is shown of them.
func (v View) sumLine() Line {
	cpu, memory, known := 0.0, int64(0), false
	for _, p := range v.all {
		if p.Memory >= 0 {
			memory += p.Memory
			known = true
		}
		cpu += max(0, p.CPU)
	}
	text := " "
	if known {
		text += fmt.Sprintf("processors %s%%   memory %s   ", percent(cpu), size(memory))
	}
	order := strings.ToLower(columns[v.column].title)
	if v.reversed {
		order += ", reversed"
	}
	var line Line
	if v.trouble != "" {
		line = Line{{" " + v.trouble + "  ", Bad}}
	}
	line = append(line, Span{text + "sorted by " + order, Plain})
	if v.filter != "" {
		line = append(line, Span{fmt.Sprintf("   filter: %s (%d of %d)", v.filter, len(v.processes), len(v.all)), Busy})
	}
	return line
}

func (v View) heading() Line {
	shown, nameWidth := shownColumns(v.width)
	var line Line
	for i, c := range shown {
		style := Bar
		title := columns[c].title
		if c == v.column {
			title += map[bool]string{false: "*", true: "^"}[v.reversed]
		}
		line = append(line, Span{cell(i, title, columnWidth(c, nameWidth), columns[c].left), style})
	}
	return line
}

func columnWidth(c column, nameWidth int) int {
	if c == byName {
		return nameWidth
	}
	return columns[c].width
}

// cell returns a text in its column; columns are two cells apart.
func cell(i int, text string, cells int, left bool) string {
	text = Fit(text, cells, left)
	if i > 0 {
		return "  " + text
	}
	return text
}

// list returns the lines of the list that are shown.
func (v View) list() (lines []Line) {
	shown, nameWidth := shownColumns(v.width)
	rows := v.rows()
	for i := v.offset; i < min(len(v.processes), v.offset+rows); i++ {
		p := v.processes[i]
		var line Line
		for n, c := range shown {
			style := Plain
			if c == byState {
				style = stateStyle(p.kind())
			}
			if p.Name == v.selected {
				style = Mark
			}
			line = append(line, Span{cell(n, columns[c].text(p), columnWidth(c, nameWidth), columns[c].left), style})
		}
		lines = append(lines, line)
	}
	if len(v.processes) == 0 && v.known {
		lines = append(lines, Line{{" no program matches", Faint}})
	}
	for len(lines) < rows {
		lines = append(lines, nil)
	}
	return lines
}

// endedBadly is the kind of a process that has EXITED and should not have.
const endedBadly = "failed"

// kind is the state, as far as somebody who looks for trouble cares.
func (p Process) kind() string {
	if p.Failed {
		return endedBadly
	}
	return p.State
}

func stateStyle(state string) Style {
	switch state {
	case "RUNNING":
		return Good
	case "STARTING", "STOPPING":
		return Busy
	case "STOPPED", "EXITED":
		return Faint
	}
	return Bad
}

// pane returns the lines of the log.
func (v View) pane() []Line {
	height := v.paneHeight()
	if height == 0 {
		return nil
	}
	lines := []Line{{{" log of " + v.log, Bar}}}
	for _, text := range v.lines[max(0, len(v.lines)-(height-1)):] {
		lines = append(lines, Line{{Fit(text, v.width, true), Plain}})
	}
	for len(lines) < height {
		lines = append(lines, nil)
	}
	return lines
}

// lastLine tells what keys there are, or what is being asked or told.
func (v View) lastLine() Line {
	switch {
	case v.mode == filtering:
		return Line{{"show names and states with: ", Strong}, {v.typed, Plain}, {" ", Mark}}
	case v.mode == signaling:
		return Line{{"signal for " + v.selected + " (HUP, USR1, ...): ", Strong}, {v.typed, Plain}, {" ", Mark}}
	case v.mode == asking:
		verb := map[Verb]string{Stop: "stop", Restart: "restart"}[v.wanted.Verb]
		return Line{{verb + " " + v.wanted.Name + "? y/N", Strong}}
	case v.message != "":
		return Line{{v.message, Strong}}
	}
	if i := v.index(); i >= 0 {
		switch p := v.processes[i]; p.State {
		case "FATAL", "BACKOFF", "EXITED", "UNKNOWN":
			return Line{{p.Name + ": " + p.Description, Bad}}
		}
	}
	var line Line
	for _, key := range []struct{ key, does string }{
		{"s", "start"}, {"x", "stop"}, {"r", "restart"}, {"k", "signal"}, {"l", "log"}, {"/", "filter"}, {"<>", "sort"}, {"h", "help"}, {"q", "quit"},
	} {
		line = append(line, Span{key.key, Strong}, Span{" " + key.does + "  ", Plain})
	}
	return line
}

// help returns the lines of the page of help.
func (v View) help() []Line {
	lines := []Line{{{" Keys", Bar}}, nil}
	for _, row := range [][2]string{
		{"arrows, page up and down, home, end", "choose a program (also J K g G)"},
		{"s", "start it"},
		{"x", "stop it"},
		{"r", "restart it"},
		{"k", "send it a signal"},
		{"l, enter", "show its log, or hide it"},
		{"/", "show only some names or states"},
		{"escape", "hide the log; show everything"},
		{"< >", "sort by another column"},
		{"N P M T", "sort by name, CPU, memory, uptime"},
		{"i", "sort the other way round"},
		{"Ctrl-L", "paint the screen again"},
		{"Ctrl-Z", "stop this program; fg of your shell goes on with it"},
		{"q, Ctrl-C", "quit"},
	} {
		lines = append(lines, Line{{"  " + Fit(row[0], 38, true), Strong}, {row[1], Plain}})
	}
	lines = append(lines, nil, Line{{"  What a program uses includes all of its descendants; 100% is one processor.", Faint}})
	for len(lines) < v.height-1 {
		lines = append(lines, nil)
	}
	return append(lines, Line{{"any key: back", Strong}})
}
