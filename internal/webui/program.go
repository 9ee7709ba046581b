package webui

import (
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
	"supervisor/internal/logfile"
	"supervisor/internal/supervisor"
)

// programPage is what program.html shows.
type programPage struct {
	Message   string // of the last action; empty: none
	Name      string
	Link      template.URL // the name, quoted
	View      view
	State     string // in lower case
	Class     string // of the state
	Command   string
	Directory string
	User      string
	Running   bool
	Startable bool
	Down      bool     // there is a reason to ask why
	Trouble   string   // why the last start or run went wrong; empty: it did not
	Advice    string   // what to do about it; empty: there is none
	LastWords []string // the last lines that it wrote, to stderr if it has one
	Channel   string   // to which it wrote them
	ExitAt    time.Time
	Moments   []moment // newest first
	Options   []option
	Stderr    bool // it has a log of its own
	Stdout    bool
}

// moment is a row of the history.
type moment struct {
	At     time.Time
	State  string
	Class  string
	PID    int
	Why    string
	Lasted string // until the next one; empty: it is the present
}

// program shows the page of one process.
func (u *UI) program(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("processname")
	info, err := u.supervisor.Process(name)
	if err != nil {
		u.error(w, http.StatusNotFound)
		return
	}
	history, err := u.supervisor.History(name)
	if err != nil {
		u.error(w, http.StatusNotFound)
		return
	}
	now := time.Now()
	state := info.Vars.State
	p := programPage{
		Message:   printable(r.URL.Query().Get("message")),
		Name:      printable(info.Display()),
		Link:      template.URL(quote(info.Display())),
		View:      viewOf(info, history, now),
		State:     strings.ToLower(state.String()),
		Class:     class(state),
		Command:   printable(info.Config.Command),
		Directory: printable(info.Config.Directory),
		Running:   state == lifecycle.Running,
		Startable: state == lifecycle.Stopped || state == lifecycle.Exited || state == lifecycle.Fatal,
		Down:      state == lifecycle.Exited || state == lifecycle.Fatal || state == lifecycle.Backoff || state == lifecycle.Unknown,
		Trouble:   printable(info.Vars.Trouble),
		Advice:    advice(info, history),
		ExitAt:    history.ExitAt,
		Moments:   moments(history, now),
		Stdout:    info.Stdout != "",
		Stderr:    info.Stderr != "",
	}
	p.View.Note, p.View.Exit = printable(p.View.Note), printable(p.View.Exit)
	if info.Config.User != nil {
		p.User = info.Config.User.Name
	}
	if p.Down {
		p.Channel, p.LastWords = lastWords(info)
	}
	groups := u.supervisor.Groups()
	if i := slices.IndexFunc(groups, func(g *config.Group) bool { return g.Name == info.Config.Group }); i >= 0 {
		p.Options = options(info.Config, groups[i])
	}
	for i := range p.Options {
		p.Options[i].Value = printable(p.Options[i].Value)
	}
	u.render(w, "program.html", p)
}

// moments makes rows of a history, newest first.
func moments(h supervisor.History, now time.Time) []moment {
	var rows []moment
	end := now
	for i, m := range slices.Backward(h.Moments) {
		row := moment{At: m.At, State: strings.ToLower(m.State.String()), Class: class(m.State), PID: m.PID, Why: printable(m.Why)}
		if i < len(h.Moments)-1 {
			row.Lasted = end.Sub(m.At).Round(time.Millisecond).String()
		}
		end = m.At
		rows = append(rows, row)
	}
	return rows
}

// How much of a log is shown as the last words of a process.
const (
	lastBytes = 4096
	lastLines = 20
)

// lastWords returns the last lines of stderr, or of stdout if there is nothing
// on stderr. No log is as good as an empty one.
func lastWords(i supervisor.Info) (channel string, lines []string) {
	for _, log := range []struct{ channel, path string }{{"stderr", i.Stderr}, {"stdout", i.Stdout}} {
		if log.path == "" {
			continue
		}
		text, err := logfile.Read(log.path, -lastBytes, 0)
		if err != nil || len(text) == 0 {
			continue
		}
		lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
		if len(text) == lastBytes && len(lines) > 1 {
			lines = lines[1:] // it began in the middle of a line
		}
		lines = lines[max(0, len(lines)-lastLines):]
		for i, line := range lines {
			lines[i] = printable(strings.ToValidUTF8(withoutColours.ReplaceAllString(line, ""), "\uFFFD"))
		}
		return log.channel, lines
	}
	return "", nil
}

// withoutColours matches the sequences of ECMA-48 that set colours and the like.
var withoutColours = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]")

// advice says what may help, for the troubles that people have most often.
func advice(i supervisor.Info, h supervisor.History) string {
	v := i.Vars
	switch {
	case v.State == lifecycle.Unknown:
		return "The daemon could not send it a signal. Look at the daemon's log; the child may belong to another user."
	case strings.HasPrefix(v.Trouble, "can't find command"):
		return "Write the full path of the program in command=, or check PATH: programs get the daemon's, not that of your shell."
	case strings.HasPrefix(v.Trouble, "Exited too quickly") && h.ExitCode == 0:
		return "It ended by itself, without an error, before startsecs were over. A program that puts itself into the background looks like this:" +
			" it has an option to stay in the foreground. One that is meant to be done soon needs startsecs=0 and autorestart=false."
	case strings.HasPrefix(v.Trouble, "Exited too quickly"):
		return "It failed before startsecs were over. What it wrote last, below, usually says why."
	case v.State == lifecycle.Exited && h.ExitCode == 0:
		return "It ended by itself, without an error, and autorestart does not ask for another start."
	}
	return ""
}
