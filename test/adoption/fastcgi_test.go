//go:build linux

package adoption

import (
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"supervisor/test/stage"
)

// The socket of a FastCGI program outlives the daemon: it is open in the program,
// and the next daemon takes it from there for those that it starts.
func TestFastCGISocket(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		stage.Missing(t, "only root may take a descriptor from another process everywhere")
	}
	s := stage.New(t, head+fmt.Sprintf(`[fcgi-program:f]
command=%s
environment=%s="fastcgi"
socket=unix://$DIR/fcgi
startsecs=0
autorestart=true
stderr_logfile=$DIR/f.err
`, os.Args[0], partVariable))
	p := stage.Programs(os.Getenv(programsVariable))
	answer := func() (pid int) {
		c, err := net.Dial("unix", s.Path("fcgi"))
		if err != nil {
			return 0
		}
		defer c.Close()
		text, err := io.ReadAll(c)
		if err == nil {
			_, err = fmt.Sscan(string(text), &pid)
		}
		if err != nil {
			return 0
		}
		return pid
	}
	d := s.Start(p, nil)
	s.Await("an answer", func() bool { return answer() != 0 })
	first := answer()
	socket, err := os.Stat(s.Path("fcgi"))
	if err != nil {
		t.Fatal(err)
	}
	kill9(t, d)
	if got := answer(); got != first {
		t.Errorf("without a daemon %d answers, not %d", got, first)
	}
	d = s.Start(p, nil)
	s.Await("it is taken back", func() bool {
		state, pid := states(s)
		return state["f"] == "RUNNING" && pid["f"] == first
	})
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.Await("another answer", func() bool { pid := answer(); return pid != 0 && pid != first })
	if now, err := os.Stat(s.Path("fcgi")); err != nil || !os.SameFile(socket, now) {
		t.Errorf("it has another socket: %v", err)
	}
	if err := d.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if out, err := d.End(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
