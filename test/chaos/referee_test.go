//go:build linux

package chaos

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/wire"
	"supervisor/test/stage"
	"supervisor/xmlrpc/client"
)

// slowest is how long an answer may take. The aim is a second; a busy machine
// with the race detector on gets more before that is a failure.
const slowest = 40 * time.Second

// idleConnections is how many descriptors more an idle daemon may have open at one
// time than at another: those of clients.
const idleConnections = 5

// match is one daemon that something happens to, and the referee who watches it.
type match struct {
	*stage.Stage
	t      *testing.T
	daemon *stage.Daemon
	pid    int
	client *client.Client
	watch  *watch
	tries  int    // how often the fault came
	root   string // how what the daemon sees is reached: "" or /proc/PID/root
	open   int    // how many descriptors the daemon had when it was idle
}

// configuration stands before the programs of every match.
const configuration = `[supervisord]
logfile=$DIR/supervisord.log
pidfile=$DIR/supervisord.pid
childlogdir=$DIR
MORE
[unix_http_server]
file=$DIR/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`

// ground says where and how a match is played.
type ground struct {
	more     string // of the section [supervisord]
	programs string // sections; $WRITER is the writer with its directory
	user     int    // who runs the daemon if the test is root; 0: root
	mounts   string // a script of root that mounts something for the daemon alone
	edit     func(*exec.Cmd)
	ready    func(*match) // called before the daemon is started
}

// nobody is the user and group that is ordinary everywhere.
const nobody = 65534

func programs() stage.Programs { return stage.Programs(os.Getenv(programsVariable)) }

// play starts a daemon and waits until it answers.
func play(t *testing.T, g ground) *match {
	t.Helper()
	m := &match{Stage: stage.New(t, ""), t: t}
	if err := os.Mkdir(m.Path("accounts"), 0o777); err != nil {
		t.Fatal(err)
	}
	m.configure(g)
	if g.user != 0 && os.Getuid() == 0 {
		for _, path := range []string{m.Dir, m.Path("accounts")} {
			if err := os.Chown(path, g.user, g.user); err != nil {
				t.Fatal(err)
			}
		}
	}
	var words []string
	if g.mounts != "" {
		m.root, words = m.Mount(g.mounts)
	}
	if g.ready != nil {
		g.ready(m)
	}
	m.daemon = m.Start(programs(), func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "GORACE=log_path=stderr")
		if g.user != 0 && os.Getuid() == 0 {
			id := uint32(g.user)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
		}
		if g.edit != nil {
			g.edit(cmd)
		}
	}, words...)
	m.pid = m.daemon.Cmd.Process.Pid
	c, err := client.New("unix://"+m.Path("socket"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	m.client = c
	t.Cleanup(func() { _ = c.Close() }) // at the end of a test nobody cares
	m.Await("an answer", func() bool { _, err := m.infos(); return err == nil })
	m.watch = m.watchStatus()
	return m
}

// at returns the path by which the test reaches what the daemon sees at a path
// of the stage.
func (m *match) at(name string) string { return m.root + m.Path(name) }

// configure writes the configuration file.
func (m *match) configure(g ground) {
	m.t.Helper()
	text := strings.Replace(configuration, "MORE", g.more, 1) + g.programs
	m.Write("supervisord.conf", strings.NewReplacer(
		"$DIR", m.Dir,
		"$BADLY", string(programs())+"/writer",
		"$WRITER", string(programs())+"/writer "+m.Path("accounts"),
	).Replace(text))
}

// call calls a method of the supervisor.
func (m *match) call(method string, params ...any) (any, error) {
	ctx, cancel := context.WithTimeout(m.t.Context(), stage.Patience)
	defer cancel()
	return m.client.Call(ctx, "supervisor."+method, params...)
}

// must calls a method that must not fail.
func (m *match) must(method string, params ...any) any {
	m.t.Helper()
	v, err := m.call(method, params...)
	if err != nil {
		m.t.Fatalf("%v\n%s", err, m.Read("supervisord.log"))
	}
	return v
}

func (m *match) infos() (wire.ProcessInfos, error) {
	v, err := m.call(wire.GetAllProcessInfo)
	if err != nil {
		return nil, err
	}
	return wire.ParseProcessInfos(v)
}

// info returns what the daemon says of a process.
func (m *match) info(name string) wire.ProcessInfo {
	m.t.Helper()
	infos, err := m.infos()
	if err != nil {
		m.t.Fatal(err)
	}
	i := slices.IndexFunc(infos, func(p wire.ProcessInfo) bool { return p.Name == name })
	if i < 0 {
		m.t.Fatalf("there is no process %s", name)
	}
	return infos[i]
}

// awaitState waits until processes are in a state.
func (m *match) awaitState(state string, names ...string) {
	m.t.Helper()
	m.Await(fmt.Sprint(names, " ", state), func() bool {
		infos, err := m.infos() // it may just begin another life
		return err == nil && !slices.ContainsFunc(names, func(name string) bool {
			return !slices.ContainsFunc(infos, func(p wire.ProcessInfo) bool { return p.Name == name && p.State.String() == state })
		})
	})
}

// awaitLog waits until the activity log says something.
func (m *match) awaitLog(text string) {
	m.t.Helper()
	m.Await("in the log: "+text, func() bool { return strings.Contains(m.Read("supervisord.log"), text) })
}

// signal sends the daemon a signal.
func (m *match) signal(sig syscall.Signal) {
	m.t.Helper()
	if err := syscall.Kill(m.pid, sig); err != nil {
		m.t.Fatal(err)
	}
}

// finish is the end of every match: the daemon's word agrees with the kernel's,
// the status was never long in coming, the daemon ends when it is asked to, with
// the status 0, and leaves no process behind.
func (m *match) finish() {
	m.t.Helper()
	m.agree()
	if m.open > 0 {
		m.flat(m.open + idleConnections)
	}
	m.watch.stop()
	m.signal(syscall.SIGTERM)
	m.ended()
	m.t.Logf("faults: %d; status: %d times, at worst %v, refused %d times",
		m.tries, m.watch.asked, m.watch.worst.Round(time.Millisecond), m.watch.refused)
	if m.watch.worst > slowest {
		m.t.Errorf("a status took %v", m.watch.worst)
	}
	if m.watch.asked == 0 {
		m.t.Error("the status was never answered")
	}
}

// ended waits for the daemon's end, with the status 0.
func (m *match) ended() {
	m.t.Helper()
	if out, err := m.daemon.End(); err != nil {
		m.t.Errorf("the daemon ended with %v; its words:\n%s", err, out)
	}
	var left string
	defer func() {
		if left != "" {
			m.t.Log("there is still", left)
		}
	}()
	m.Await("nothing outlives the daemon", func() bool { // but children of programs, for a moment
		left = ""
		for _, p := range processes(m.t) {
			if p.of(m.Dir) {
				left += p.command()
			}
		}
		return left == ""
	})
}

// watch is a client that asks for the status all the time.
type watch struct {
	stop    func()
	asked   int           // how often there was an answer
	refused int           // how often there was none
	worst   time.Duration // the longest that an answer took
}

// watchStatus begins to ask.
func (m *match) watchStatus() *watch {
	m.t.Helper()
	c, err := client.New("unix://"+m.Path("socket"), "", "")
	if err != nil {
		m.t.Fatal(err)
	}
	w := &watch{}
	quit := make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		defer c.Close()
		pause := time.NewTicker(20 * time.Millisecond)
		defer pause.Stop()
		for {
			begin := time.Now()
			_, err := c.Call(context.Background(), "supervisor."+wire.GetAllProcessInfo)
			w.worst = max(w.worst, time.Since(begin))
			if err == nil {
				w.asked++
			} else {
				w.refused++
			}
			select {
			case <-pause.C:
			case <-quit:
				return
			}
		}
	})
	w.stop = sync.OnceFunc(func() {
		close(quit)
		asking.Wait()
	})
	m.t.Cleanup(w.stop)
	return w
}
