package supervisorctl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/internal/config"
)

// Without a terminal, lines are read as they come, and the prompts are printed
// nevertheless, as Supervisor does.
func TestShell(t *testing.T) {
	a := answers{"getAllProcessInfo": []any{info("x", 0, "STOPPED", 0, "Not started")}, "getSupervisorVersion": "4.2.5",
		"startProcess nope": fault(10)}
	const table = "x                                STOPPED   Not started\n"
	for _, test := range []struct {
		id, settings, stdin string
		server              answers
		want                string
	}{
		{"CTL-190", "", "", a, table + "supervisor> \n"},
		{"CTL-190 prompt", "prompt=my own\n", "version\n", a, table + "my own> 4.2.5\nmy own> \n"},
		{"CTL-191 after errors", "", "start nope\n", a, table + "supervisor> nope: ERROR (no such process)\nsupervisor> \n"},
		{"no end of line", "", "version", a, table + "supervisor> 4.2.5\nsupervisor> \n"},
		{"blank", "", "\n  \n", a, table + "supervisor> supervisor> supervisor> \n"},
		{"CTL-187", "", "quit\nversion\n", a, table + "supervisor> \n"},
		{"end by name", "", "EOF\nversion\n", a, table + "supervisor> \n"},
		{"CTL-194", "", " !ls\n?exit\n", a, table + "supervisor> *** Unknown syntax: !ls\nsupervisor> " + usageOf("exit") + "supervisor> \n"},
		{"CTL-185", "", "shutdown\nn\nreload\n\nversion\n", a, table +
			"supervisor> Really shut the remote supervisord process down y/N? " +
			"supervisor> Really restart the remote supervisord process y/N? supervisor> 4.2.5\nsupervisor> \n"},
		{"CTL-185 no answer", "", "shutdown\n", a, table + "supervisor> Really shut the remote supervisord process down y/N? " +
			"error: <class 'EOFError'>, EOF when reading a line: file: supervisorctl line: 0\nsupervisor> \n"},
		{"no server", "", "pid\n", broken(errMissing), fakeURL + " no such file\nsupervisor> " + fakeURL + " no such file\nsupervisor> \n"},
		{"CTL-186", "", "open foo\nopen " + fakeURL + "\n", a, table + "supervisor> ERROR: url must be http:// or unix://\nsupervisor> " + table + "supervisor> \n"},
	} {
		t.Run(test.id, func(t *testing.T) {
			c := ctl{settings: test.settings, stdin: test.stdin}
			if out, status := c.run(t, test.server); out != test.want || status != 0 {
				t.Errorf("prints %q with status %d\nwant   %q", out, status, test.want)
			}
		})
	}
	// No shell follows: scripts that say -i would wait in it (CTL-001).
	t.Run("interactive action", func(t *testing.T) {
		c := ctl{stdin: "version\n"}
		if out, status := c.run(t, a, "-i", "start", "nope"); out != "nope: ERROR (no such process)\n" || status != 1 {
			t.Errorf("%q, %d", out, status)
		}
	})
	t.Run("open stays open", func(t *testing.T) {
		var urls []string
		dial := func(c config.Ctl) (server, error) {
			urls = append(urls, c.ServerURL)
			return a, nil
		}
		c := ctl{stdin: "open http://other:1\nversion\n"}
		c.runWith(t, dial)
		if got := strings.Join(urls, " "); got != fakeURL+" http://other:1" {
			t.Errorf("talks to %s", got)
		}
	})
}

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	h := loadHistory(file) // there is none yet
	for range historyLines {
		h.Add("old")
	}
	h.Add("  ")
	h.Add("new")
	h.save()
	again := loadHistory(file)
	if again.Len() != historyLines || again.At(0) != "new" || again.At(1) != "old" {
		t.Errorf("%d lines, the latest %q and %q", again.Len(), again.At(0), again.At(1))
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("CTL-193: the file is %v, %v", info, err)
	}
	if none := loadHistory(""); none.Len() != 0 {
		t.Error("there is a history without a file")
	}
}
