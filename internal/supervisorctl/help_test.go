package supervisorctl

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The list and the forms were printed by supervisorctl 4.2.5, down to the tabs.
func TestHelp(t *testing.T) {
	const list = `
default commands (type help <topic>):
=====================================
add    exit      open  reload  restart   start   tail   
avail  fg        pid   remove  shutdown  status  update 
clear  maintail  quit  reread  signal    stop    version

`
	runTranscripts(t, []transcript{
		{"CTL-188", "help", nil, list, 0},
		{"CTL-188 mark", "?", nil, list, 0},
		{"CTL-188 nope", "help nope", nil, "*** No help on nope\n", 0},
		{"CTL-188 two words", "help start stop", nil, "*** No help on start stop\n", 0},
		{"CTL-188 no text", "help EOF", nil, "*** No help on EOF\n", 0},
	})
	for name, forms := range map[string]string{
		"add":      "add <name> [...]\t",
		"avail":    "avail\t\t\t",
		"clear":    "clear <name>\t\t|clear <name> <name>\t|clear all\t\t",
		"exit":     "exit\t",
		"fg":       "fg <process>\t|\t\t",
		"help":     "help\t\t|help <action>\t",
		"maintail": "maintail -f \t|maintail -100\t|maintail\t",
		"open":     "open <url>\t|\t\t",
		"pid":      "pid\t\t\t|pid <name>\t\t|pid all\t\t\t",
		"quit":     "quit\t",
		"reload":   "reload \t\t",
		"remove":   "remove <name> [...]\t",
		"reread":   "reread \t\t\t",
		"restart":  "restart <name>\t\t|restart <gname>:*\t|restart <name> <name>\t|restart all\t\t|",
		"shutdown": "shutdown \t",
		"signal":   "signal <signal name> <name>\t\t|signal <signal name> <gname>:*\t\t|signal <signal name> <name> <name>\t|signal <signal name> all\t\t",
		"start":    "start <name>\t\t|start <gname>:*\t\t|start <name> <name>\t|start all\t\t",
		"status":   "status <name>\t\t|status <gname>:*\t|status <name> <name>\t|status\t\t\t",
		"stop":     "stop <name>\t\t|stop <gname>:*\t\t|stop <name> <name>\t|stop all\t\t",
		"tail":     "|Ex:|tail -f <name>\t\t|\t\t\t|tail -100 <name>\t|tail <name> stderr\t",
		"update":   "update\t\t\t|update all\t\t|update <gname> [...]\t",
		"version":  "version\t\t\t",
	} {
		t.Run("CTL-188 "+name, func(t *testing.T) {
			out, status := new(ctl).run(t, nil, "help", name)
			var got []string
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				if line != "Ex:" {
					line = line[:strings.LastIndexByte(line, '\t')+1]
				}
				got = append(got, line)
			}
			if strings.Join(got, "|") != forms || status != 0 {
				t.Errorf("forms %q, want %q", strings.Join(got, "|"), forms)
			}
		})
	}
}

// Every command is listed and explained, except those that say they are not.
func TestCommandTable(t *testing.T) {
	before := ""
	for _, c := range commands() {
		if c.unlisted {
			continue
		}
		if c.name <= before {
			t.Errorf("%s comes after %s", c.name, before)
		}
		if c.beyond && c.usage == "" {
			t.Errorf("%s is not explained", c.name)
		}
		if !strings.HasPrefix(c.usage, c.name) || !strings.HasSuffix(c.usage, "\n") {
			t.Errorf("the usage of %s is %q", c.name, c.usage)
		}
		before = c.name
	}
}

func FuzzColumns(f *testing.F) {
	f.Add("add avail clear", 20)
	f.Add("ä ö", 1)
	f.Add("", 79)
	f.Fuzz(func(t *testing.T, text string, width int) {
		words := strings.Fields(text)
		got := strings.Fields(columns(words, width))
		if len(got) != len(words) {
			t.Fatalf("%q becomes %q", words, got)
		}
		for line := range strings.Lines(columns(words, width)) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width && len(strings.Fields(line)) > 1 {
				t.Fatalf("%q has %d columns, more than %d", line, n, width)
			}
		}
	})
}
