package webui

import (
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
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

	Leftovers []wire.Orphan
}

// daemon shows the page of the daemon.
func (u *UI) daemon(w http.ResponseWriter, r *http.Request) {
	cfg := u.supervisor.Config()
	p := daemonPage{
		Message:    r.URL.Query().Get("message"),
		Version:    u.version,
		PID:        u.pid,
		Identifier: u.supervisor.Identifier(),
		State:      u.supervisor.State().String(),
		Started:    u.started,
		File:       fileOf(cfg),
		Groups:     len(u.supervisor.Groups()),
		Processes:  len(u.supervisor.Processes()),
	}
	if u.mainLog != nil {
		p.Log = u.mainLog.Path()
	}
	for _, s := range cfg.Servers {
		p.Servers = append(p.Servers, address(s))
	}
	drift, err := u.supervisor.Drift()
	if err != nil {
		p.Trouble = reason(err)
	}
	p.Same = err == nil && drift.None()
	p.Added, p.Changed, p.Removed = drift.Added, drift.Changed, drift.Removed
	p.Leftovers = u.lookout.leftovers()
	u.show(w, p.page())
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
