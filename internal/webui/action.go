package webui

import (
	"net"
	"net/http"
	"strings"
	"time"
)

// The actions of the status page: each does its work, waits for the result as
// XML-RPC does, and returns the message about it.
var (
	actionsOnAll = map[string]func(*UI) string{
		"refresh":    (*UI).refresh,
		"stopall":    (*UI).stopAll,
		"restartall": (*UI).restartAll,
	}
	actionsOnOne = map[string]func(u *UI, name string) string{
		"start":    (*UI).start,
		"stop":     (*UI).stop,
		"restart":  (*UI).restart,
		"clearlog": (*UI).clearLog,
	}
)

// act carries out an action and sends the client to the status page, which
// shows the message about it. An unknown action, or none of a process where one
// is needed, is status 500; an unknown process comes before an unknown action.
func (u *UI) act(w http.ResponseWriter, r *http.Request, action, name string) {
	if do := actionsOnAll[action]; do != nil {
		u.redirect(w, r, do(u))
		return
	}
	if name == "" {
		u.error(w, http.StatusInternalServerError)
		return
	}
	if _, err := u.supervisor.Process(name); err != nil {
		u.redirect(w, r, "No such process named "+name)
		return
	}
	if do := actionsOnOne[action]; do != nil {
		u.redirect(w, r, do(u, name))
		return
	}
	u.error(w, http.StatusInternalServerError)
}

func (u *UI) refresh() string { return "Page refreshed" + atNow() }

// stopAll leaves it to the page to show what would not stop.
func (u *UI) stopAll() string {
	_, _ = u.supervisor.StopAll(true)
	return "All stopped" + atNow()
}

// restartAll leaves it to the page to show what would not stop or start.
func (u *UI) restartAll() string {
	_, _ = u.supervisor.StopAll(true)
	_, _ = u.supervisor.StartAll(true)
	return "All restarted" + atNow()
}

func (u *UI) start(name string) string {
	if err := u.supervisor.Start(name, true); err != nil {
		return "ERROR: Process " + name + ": " + startFault(err)
	}
	return "Process " + name + " started"
}

func (u *UI) stop(name string) string {
	if err := u.supervisor.Stop(name, true); err != nil {
		return fault(err)
	}
	return "Process " + name + " stopped"
}

// restart leaves it to the page to show what came of it: a process that was
// not running is to be started all the same.
func (u *UI) restart(name string) string {
	_ = u.supervisor.Stop(name, true)
	_ = u.supervisor.Start(name, true)
	return "Process " + name + " restarted"
}

func (u *UI) clearLog(name string) string {
	if err := u.supervisor.ClearLogs(name); err != nil {
		return fault(err)
	}
	return "Log for " + name + " cleared"
}

// atNow ends a message with the time, in the form of ctime(3).
func atNow() string { return " at " + time.Now().Format(time.ANSIC) }

// redirect sends the client to the status page with a message.
func (u *UI) redirect(w http.ResponseWriter, r *http.Request, message string) {
	w.Header().Set("Location", "http://"+host(r)+"/?message="+quote(message))
	forbidCaching(w.Header())
	u.error(w, http.StatusMovedPermanently)
}

// host returns the name, and the port if it is not 80, by which the client
// knows this server. An old client does not say, and is told the address that
// it has reached.
func host(r *http.Request) string {
	if r.Host != "" {
		return withoutPort80(r.Host)
	}
	if here, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		return withoutPort80(here.String())
	}
	return "localhost"
}

func withoutPort80(host string) string { return strings.TrimSuffix(host, ":80") }
