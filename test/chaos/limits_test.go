//go:build linux

package chaos

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/internal/wire"
	"supervisor/test/stage"
)

// crowd is many programs that do nothing and start when they are told to.
const crowd = `[program:writer]
command=$WRITER 5ms
stdout_logfile=$DIR/writer.log
stdout_logfile_maxbytes=10KB
stdout_logfile_backups=1000
startsecs=0
autorestart=true
startretries=1000
[program:crowd]
command=/bin/sleep 1000
process_name=%(process_num)d
numprocs=60
autostart=false
startsecs=0
startretries=0
stdout_logfile=$DIR/%(process_num)d.log
stderr_logfile=NONE
`

// started asks for the crowd and returns how many of it run.
func (m *match) started() (n int) {
	m.t.Helper()
	m.must("startProcessGroup", "crowd")
	infos, err := m.infos()
	if err != nil {
		m.t.Fatal(err)
	}
	for _, info := range infos {
		if info.Group == "crowd" && info.State.String() == "RUNNING" {
			n++
		}
	}
	return n
}

// dial has new clients come at once, each of which must be answered before any
// of them goes.
func (m *match) dial(clients int) {
	m.t.Helper()
	for range clients {
		c, err := net.Dial("unix", m.Path("socket"))
		if err != nil {
			m.t.Error(err)
			return
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(slowest)); err != nil {
			m.t.Fatal(err)
		}
		fmt.Fprint(c, "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if n, err := c.Read(make([]byte, 12)); n == 0 {
			m.t.Errorf("a new client got no answer: %v", err)
		}
	}
}

// There are no more descriptors: what can be started is, what cannot says so,
// clients that come now are answered, logs are rotated, and when there are
// descriptors again all is as it was.
func TestDescriptorsExhausted(t *testing.T) {
	t.Parallel()
	m := play(t, ground{programs: crowd})
	m.awaitLines("writer", 10)
	for range pick(2, 20) {
		m.tries++
		var old unix.Rlimit
		few := unix.Rlimit{Cur: uint64(len(descriptors(m.pid)) + 60)}
		if err := unix.Prlimit(m.pid, unix.RLIMIT_NOFILE, nil, &old); err != nil {
			t.Fatal(err)
		}
		few.Max = old.Max
		if err := unix.Prlimit(m.pid, unix.RLIMIT_NOFILE, &few, nil); err != nil {
			t.Fatal(err)
		}
		n := m.started()
		if n == 0 || n == 60 {
			t.Errorf("%d of 60 could be started", n)
		}
		m.dial(8)
		m.agree()
		m.awaitLines("writer", 600) // which need more than one file
		if err := unix.Prlimit(m.pid, unix.RLIMIT_NOFILE, &old, nil); err != nil {
			t.Fatal(err)
		}
		if n := m.started(); n != 60 {
			t.Errorf("with descriptors again %d of 60 run", n)
		}
		m.must("stopProcessGroup", "crowd")
	}
	m.awaitLog("too many open files to spawn")
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}

// loner is a user who has no other processes.
const loner = 61234

// The system refuses to fork, because the user has too many processes. The daemon
// itself needs threads and must not die of that.
func TestForkRefusedToUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can be a user of his own")
	}
	m := play(t, ground{user: loner, programs: crowd})
	m.awaitLines("writer", 10)
	for range pick(2, 20) {
		m.tries++
		m.limitProcesses(1)
		if n := m.started(); n != 0 {
			t.Errorf("%d could be started", n)
		}
		m.storm()
		m.limitProcesses(4000)
		if n := m.started(); n != 60 {
			t.Errorf("with processes again %d of 60 run", n)
		}
		m.must("stopProcessGroup", "crowd")
		m.awaitState("RUNNING", "writer")
	}
	m.awaitLog("Too many processes in process table to spawn")
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}

// limitProcesses sets how many processes and threads the user of the daemon may
// have. Only he may do that, even where root has lost some of his rights.
func (m *match) limitProcesses(n int) {
	m.t.Helper()
	cmd := exec.Command("prlimit", "--pid", strconv.Itoa(m.pid), fmt.Sprintf("--nproc=%d:", n))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: loner, Gid: loner}}
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
}

// storm makes the daemon work on many things at once while something is short.
func (m *match) storm() {
	m.t.Helper()
	if pid := m.info("writer").PID; pid != 0 { // it may wait for its next try
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			m.t.Error(err)
		}
	}
	m.dial(5)
	for i := range 60 {
		_, _ = m.call("startProcess", fmt.Sprintf("crowd:%d", i), false) // which cannot be
		_, _ = m.call("readProcessStdoutLog", fmt.Sprintf("crowd:%d", i), 0, 100)
	}
	m.agree()
}

// cgroup makes a control group of the first version or the second; the daemon is
// moved there. Limits are set by the returned function.
func (m *match) cgroup(controller string) (set func(file, value string)) {
	m.t.Helper()
	dir := filepath.Join("/sys/fs/cgroup", controller, filepath.Base(m.Dir))
	if err := os.Mkdir(dir, 0o755); err != nil {
		m.t.Skipf("this machine has no control group for %s that can be used: %v", controller, err)
	}
	m.t.Cleanup(func() {
		m.Await("an empty control group", func() bool {
			text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
			if err != nil {
				m.t.Error(err)
				return true
			}
			for word := range strings.FieldsSeq(string(text)) { // only after a failure
				if pid, err := strconv.Atoi(word); err == nil {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
			return len(text) == 0
		})
		if err := os.Remove(dir); err != nil {
			m.t.Error(err)
		}
	})
	set = func(file, value string) {
		m.t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(value), 0o644); err != nil {
			m.t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(m.pid)), 0o644); err != nil {
		m.t.Skipf("this machine lets nobody into a control group: %v", err)
	}
	return set
}

// A program forks without end until the system refuses to fork at all. The daemon
// goes on, and can stop it.
func TestForkBomb(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can make control groups")
	}
	m := play(t, ground{
		programs: crowd + `[program:bomb]
command=$BADLY bomb
stdout_logfile=NONE
stderr_logfile=NONE
autostart=false
autorestart=false
startretries=0
startsecs=0
stopsignal=KILL
stopasgroup=true
killasgroup=true
`})
	m.awaitLines("writer", 10)
	set := m.cgroup("pids")
	for range pick(2, 20) {
		m.tries++
		set("pids.max", "250")
		m.Await("the bomb", func() bool { // what was killed may not have been collected yet, by somebody else
			_, err := m.call("startProcess", "bomb")
			return err == nil
		})
		m.Await("a full process table", func() bool { return m.refused() })
		m.storm()
		m.must("stopProcessGroup", "bomb")
		set("pids.max", "max")
		m.endStrays()
		m.awaitCollected()
		m.must("stopProcessGroup", "crowd")
		if n := m.started(); n != 60 {
			t.Errorf("with processes again %d of 60 run", n)
		}
		m.must("stopProcessGroup", "crowd")
	}
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}

// refused reports whether the daemon cannot start anything now.
func (m *match) refused() bool {
	_, err := m.call("startProcess", "crowd:0")
	if err == nil {
		m.must("stopProcess", "crowd:0")
	}
	return err != nil
}

// endStrays ends what a bomb has left behind: processes whose parents are dead.
func (m *match) endStrays() {
	m.t.Helper()
	m.Await("the end of the strays", func() bool {
		strays := 0
		for _, p := range processes(m.t) {
			if p.pid != m.pid && p.parent != m.pid && p.state != 'Z' && p.of(m.Dir) {
				strays++
				_ = syscall.Kill(p.pid, syscall.SIGKILL) // it may just have ended
			}
		}
		return strays == 0
	})
}

// awaitCollected waits until somebody has collected what a bomb has left behind. The
// first process of a container may not be one who does; then there is no room for
// another bomb.
func (m *match) awaitCollected() {
	m.t.Helper()
	zombies := func() (n int) {
		for _, p := range processes(m.t) {
			if p.parent != m.pid && p.state == 'Z' {
				n++
			}
		}
		return n
	}
	for deadline := time.Now().Add(stage.Patience / 2); zombies() > 100; <-time.After(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			m.t.Skipf("on this machine nobody collects orphans: %d have ended", zombies())
		}
	}
}

// lambs are for the kernel, which may want a second victim before the memory of
// the first is free: of what is left the daemon would be the largest.
const lambs = `[program:lamb]
command=/bin/sh -c "echo 1000 >/proc/self/oom_score_adj; exec sleep 100000"
process_name=%(program_name)s_%(process_num)d
numprocs=3
stdout_logfile=NONE
stderr_logfile=NONE
autostart=false
autorestart=true
startsecs=0
`

// Programs take more memory than there is; the system kills them, not the daemon,
// which starts them again.
func TestMemoryPressure(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can make control groups")
	}
	m := play(t, ground{
		programs: crowd + `[program:hog]
command=$BADLY hog
stdout_logfile=NONE
stderr_logfile=NONE
autostart=false
autorestart=true
startretries=1000
startsecs=0
` + lambs})
	m.awaitLines("writer", 10)
	set := m.cgroup("memory")
	set("memory.limit_in_bytes", strconv.Itoa(400<<20))
	set("memory.swappiness", "0") // or nobody would be killed before the swap is full, too
	m.must("startProcessGroup", "lamb", false)
	m.must("startProcess", "hog", false)
	m.Await("deaths for want of memory", func() bool {
		m.tries = strings.Count(m.Read("supervisord.log"), "exited: hog (terminated by SIGKILL")
		return m.tries >= pick(3, 10)
	})
	m.must("stopProcess", "hog")
	if got := m.info("writer"); got.State != wire.ProcessState(20) {
		t.Errorf("the writer is %s", got.State)
	}
	m.finish()
	t.Logf("%+v", m.count("writer", m.wholeLog(m.Path("writer.log"))))
}
