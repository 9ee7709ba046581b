package webui

import (
	"fmt"
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
	Stdout    bool // there is a log of it
	Stderr    bool
	NoStdout  string // why there is none; empty: there is
	NoStderr  string
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
		u.showMissing(w, name)
		return
	}
	history, err := u.supervisor.History(name)
	if err != nil {
		u.showMissing(w, name)
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
		NoStdout:  missing(info, "stdout"),
		NoStderr:  missing(info, "stderr"),
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
			row.Lasted = lasted(end.Sub(m.At))
		}
		end = m.At
		rows = append(rows, row)
	}
	return rows
}

// lasted renders a duration: short ones in seconds, long ones as an uptime.
func lasted(d time.Duration) string {
	switch {
	case d < 50*time.Millisecond:
		return "< 0.1 s"
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	s := int(d / time.Second)
	clock := fmt.Sprintf("%d:%02d:%02d", s/3600%24, s/60%60, s%60)
	if days := s / 86400; days > 0 {
		return fmt.Sprintf("%d d %s", days, clock)
	}
	return clock
}

// explanation is what the page says about why a process is in its state.
type explanation struct {
	Answer   string
	Evidence []evidence
	Steps    []explain.Step
}

// evidence is a sentence, and what the program wrote, if that is what it is about.
type evidence struct {
	Say   string
	Words []string
}

// explanationOf returns nil if there is nothing that a page has to explain: the
// process is well, or on its way.
func (u *UI) explanationOf(name string) *explanation {
	e, err := u.explain(name)
	if err != nil || len(e.Steps) == 0 && (e.Cause == "running" || e.Cause == "starting") {
		return nil
	}
	return &explanation{Answer: e.Answer, Evidence: evidenceOf(e.Evidence), Steps: e.Steps}
}

// evidenceOf puts the lines that are quoted below the sentence that introduces
// them. What has been quoted already is not shown a second time.
func evidenceOf(lines []string) (all []evidence) {
	for _, line := range lines {
		word, quoted := strings.CutPrefix(line, "    ")
		switch last := len(all) - 1; {
		case !quoted:
			all = append(all, evidence{Say: line})
		case last < 0:
			all = append(all, evidence{Words: []string{word}})
		default:
			all[last].Words = append(all[last].Words, word)
		}
	}
	shown := all[:0]
	for _, e := range all {
		if len(e.Words) == 0 || !slices.ContainsFunc(shown, func(s evidence) bool { return slices.Equal(s.Words, e.Words) }) {
			shown = append(shown, e)
		}
	}
	return shown
}
