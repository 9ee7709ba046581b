package webui

import (
	"time"

	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// view is what the console shows of a process, besides its load. Two views that
// are equal look the same, so only differences need to be sent.
type view struct {
	Name     string `json:"name"` // as Info.Display
	Group    string `json:"group"`
	State    string `json:"state"`
	Note     string `json:"note,omitempty"` // the description, unless it says only what the rest says
	PID      int    `json:"pid,omitempty"`
	Since    int64  `json:"since,omitempty"` // when the child was started; while there is one
	Restarts int    `json:"restarts,omitempty"`
	Exit     string `json:"exit,omitempty"` // how the last child ended
	ExitAt   int64  `json:"exitAt,omitempty"`
	Failed   bool   `json:"failed,omitempty"` // it has ended by itself, with a status that was not expected
}

// viewOf makes the view of a process. Times are milliseconds since 1970, as
// browsers count them.
func viewOf(i supervisor.Info, h supervisor.History, now time.Time) view {
	v := view{
		Name:     i.Display(),
		Group:    i.Config.Group,
		State:    i.Vars.State.String(),
		PID:      i.Vars.PID,
		Restarts: h.Restarts,
		Exit:     h.Exit,
		Failed:   failed(i.Vars),
	}
	if i.Vars.State != lifecycle.Running {
		v.Note = i.Description(now)
	}
	if i.Vars.PID != 0 {
		v.Since = i.Vars.Started.UnixMilli()
	}
	if h.Exit != "" {
		v.ExitAt = h.ExitAt.UnixMilli()
	}
	return v
}

// failed reports whether a process has ended badly and stays down. Its state is
// that of one that has done its work.
func failed(v lifecycle.Vars) bool {
	return v.State == lifecycle.Exited && v.Trouble != ""
}

// shown is what one browser has been told about the processes.
type shown map[string]view

// changes is what a browser has to be told.
type changes struct {
	Daemon string   `json:"daemon"`          // the state of the supervisor
	Whole  bool     `json:"whole,omitempty"` // there are no others than those in Set
	Set    []view   `json:"set,omitempty"`
	Gone   []string `json:"gone,omitempty"`
}

// update makes the browser's knowledge that of now, and returns the difference.
// only names the one process that the browser wants to see; empty: all.
func (s shown) update(sup Supervisor, only string, now time.Time) (c changes) {
	c.Daemon = sup.State().String()
	present := make(map[string]bool, len(s))
	sup.Histories(func(i supervisor.Info, h supervisor.History) {
		v := viewOf(i, h, now)
		if only != "" && v.Name != only {
			return
		}
		present[v.Name] = true
		if s[v.Name] != v {
			s[v.Name] = v
			c.Set = append(c.Set, v)
		}
	})
	for name := range s {
		if !present[name] {
			delete(s, name)
			c.Gone = append(c.Gone, name)
		}
	}
	return c
}
