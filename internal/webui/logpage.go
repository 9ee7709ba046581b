package webui

import (
	"errors"
	"net/http"
	"strings"

	"supervisor/internal/logfile"
	"supervisor/internal/pattern"
	"supervisor/internal/supervisor"
)

// logPage is what the page of a log shows.
type logPage struct {
	Name      string // empty: the daemon's own log
	Link      string // the name, quoted
	Channel   string // "stdout" or "stderr"
	HasStdout bool
	HasStderr bool
	Missing   string // why there is no such log; empty: there is
	Text      string // the end of the log, for browsers without scripts
}

// withoutScript is how much of a log, in bytes, a browser without scripts sees.
const withoutScript = 16 << 10

// logPage shows the page of a log: of a process, or the daemon's own. Where there
// is no log it says why. A channel that does not exist is not found.
func (u *UI) logPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	p := logPage{Channel: channelOf(r)}
	if p.Channel == "" {
		u.error(w, http.StatusNotFound)
		return
	}
	if name := query.Get("processname"); name != "" {
		info, err := u.supervisor.Process(name)
		if err != nil {
			u.showMissing(w, name)
			return
		}
		p.Name, p.Link = info.Display(), quote(info.Display())
		p.HasStdout, p.HasStderr = info.Stdout != "", info.Stderr != ""
		p.Missing = missing(info, p.Channel)
	} else if u.mainLog == nil || u.mainLog.Path() == "" {
		p.Missing = "The daemon has no log file."
	}
	if path, err := u.logPath(r); err == nil {
		text, err := logfile.Read(path, -withoutScript, 0)
		switch {
		case err == nil:
			p.Text = readable(string(text))
		case errors.Is(err, logfile.ErrNotKept):
			p.Missing = "What is written goes to " + path + ", a pipe or a terminal, and is not kept."
		}
	}
	u.show(w, p.page())
}

// colours are the sequences by which a terminal is told of colours, and the like.
var colours = pattern.Lazy(`\x1b\[[0-?]*[ -/]*[@-~]`)

// readable makes the end of a log what a page without scripts shows: whole lines,
// without what is for terminals.
func readable(text string) string {
	if _, rest, cut := strings.Cut(text, "\n"); cut && rest != "" && len(text) == withoutScript {
		text = rest
	}
	return colours().ReplaceAllString(text, "")
}

// missing says why a process has no log of a channel; it returns nothing if it has.
func missing(info supervisor.Info, channel string) string {
	path, stream := info.Stdout, info.Config.Stdout
	if channel == "stderr" {
		path, stream = info.Stderr, info.Config.Stderr
	}
	switch {
	case path != "":
		return ""
	case channel == "stderr" && info.Config.RedirectStderr:
		return "What it writes to stderr is in the log of stdout: redirect_stderr is true."
	case stream.Syslog:
		return "What it writes to " + channel + " goes to syslog, and to no file."
	}
	return "What it writes to " + channel + " is not kept: " + channel + "_logfile is NONE."
}
