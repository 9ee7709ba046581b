//go:build linux

package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"supervisor/test/stage"
)

// python is Debian's, which knows Supervisor's modules.
const python = "/usr/bin/python3"

func requirePython(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(python); err != nil {
		stage.Missing(t, "Python is not installed")
	}
}

// TestPythonClient is for xmlrpc.client of Python, over TCP, and over a unix
// socket by the transport that Supervisor's own modules bring.
func TestPythonClient(t *testing.T) {
	requirePython(t)
	script, err := filepath.Abs("testdata/visit.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"tcp", "socket"} {
		t.Run(way, func(t *testing.T) {
			compare(t, "", "startProcess('idle',) True", func(t *testing.T, s *stage.Stage) string {
				cmd := exec.Command(python, script, way, s.Ports[0], s.Path("socket"))
				cmd.Env = s.Env()
				return run(t, cmd)
			})
		})
	}
}

// TestSupervisorctl is for the reference's own client, in one session.
func TestSupervisorctl(t *testing.T) {
	requirePython(t)
	compare(t, "", "idle: started", func(t *testing.T, s *stage.Stage) string {
		cmd := exec.Command(python, "/usr/bin/supervisorctl", "-c", "/dev/null", "-s", "http://127.0.0.1:"+s.Ports[0], "-u", "user", "-p", "pass")
		cmd.Dir, cmd.Env = s.Dir, s.Env()
		s.Write("ctl.conf", "[supervisorctl]\n")
		cmd.Args[3] = s.Path("ctl.conf")
		return session(t, cmd, "status\nstart idle\nstart idle pair:*\navail\npid idle\ntail talker\ntail talker stderr\n"+
			"signal CONT cat\nclear three\nreread\nupdate\nrestart idle\nstop pair:one pair:two\nmaintail -10\nversion\nquit\n")
	})
}
