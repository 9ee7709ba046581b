package webui

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/explain"
	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// programPage is what the page of a program shows.
type programPage struct {
	Message   string // of the last action; empty: none
	Name      string
	Link      string // the name, quoted
	View      view
	State     string // in lower case
	Class     string // of the state
	Command   string
	Directory string
	User      string
	Running   bool
	Startable bool
	Trouble   string // why the last start or run went wrong; empty: it did not
	Why       *explanation
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
		Message:   r.URL.Query().Get("message"),
		Name:      info.Display(),
		Link:      quote(info.Display()),
		View:      viewOf(info, history, now),
		State:     strings.ToLower(state.String()),
		Class:     class(state),
		Command:   info.Config.Command,
		Directory: info.Config.Directory,
		Running:   state == lifecycle.Running,
		Startable: state == lifecycle.Stopped || state == lifecycle.Exited || state == lifecycle.Fatal,
		Trouble:   info.Vars.Trouble,
		Why:       u.explanationOf(name),
		ExitAt:    history.ExitAt,
		Moments:   moments(history, now),
		Stdout:    info.Stdout != "",
		Stderr:    info.Stderr != "",
	}
	if info.Config.User != nil {
		p.User = info.Config.User.Name
	}
	groups := u.supervisor.Groups()
	if i := slices.IndexFunc(groups, func(g *config.Group) bool { return g.Name == info.Config.Group }); i >= 0 {
		p.Options = options(info.Config, groups[i])
	}
	u.show(w, p.page())
}

// moments makes rows of a history, newest first.
func moments(h supervisor.History, now time.Time) []moment {
	var rows []moment
	end := now
	for i, m := range slices.Backward(h.Moments) {
		row := moment{At: m.At, State: strings.ToLower(m.State.String()), Class: class(m.State), PID: m.PID, Why: m.Why}
		if i < len(h.Moments)-1 {
			row.Lasted = end.Sub(m.At).Round(time.Millisecond).String()
		}
		end = m.At
		rows = append(rows, row)
	}
	return rows
}

// explanation is what the page says about why a process is in its state.
type explanation struct {
	Answer   string
	Evidence []string
	Words    []string // the last that it wrote
	Steps    []explain.Step
}

// explanationOf returns nil if there is nothing that a page has to explain: the
// process is well, or on its way.
func (u *UI) explanationOf(name string) *explanation {
	e, err := u.explain(name)
	if err != nil || len(e.Steps) == 0 && (e.Cause == "running" || e.Cause == "starting") {
		return nil
	}
	shown := explanation{Answer: e.Answer, Steps: e.Steps}
	for _, line := range e.Evidence {
		if word, quoted := strings.CutPrefix(line, "    "); quoted {
			shown.Words = append(shown.Words, word)
		} else {
			shown.Evidence = append(shown.Evidence, line)
		}
	}
	return &shown
}
