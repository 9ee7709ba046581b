//go:build linux

package upgrade

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Who follows logs with `logs -f` goes on when the daemon becomes another program or
// is started again, and sees every line once; `tail -f` ends, as that of Supervisor.
func TestFollowedLogs(t *testing.T) {
	s := newStage(t, "[program:cat]\ncommand=/bin/cat\nstdout_logfile=$DIR/cat.log\nstartsecs=0\n")
	d := begin(t, s, variant("plain"))
	ended := make(map[string]chan error)
	for _, command := range []string{"logs", "tail"} {
		out, err := os.Create(s.Path(command + ".out"))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		cmd := exec.Command(filepath.Join(string(variant("plain")), "supervisorctl"), "-c", s.Path("supervisord.conf"), command, "-f", "cat")
		cmd.Env, cmd.Stdout, cmd.Stderr = s.Env(), out, out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		end := make(chan error, 1)
		ended[command] = end
		go func() { end <- cmd.Wait() }()
		if command == "logs" {
			t.Cleanup(func() { _ = cmd.Process.Kill() }) // unless it has ended
		}
	}
	var want strings.Builder
	say := func(when string) {
		line := fmt.Sprintf("line %d, %s\n", strings.Count(want.String(), "\n"), when)
		want.WriteString("cat | " + line)
		s.Await("cat gets a line "+when, func() bool {
			_, err := newCaller(t, s).try("sendProcessStdin", "cat", line)
			return err == nil
		})
		s.Await("it is followed "+when, func() bool { return strings.HasSuffix(s.Read("logs.out"), "cat | "+line) })
	}
	say("at first")
	s.Await("it is tailed", func() bool { return strings.Contains(s.Read("tail.out"), "at first") })
	for range 2 {
		newCaller(t, s).call("upgrade")
		say("after an upgrade")
	}
	if err := <-ended["tail"]; err != nil {
		t.Errorf("tail -f: %v\n%s", err, s.Read("tail.out"))
	}
	if err := d.Cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.Await("the daemon has begun again", func() bool { return strings.Count(s.Read("supervisord.log"), "spawned: 'cat'") == 2 })
	say("after a restart")
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := d.End(); err != nil {
		t.Error(err)
	}
	begin(t, s, variant("plain"))
	say("of another daemon")
	got := s.Read("logs.out")
	got = strings.ReplaceAll(got, "==> supervisord does not answer; waiting for it <==\n", "")
	if got != want.String() {
		t.Errorf("logs -f shows\n%swant\n%s", got, want.String())
	}
	if tail := s.Read("tail.out"); tail != "==> Press Ctrl-C to exit <==\nline 0, at first\n" {
		t.Errorf("tail -f shows %q", tail)
	}
}
