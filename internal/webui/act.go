package webui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	"supervisor/internal/supervisor"
)

// maxActForm is the most that the form of an action may hold, in bytes: the
// names of many processes.
const maxActForm = 1 << 20

// failure is what did not go well.
type failure struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// verbs are the actions of the console on processes, with what they have done.
var verbs = map[string]struct {
	done string
	one  func(s Supervisor, name string) error
	many func(s Supervisor, group string) ([]supervisor.Result, error) // group is empty: all
}{
	"start":    {"started", startOne, startMany},
	"stop":     {"stopped", stopOne, stopMany},
	"restart":  {"restarted", restartOne, restartMany},
	"clearlog": {"logs cleared", Supervisor.ClearLogs, nil},
}

func startOne(s Supervisor, name string) error { return s.Start(name, true) }
func stopOne(s Supervisor, name string) error  { return s.Stop(name, true) }

// restartOne starts what was not running, too.
func restartOne(s Supervisor, name string) error {
	_ = s.Stop(name, true)
	return s.Start(name, true)
}

func startMany(s Supervisor, group string) ([]supervisor.Result, error) {
	if group == "" {
		return s.StartAll(true)
	}
	return s.StartGroup(group, true)
}

func stopMany(s Supervisor, group string) ([]supervisor.Result, error) {
	if group == "" {
		return s.StopAll(true)
	}
	return s.StopGroup(group, true)
}

func restartMany(s Supervisor, group string) ([]supervisor.Result, error) {
	if stopped, err := stopMany(s, group); err != nil {
		return stopped, err
	}
	return startMany(s, group)
}

// doAction carries out an action of the console and waits for what becomes of
// it. The form has action (a verb, or update) and what it is for: processname,
// which may come more than once, also in the address, group, or all=1. A script of ours that accepts
// JSON gets {message, failed}; a form without script is sent back to the page in
// back, with the message.
func (u *UI) doAction(w http.ResponseWriter, r *http.Request) {
	if u.refuse(w, r) {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxActForm))
	if err != nil {
		u.badForm(w, err)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		u.badForm(w, err)
		return
	}
	form["processname"] = append(form["processname"], r.URL.Query()["processname"]...)
	message, failed, ok := u.carryOut(form)
	switch {
	case !ok:
		u.error(w, http.StatusBadRequest)
	case r.Header.Get("Accept") == "application/json":
		u.answerJSON(w, message, failed)
	default:
		for _, f := range failed {
			message += "; " + f.Name + ": " + f.Why
		}
		w.Header().Set("Location", backTo(form)+"message="+quote(message))
		forbidCaching(w.Header())
		u.error(w, http.StatusSeeOther)
	}
}

// backTo returns the page that a form is on, up to where its message goes.
func backTo(form url.Values) string {
	switch form.Get("back") {
	case "program":
		return "../program.html?processname=" + quote(form.Get("processname")) + "&"
	case "daemon":
		return "../daemon.html?"
	}
	return "../index.html?"
}

func (u *UI) answerJSON(w http.ResponseWriter, message string, failed []failure) {
	text, err := json.Marshal(struct {
		Message string    `json:"message"`
		Failed  []failure `json:"failed"`
	}{message, failed})
	if err != nil {
		u.log.Error("cannot answer an action: " + err.Error())
		u.error(w, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	forbidCaching(w.Header())
	send(w, text)
}

// carryOut does what a form asks for. It reports false if that means nothing.
func (u *UI) carryOut(form url.Values) (message string, failed []failure, ok bool) {
	if form.Get("action") == "update" {
		message, failed = u.update()
		return message, failed, true
	}
	verb, ok := verbs[form.Get("action")]
	names, group, all := form["processname"], form.Get("group"), form.Get("all") != ""
	switch {
	case !ok:
		return "", nil, false
	case len(names) > 0:
		failed = each(names, func(name string) error { return verb.one(u.supervisor, name) })
		message = sentence(verb.done, len(names), len(failed), names[0])
	case verb.many != nil && (group != "" || all):
		results, err := verb.many(u.supervisor, group)
		if err != nil {
			failed = []failure{{group, reason(err)}}
		}
		for _, r := range results {
			if r.Err != nil {
				failed = append(failed, failure{supervisor.Info{Config: r.Process}.Display(), reason(r.Err)})
			}
		}
		message = sentence(verb.done, len(results), len(failed), group)
	default:
		return "", nil, false
	}
	return message, failed, true
}

// each does something to all at once, and returns what failed in their order.
func each(names []string, do func(name string) error) (failed []failure) {
	errs := make([]error, len(names))
	var doing sync.WaitGroup
	for i, name := range names {
		doing.Go(func() { errs[i] = do(name) })
	}
	doing.Wait()
	for i, err := range errs {
		if err != nil {
			failed = append(failed, failure{names[i], reason(err)})
		}
	}
	return failed
}

// sentence says what has been done; name is used if there was only one.
func sentence(done string, asked, failed int, name string) string {
	switch {
	case asked == 0 && failed == 0:
		return "Nothing to do"
	case asked == 1 && failed == 0 && name != "":
		return name + ": " + done
	case failed == 0:
		return fmt.Sprintf("%d programs %s", asked, done)
	case failed >= asked:
		return fmt.Sprintf("Not %s", done)
	}
	return fmt.Sprintf("%d of %d programs %s", asked-failed, asked, done)
}

// reason says for a person why something failed: the kind of failure is enough,
// since the name stands before it.
func reason(err error) string {
	known := new(supervisor.Error)
	if !errors.As(err, &known) {
		return err.Error()
	}
	switch known.Kind {
	case supervisor.ErrFailed, supervisor.ErrNoFile, supervisor.ErrNotExecutable, supervisor.ErrCannotReread:
		return known.Error()
	}
	return known.Kind.Error()
}
