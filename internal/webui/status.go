package webui

import (
	"net/http"
	"strings"
	"time"

	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// statusPage is what the status page shows.
type statusPage struct {
	Message string // of the last action; empty: none
	Rows    []row
	Version string
	Year    int
}

// row is a process.
type row struct {
	State       string
	Class       string // of the state
	Description string
	Name        string
	Link        string // the name, quoted
	Shade       bool   // every other row is
	Running     bool   // it can be stopped and restarted
	Startable   bool
}

// status shows the status page, or carries out an action first and sends the
// client there. While the daemon goes down there is neither.
func (u *UI) status(w http.ResponseWriter, r *http.Request) {
	parameter, err := parameters(w, r)
	if err != nil {
		u.badForm(w, err)
		return
	}
	action := parameter["action"]
	switch {
	case action != "" && u.refuse(w, r):
	case u.supervisor.State() != supervisor.Running:
		u.error(w, http.StatusInternalServerError)
	case action != "":
		u.act(w, r, action, parameter["processname"])
	default:
		u.show(w, u.statusPage(parameter["message"], time.Now()).page())
	}
}

func (u *UI) statusPage(message string, now time.Time) statusPage {
	p := statusPage{Message: message, Version: u.version, Year: now.Year()}
	for i, info := range u.supervisor.Processes() {
		state, name := info.Vars.State, info.Display()
		p.Rows = append(p.Rows, row{
			State:       strings.ToLower(state.String()),
			Class:       class(state),
			Description: info.Description(now),
			Name:        name,
			Link:        quote(name),
			Shade:       i%2 == 1,
			Running:     state == lifecycle.Running,
			Startable:   state == lifecycle.Stopped || state == lifecycle.Exited || state == lifecycle.Fatal,
		})
	}
	return p
}

// class returns the style of a state.
func class(s lifecycle.State) string {
	switch s {
	case lifecycle.Running:
		return "statusrunning"
	case lifecycle.Fatal, lifecycle.Backoff:
		return "statuserror"
	}
	return "statusnominal"
}
