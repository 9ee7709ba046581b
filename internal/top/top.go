// Package top is the screen of supervisorctl top as a value.
//
// It is pure: what is known about the processes, the keys that are pressed and
// the size of the screen go in; the lines of the screen, and what the user wants
// done, come out. Who draws the lines, and who does what is wanted, is not its
// business. A View is a value: what changes it returns another one.
package top

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Unknown is a number that is not known.
const Unknown = -1

// Process is what is known about a process.
type Process struct {
	Name        string // as a user writes it
	State       string
	Description string
	PID         int           // 0: none
	Uptime      time.Duration // or Unknown
	CPU         float64       // processors in use, or Unknown
	Memory      int64         // in KiB, or Unknown
	Restarts    int           // or Unknown
	Failed      bool          // EXITED with a status that was not expected
}

// mode is what keys are for at the moment.
type mode int

const (
	listing   mode = iota
	filtering      // a filter is being typed
	signaling      // the name of a signal is being typed
	asking         // yes or no
	helping
)

// View is what the screen shows. New makes one.
type View struct {
	title         string
	width, height int
	processes     []Process // those that the filter lets through, sorted
	all           []Process
	known         bool // the processes are
	column        column
	reversed      bool
	filter        string
	selected      string // the name of the process that keys are for
	offset        int    // of the first line of the list that is shown
	mode          mode
	typed         string // so far: a filter or a signal
	wanted        Action // what is being asked about
	message       string // about what was done last
	trouble       string // why nothing new is known; empty: it is
	log           string // the process whose log is shown; empty: none
	lines         []string
}

// New returns a view that knows nothing yet. The title says whose processes they
// are.
func New(title string, width, height int) View {
	return View{title: title, width: width, height: height}
}

// Resized returns the view on a screen of another size.
func (v View) Resized(width, height int) View {
	v.width, v.height = width, height
	return v.settled()
}

// Updated returns the view with what is known now.
func (v View) Updated(all []Process) View {
	v.all, v.known, v.trouble = all, true, ""
	return v.settled()
}

// Troubled returns the view when nothing new can be found out. What was known
// stays, as long as it is clear that it is old.
func (v View) Troubled(why string) View {
	v.trouble = why
	return v
}

// Told returns the view with a message about what has been done.
func (v View) Told(message string) View {
	v.message = message
	return v
}

// logKept is how many lines of a log are remembered: more than a screen has.
const logKept = 500

// Logged returns the view with another line of the log of a process. Lines of
// other processes than the one that is shown are late, and dropped.
func (v View) Logged(name, line string) View {
	if name != v.log {
		return v
	}
	v.lines = append(slices.Clone(v.lines), line)
	if extra := len(v.lines) - logKept; extra > 0 {
		v.lines = v.lines[extra:]
	}
	return v
}

// settled makes the list follow from what is known, and keeps the selected
// process on the screen. If it has gone, its neighbour is selected.
func (v View) settled() View {
	before := v.index()
	v.processes = nil
	for _, p := range v.all {
		if v.shows(p) {
			v.processes = append(v.processes, p)
		}
	}
	slices.SortStableFunc(v.processes, v.compare)
	if len(v.processes) == 0 {
		v.offset = 0
		return v
	}
	if !slices.ContainsFunc(v.processes, func(p Process) bool { return p.Name == v.selected }) {
		v.selected = v.processes[min(max(0, before), len(v.processes)-1)].Name
	}
	return v.scrolled()
}

// shows reports whether the filter lets a process through: name or state contain
// it.
func (v View) shows(p Process) bool {
	filter := strings.ToLower(v.filter)
	return strings.Contains(strings.ToLower(p.Name), filter) || strings.Contains(strings.ToLower(p.State), filter)
}

// index returns where the selected process is in the list; -1: nowhere.
func (v View) index() int {
	return slices.IndexFunc(v.processes, func(p Process) bool { return p.Name == v.selected })
}

// scrolled moves the list as little as shows the selected process.
func (v View) scrolled() View {
	rows := v.rows()
	i := max(0, v.index())
	v.offset = max(min(v.offset, i), i-rows+1)
	v.offset = max(0, min(v.offset, len(v.processes)-rows))
	return v
}

// moved selects the process that is some lines further down.
func (v View) moved(by int) View {
	if len(v.processes) == 0 {
		return v
	}
	i := min(max(0, v.index()+by), len(v.processes)-1)
	v.selected = v.processes[i].Name
	return v.scrolled()
}

// compare orders two processes. Numbers are biggest first, names and states
// smallest, since that is what one looks for; what is equal is ordered by name.
func (v View) compare(a, b Process) int {
	c := columns[v.column].compare(a, b)
	if v.reversed {
		c = -c
	}
	return cmp.Or(c, strings.Compare(a.Name, b.Name))
}
