package supervisord

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"supervisor/internal/identity"
	"supervisor/internal/keeper"
)

// A journal counts only if it is of this boot, of a daemon that is gone and has
// this one's name.
func TestJournalOfSomebodyElse(t *testing.T) {
	boot, err := identity.Boot()
	if err != nil {
		t.Fatal(err)
	}
	living := exec.Command("/bin/cat") // our own parent may be outside of our PID namespace
	stdin, err := living.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := living.Start(); err != nil {
		t.Fatal(err)
	}
	defer living.Wait()
	defer stdin.Close()
	other, err := identity.Look(living.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	me := daemonRecord{Boot: boot, PID: os.Getpid(), Born: 1, Identifier: "supervisor", File: "/f", PIDFile: "/p"}
	good := daemonRecord{Boot: boot, PID: 1 << 30, Born: 1, Identifier: "supervisor", File: "/f", PIDFile: "/p"}
	for name, c := range map[string]struct {
		edit func(*daemonRecord)
		why  string // empty: it counts
	}{
		"good":                               {func(*daemonRecord) {}, ""},
		"other boot":                         {func(r *daemonRecord) { r.Boot = "x" }, "the machine has been started since"},
		"alive":                              {func(r *daemonRecord) { r.PID, r.Born = other.PID, other.Born }, "its daemon is alive"},
		"reused pid":                         {func(r *daemonRecord) { r.PID, r.Born = other.PID, other.Born+1 }, ""},
		"moved":                              {func(r *daemonRecord) { r.File = "/f2" }, ""},
		"other pid file, same configuration": {func(r *daemonRecord) { r.PIDFile = "/p2" }, ""},
		"other daemon":                       {func(r *daemonRecord) { r.PIDFile, r.File = "/p2", "/f2" }, "it is that of supervisor, with the configuration file /f2"},
		"other name":                         {func(r *daemonRecord) { r.Identifier = "y" }, ""},
		"other name, of an earlier version":  {func(r *daemonRecord) { r.Identifier, r.PIDFile = "y", "" }, "it is that of y"},
	} {
		t.Run(name, func(t *testing.T) {
			old := good
			c.edit(&old)
			text, err := json.Marshal(old)
			if err != nil {
				t.Fatal(err)
			}
			l := &life{}
			image, err := l.readJournal(map[string][]byte{daemonKey: text}, me, keeper.New(keeper.Options{}))
			if image != nil {
				t.Error("it has no children, and there is an image")
			}
			if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
				t.Errorf("%v, want %q", err, c.why)
			}
		})
	}
	if _, err := (&life{}).readJournal(map[string][]byte{"x": nil}, me, keeper.New(keeper.Options{})); err == nil {
		t.Error("a journal that says nothing of its daemon counts")
	}
}
