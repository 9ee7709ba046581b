//go:build linux

package upgrade

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"supervisor/test/stage"
	"supervisor/xmlrpc/client"
)

// Who may command the programs of a daemon may not have it execute another one, with
// the daemon's rights: by a port nobody can, and by the unix socket only root and the
// daemon's user. What the daemon's own file holds is for everybody to ask for.
func TestNobodyElseNamesAFile(t *testing.T) {
	s := newStage(t, "[inet_http_server]\nport=127.0.0.1:$PORT\n[program:cat]\ncommand=/bin/cat\n")
	config := s.Read("supervisord.conf")
	s.Write("supervisord.conf", strings.Replace(config, "s.sock\n", "s.sock\nchmod=0777\n", 1))
	d := begin(t, s, variant("plain"))
	s.Write("trap", "#!/bin/sh\ntouch "+s.Path("executed")+"\n")
	if err := os.Chmod(s.Path("trap"), 0o755); err != nil {
		t.Fatal(err)
	}

	c, err := client.New("http://127.0.0.1:"+s.Ports[0], "", "")
	if err != nil {
		t.Fatal(err)
	}
	inet := &caller{t, c}
	const want = "only root and the user of supervisord may name another file, by the unix socket"
	if _, err := inet.try("upgrade", s.Path("trap")); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("by a port: %v", err)
	}
	if os.Geteuid() == 0 {
		if out := asNobody(t, s, "upgrade", s.Path("trap")); !strings.Contains(out, want) {
			t.Errorf("as somebody else: %s", out)
		}
		if out, want := asNobody(t, s, "upgrade"), fmt.Sprintf("Upgraded supervisord (pid %d)\n", d.Cmd.Process.Pid); out != want {
			t.Errorf("as somebody else, without a file: %q, want %q", out, want)
		}
	}
	if _, err := os.Stat(s.Path("executed")); err == nil {
		t.Error("it was executed")
	}
	inet.call("upgrade")
	if log := s.Read("supervisord.log"); !strings.Contains(log, "WARN cannot upgrade to "+s.Path("trap")+": "+want) {
		t.Errorf("the log says\n%s", log)
	}
	if _, err := newCaller(t, s).try("upgrade", s.Path("trap")); err == nil || !strings.Contains(err.Error(), "it is a script") {
		t.Errorf("as the user of the daemon: %v", err)
	}
}

// asNobody runs supervisorctl as a user without any rights, and returns what it says.
func asNobody(t *testing.T, s *stage.Stage, words ...string) string {
	t.Helper()
	const nobody = 65534
	copied := s.Path("supervisorctl") // where nobody may go
	if out, err := exec.Command("cp", string(variant("plain"))+"/supervisorctl", copied).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(copied, append([]string{"-s", "unix://" + s.Path("s.sock")}, words...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	cmd.Dir = "/"
	out, _ := cmd.CombinedOutput() // what it says is what counts
	return string(out)
}
