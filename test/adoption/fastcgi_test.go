//go:build linux

package adoption

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"supervisor/test/stage"
)

// The socket of a FastCGI program outlives the daemon: the keeper has it, and it is
// open in the program. With a keeper or without, the next daemon takes it from there
// for those that it starts, as long as one of its processes lives.
func TestFastCGISocket(t *testing.T) {
	t.Parallel()
	t.Run("with a keeper", func(t *testing.T) {
		t.Parallel()
		testFastCGISocket(t, func(int, int) {})
	})
	t.Run("without", func(t *testing.T) {
		t.Parallel()
		testFastCGISocket(t, func(keeper, program int) {
			requireTaking(t, program)
			if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			awaitEnd(t, keeper)
		})
	})
}

// requireTaking skips a test where nobody may take a descriptor from a process that is
// not his child, as in containers without CAP_SYS_PTRACE.
func requireTaking(t *testing.T, pid int) {
	t.Helper()
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(process)
	fd, err := unix.PidfdGetfd(process, 0, 0)
	if err != nil {
		t.Skipf("this machine lets nobody take a descriptor from another process: %v", err)
	}
	unix.Close(fd)
}

// testFastCGISocket kills the daemon, and maybe the keeper, and then a process.
func testFastCGISocket(t *testing.T, spare func(keeper, program int)) {
	s := stage.New(t, head+fmt.Sprintf(`[fcgi-program:f]
command=%s
process_name=%%(process_num)d
numprocs=2
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
	both := func(pid map[string]int) bool { return pid["0"] != 0 && pid["1"] != 0 }
	d := s.Start(p, nil)
	var first map[string]int
	s.Await("both run", func() bool {
		_, first = states(s)
		return both(first)
	})
	s.Await("an answer", func() bool { return answer() != 0 })
	s.Await("the log tells of both", func() bool { return strings.Count(s.Read("supervisord.log"), "spawned: ") == 2 })
	keeper := awaitKeeper(t, s)
	created := strings.Count(s.Read("supervisord.log"), "Creating socket")
	socket, err := os.Stat(s.Path("fcgi"))
	if err != nil {
		t.Fatal(err)
	}
	kill9(t, d)
	spare(keeper, first["0"])
	if got := answer(); got != first["0"] && got != first["1"] {
		t.Errorf("without a daemon %d answers, none of %v", got, first)
	}
	d = s.Start(p, nil)
	s.Await("they are taken back", func() bool {
		_, pid := states(s)
		return pid["0"] == first["0"] && pid["1"] == first["1"]
	})
	if err := syscall.Kill(first["0"], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.Await("another answer", func() bool { pid := answer(); return pid != 0 && pid != first["0"] && pid != first["1"] })
	if now := strings.Count(s.Read("supervisord.log"), "Creating socket"); now != created {
		t.Errorf("the socket was created %d times, and %d times before the kill", now, created)
	}
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
