package webui

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"supervisor/internal/config"
)

// daemonPage is what daemon.html shows.
type daemonPage struct {
	Message    string
	Version    string
	PID        int
	Identifier string
	State      string
	Started    time.Time
	File       string
	Log        string // path of the daemon's log; empty: it has no file
	Servers    []string
	Groups     int
	Processes  int

	Trouble string // why the file on disk cannot be used; empty: it can
	Same    bool   // nothing differs
	Added   []string
	Changed []changedGroup
	Removed []removedGroup
}

// changedGroup is a group that update will start anew.
type changedGroup struct {
	Name    string
	Options []config.OptionChange
	Stops   []string // what runs of it now
}

// removedGroup is a group that update will stop and remove.
type removedGroup struct {
	Name  string
	Stops []string
}

// daemon shows the page of the daemon.
func (u *UI) daemon(w http.ResponseWriter, r *http.Request) {
	cfg := u.supervisor.Config()
	p := daemonPage{
		Message:    printable(r.URL.Query().Get("message")),
		Version:    u.version,
		PID:        u.pid,
		Identifier: printable(u.supervisor.Identifier()),
		State:      u.supervisor.State().String(),
		Started:    u.started,
		File:       printable(cfg.File),
		Groups:     len(u.supervisor.Groups()),
		Processes:  len(u.supervisor.Processes()),
	}
	if u.mainLog != nil {
		p.Log = printable(u.mainLog.Path())
	}
	for _, s := range cfg.Servers {
		p.Servers = append(p.Servers, printable(address(s)))
	}
	diff, err := u.supervisor.Drift()
	if err != nil {
		p.Trouble = printable(reason(err))
	}
	p.Same = err == nil && same(diff)
	for _, name := range diff.Added {
		p.Added = append(p.Added, printable(name))
	}
	for _, c := range diff.Changed {
		p.Changed = append(p.Changed, changedGroup{printable(c.Group), printableChanges(c.Options), u.alive(c.Group)})
	}
	for _, name := range diff.Removed {
		p.Removed = append(p.Removed, removedGroup{printable(name), u.alive(name)})
	}
	u.render(w, "daemon.html", p)
}

// alive returns the processes of a group that a stop would end.
func (u *UI) alive(group string) (names []string) {
	for _, i := range u.supervisor.Processes() {
		if i.Config.Group == group && i.Vars.State.Wanted() {
			names = append(names, printable(i.Display()))
		}
	}
	return names
}

// printableChanges hides the values of variables that look like secrets.
func printableChanges(options []config.OptionChange) []config.OptionChange {
	options = slices.Clone(options)
	for i, o := range options {
		if o.Key == "environment" {
			o.Old, o.New = "(not shown)", "(not shown)"
		}
		options[i] = config.OptionChange{Process: printable(o.Process), Key: o.Key, Old: printable(o.Old), New: printable(o.New)}
	}
	return options
}

// address returns where a server listens, as its section says it.
func address(s config.Server) string {
	if s.Unix() {
		return "unix://" + s.Path
	}
	host := s.Host
	if host == "" {
		host = "*"
	}
	return host + ":" + strconv.Itoa(s.Port)
}
