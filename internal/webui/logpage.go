package webui

import (
	"html/template"
	"net/http"

	"supervisor/internal/logfile"
)

// logPage is what log.html shows.
type logPage struct {
	Name      string       // empty: the daemon's own log
	Link      template.URL // the name, quoted
	Channel   string       // "stdout" or "stderr"
	HasStdout bool
	HasStderr bool
	Text      string // the end of the log, for browsers without scripts
}

// withoutScript is how much of a log, in bytes, a browser without scripts sees.
const withoutScript = 16 << 10

// logPage shows the page of a log: of a process, or the daemon's own.
func (u *UI) logPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	p := logPage{Channel: "stdout"}
	if name := query.Get("processname"); name != "" {
		info, err := u.supervisor.Process(name)
		if err != nil {
			u.error(w, http.StatusNotFound)
			return
		}
		p.Name, p.Link = printable(info.Display()), template.URL(quote(info.Display()))
		p.HasStdout, p.HasStderr = info.Stdout != "", info.Stderr != ""
		if query.Get("channel") == "stderr" {
			p.Channel = "stderr"
		}
	}
	if path, err := u.logPath(r); err == nil {
		text, err := logfile.Read(path, -withoutScript, 0)
		if err == nil {
			p.Text = printable(string(text))
		}
	}
	u.render(w, "log.html", p)
}
