package webui

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"

	"supervisor/internal/logfile"
	"supervisor/internal/supervisor"
)

// How much of a log tail.html shows, in bytes. The page is built in memory, and
// a browser would not enjoy more than the most.
const (
	leastTail = 1024
	mostTail  = 16 << 20
)

// tailPage is what tail.html shows.
type tailPage struct {
	Name  string
	Link  string // the name, quoted; empty: no name was given
	Limit int64  // bytes
	Text  string // the end of the log, or why there is none
}

// tail shows the end of the stdout log of a process.
func (u *UI) tail(w http.ResponseWriter, r *http.Request) {
	parameter, err := parameters(w, r)
	if err != nil {
		u.badForm(w, err)
		return
	}
	name := parameter["processname"]
	if name == "" {
		u.show(w, tailPage{Name: "None", Text: "No process name found"}.page())
		return
	}
	limit := tailLimit(parameter["limit"])
	u.show(w, tailPage{
		Name:  name,
		Link:  quote(name),
		Limit: limit,
		Text:  u.tailText(name, limit),
	}.page())
}

// tailLimit returns how many bytes a client gets that asks for limit.
func tailLimit(limit string) int64 {
	n, err := strconv.ParseInt(limit, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return leastTail
	}
	return min(max(n, leastTail), mostTail)
}

// tailText returns the last bytes of a process' stdout log, or says why not.
func (u *UI) tailText(name string, limit int64) string {
	if u.supervisor.State() != supervisor.Running {
		return "ERROR: " + fault(supervisor.ErrShutdown)
	}
	info, err := u.supervisor.Process(name)
	if err != nil {
		return "ERROR: " + fault(err)
	}
	if info.Stdout == "" {
		return "No file for " + name
	}
	text, err := logfile.Read(info.Stdout, -limit, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "No file for " + name
	case err != nil:
		return "ERROR: " + fault(supervisor.ErrFailed)
	}
	return string(text)
}
