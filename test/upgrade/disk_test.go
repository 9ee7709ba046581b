//go:build linux

package upgrade

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// The disk is full. If what the daemon itself has to say is on it, it goes on as it
// is, and says why; else it becomes the other program. Of what a program has written
// nothing is lost, and it is there once when there is room again.
func TestFullDisk(t *testing.T) {
	for _, c := range []struct {
		name, logfile, options string
		refusal                string // empty: the upgrade goes well
	}{
		{"the log of the daemon", "small/supervisord.log", "", "what the activity log has to say cannot be written: write "},
		{"the log of a program", "supervisord.log", "", ""},
		{"the state, too", "supervisord.log", "adopt=true\nstatedir=$DIR/small\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, "[program:cat]\ncommand=/bin/cat\nstdout_logfile=$DIR/small/cat.log\n")
			options := strings.ReplaceAll("[supervisord]\n"+c.options, "$DIR", s.Dir)
			config := strings.Replace(s.Read("supervisord.conf"), "[supervisord]\n", options, 1)
			s.Write("supervisord.conf", strings.Replace(config, s.Path("supervisord.log"), s.Path(c.logfile), 1))
			root, words := s.Mount("mkdir $DIR/small; mount -t tmpfs -o size=2m small $DIR/small")
			d := s.Start(variant("plain"), nil, words...)
			t.Cleanup(func() { _ = d.Cmd.Process.Signal(syscall.SIGKILL) }) // unless it has ended
			s.Await("cat runs", func() bool {
				_, err := newCaller(t, s).try("getState")
				return err == nil && newCaller(t, s).facts()["cat"].pid != 0
			})
			client := newCaller(t, s)
			cat := client.facts()["cat"]
			read := func(name string) string {
				text, err := os.ReadFile(root + s.Path(name))
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			var want strings.Builder
			say := func(lines int) {
				for range lines {
					line := fmt.Sprintf("line %d\n", strings.Count(want.String(), "\n"))
					want.WriteString(line)
					client.call("sendProcessStdin", "cat", line)
				}
			}
			arrived := func() bool { return read("small/cat.log") == want.String() }

			say(10)
			s.Await("the lines are there", arrived)
			s.Fill(root + s.Path("small/ballast"))
			// The last page of each log has still room for a little.
			say(1000)
			for range 60 {
				_, _ = client.try("upgrade", "a relative path, which is refused and said so in the log of the daemon")
			}
			for range 2 {
				_, err := client.try("upgrade")
				if (err == nil) != (c.refusal == "") || err != nil && !(strings.Contains(err.Error(), c.refusal) && strings.Contains(err.Error(), "no space left on device")) {
					t.Errorf("upgrade: %v, want %q", err, c.refusal)
				}
				say(10)
				if now := client.facts()["cat"]; now != cat {
					t.Errorf("cat was %+v, is %+v", cat, now)
				}
			}
			if strings.Contains(read("small/cat.log"), "line 1000\n") {
				t.Error("the disk was not full")
			}
			if err := os.Remove(root + s.Path("small/ballast")); err != nil {
				t.Fatal(err)
			}
			say(10)
			s.Await("all lines are there", arrived)
			client.call("upgrade")
			if c.refusal != "" {
				s.Await("the log says why", func() bool { return strings.Count(read(c.logfile), c.refusal) == 2 })
			}
			say(10)
			s.Await("the last lines are there", arrived)
			client.call("shutdown")
			if out, err := d.End(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
