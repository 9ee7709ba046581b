package webui

import (
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/supervisor"
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
	Changed []supervisor.Drifted
	Removed []supervisor.Drifted
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
		File:       printable(fileOf(cfg)),
		Groups:     len(u.supervisor.Groups()),
		Processes:  len(u.supervisor.Processes()),
	}
	if u.mainLog != nil {
		p.Log = printable(u.mainLog.Path())
	}
	for _, s := range cfg.Servers {
		p.Servers = append(p.Servers, printable(address(s)))
	}
	drift, err := u.supervisor.Drift()
	if err != nil {
		p.Trouble = printable(reason(err))
	}
	p.Same = err == nil && drift.None()
	p.Added = printableNames(drift.Added)
	p.Changed, p.Removed = printableDrift(drift.Changed), printableDrift(drift.Removed)
	u.render(w, "daemon.html", p)
}

func printableDrift(groups []supervisor.Drifted) []supervisor.Drifted {
	groups = slices.Clone(groups)
	for i, g := range groups {
		options := slices.Clone(g.Options)
		for i, o := range options {
			options[i] = config.OptionChange{Process: printable(o.Process), Key: o.Key, Old: printable(o.Old), New: printable(o.New)}
		}
		groups[i] = supervisor.Drifted{Group: printable(g.Group), Options: options, Stops: printableNames(g.Stops)}
	}
	return groups
}

func printableNames(names []string) (shown []string) {
	for _, name := range names {
		shown = append(shown, printable(name))
	}
	return shown
}

// fileOf returns the path of the main file, absolute: the daemon need not be where
// it was when somebody named the file.
func fileOf(c *config.Config) string {
	if filepath.IsAbs(c.File) || c.Here == "" {
		return c.File
	}
	return filepath.Join(c.Here, filepath.Base(c.File))
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
