//go:build linux

// Package upgrade holds the proof that a supervisord becomes another program
// without anybody noticing: under load, into programs that cannot go on, and in
// the moments in which something else happens too.
//
// It has tests only. make chaos chaos=./test/upgrade makes them longer: 100
// programs, 100 upgrades, and 1,000 programs that end in the very moment.
package upgrade

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisor/test/stage"
	"supervisor/xmlrpc"
	"supervisor/xmlrpc/client"
)

// roleVariable says what a child of ours is to do.
const roleVariable = "UPGRADE_ROLE"

// programsVariable says where the programs have been built.
const programsVariable = "UPGRADE_PROGRAMS"

// long is whether there is time.
func long() bool { return os.Getenv("CHAOS") == "long" }

// scale returns how many of something there are.
func scale(short, many int) int {
	if long() {
		return many
	}
	return short
}

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		play(role)
		return
	}
	flag.Parse()
	stage.LogIn()
	dir, err := os.MkdirTemp("", "upgrade")
	if err == nil {
		err = build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv(programsVariable, dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// variants are supervisords that something is wrong with: what is replaced in
// which file.
var variants = map[string][3]string{
	"plain":     {},
	"future":    {"image.go", "const imageVersion = 1", "const imageVersion = 2"},
	"failing":   {"resume.go", "groups := i.Loop.Configs()", "groups := i.Loop.Configs()\n\tpanic(\"broken on purpose\")"},
	"deaf":      {"resume.go", "p.signals.catch() // first of all", deaf + "p.signals.catch() // first of all"},
	"crashing":  {"resume.go", "groups := i.Loop.Configs()", "groups := i.Loop.Configs()\n\tos.Exit(3)"},
	"hanging":   {"ask.go", "text, err := upgrade.Read(stdin)", "time.Sleep(time.Hour)\n\ttext, err := upgrade.Read(stdin)"},
	"vanishing": {"ask.go", "text, err := upgrade.Read(stdin)", "self, _ := os.Executable()\n\tos.Chmod(self, 0o644)\n\ttext, err := upgrade.Read(stdin)"},
}

// deaf makes the moment before a new program listens to signals as long as one likes:
// it says that it has begun, and ends when there is a file called hear.
const deaf = `stage := os.Getenv("STAGE")
	_ = os.WriteFile(stage+"/deaf", nil, 0o644)
	for _, err := os.Stat(stage + "/hear"); err != nil; _, err = os.Stat(stage + "/hear") {
		_, _ = syscall.Select(0, nil, nil, nil, &syscall.Timeval{Usec: 10_000})
	}
	`

// build builds the programs as users get them, and their variants.
func build(dir string) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	for name, change := range variants {
		args := []string{"build", "-o", filepath.Join(dir, name) + "/"}
		if change[0] != "" {
			file := filepath.Join(root, "internal/supervisord", change[0])
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if strings.Count(string(text), change[1]) != 1 {
				return fmt.Errorf("cannot find what to replace in %s", change[0])
			}
			changed := filepath.Join(dir, name+".go")
			if err := os.WriteFile(changed, []byte(strings.Replace(string(text), change[1], change[2], 1)), 0o644); err != nil {
				return err
			}
			overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
			if err != nil {
				return err
			}
			if err := os.WriteFile(changed+".json", overlay, 0o644); err != nil {
				return err
			}
			args = append(args, "-overlay", changed+".json", "supervisor/cmd/supervisord")
		} else {
			args = append(args, "supervisor/cmd/supervisord", "supervisor/cmd/supervisorctl")
		}
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build the programs: %w\n%s", err, out)
		}
	}
	return nil
}

func variant(name string) stage.Programs {
	return stage.Programs(filepath.Join(os.Getenv(programsVariable), name))
}

func program(name string) string { return filepath.Join(string(variant(name)), "supervisord") }

// play is what the children do.
func play(role string) {
	switch role {
	case "writer":
		// As fast as it goes at first, then a little all the time.
		out := bufio.NewWriter(os.Stdout)
		for i := 0; ; i++ {
			fmt.Fprintf(out, "line %d\n", i)
			if i > 60_000 {
				out.Flush()
				pause(5 * time.Millisecond)
			}
		}
	case "listener":
		in := bufio.NewReader(os.Stdin)
		for {
			fmt.Print("READY\n")
			header, err := in.ReadString('\n')
			if err != nil {
				return
			}
			size, _ := strconv.Atoi(strings.TrimSpace(header[strings.Index(header, "len:")+4:]))
			payload := make([]byte, size)
			if _, err := io.ReadFull(in, payload); err != nil {
				return
			}
			_, data, _ := strings.Cut(string(payload), "\n")
			fmt.Fprintln(os.Stderr, data)
			fmt.Print("RESULT 2\nOK")
		}
	case "acceptor": // of a FastCGI socket: it answers each line
		l, err := net.FileListener(os.Stdin)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c)
		}
	case "mortal": // it says when and how it will end
		status := 1 + os.Getpid()%200
		pause(time.Duration(os.Getpid()%40) * time.Millisecond)
		deaths, err := os.OpenFile(os.Getenv("STAGE")+"/deaths", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if err != nil {
			os.Exit(255)
		}
		fmt.Fprintf(deaths, "%d %d %d\n", os.Getpid(), status, time.Now().UnixNano())
		os.Exit(status)
	}
}

const head = `
[supervisord]
logfile=$DIR/supervisord.log
pidfile=$DIR/supervisord.pid
childlogdir=$DIR
[unix_http_server]
file=$DIR/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$DIR/s.sock
`

// newStage prepares a stage on which $SELF is a program that plays a role.
func newStage(t *testing.T, config string) *stage.Stage {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return stage.New(t, strings.ReplaceAll(head+config, "$SELF", self))
}

// caller is a client with a connection of its own.
type caller struct {
	t *testing.T
	c *client.Client
}

func newCaller(t *testing.T, s *stage.Stage) *caller {
	t.Helper()
	c, err := client.New("unix://"+s.Path("s.sock"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t, c}
}

func (c *caller) try(method string, params ...any) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), stage.Patience)
	defer cancel()
	return c.c.Call(ctx, "supervisor."+method, params...)
}

func (c *caller) call(method string, params ...any) any {
	c.t.Helper()
	v, err := c.try(method, params...)
	if err != nil {
		c.t.Errorf("%s: %v", method, err)
	}
	return v
}

// facts are what must not change about a process: its pid and when it was started.
type facts struct{ pid, start int }

func (c *caller) facts() map[string]facts {
	c.t.Helper()
	all := make(map[string]facts)
	list, _ := c.call("getAllProcessInfo").([]any)
	for _, p := range list {
		p := p.(xmlrpc.Struct)
		number := func(key string) int {
			v, _ := p.Get(key)
			n, _ := v.(int)
			return n
		}
		name, _ := p.Get("name")
		all[name.(string)] = facts{number("pid"), number("start")}
	}
	return all
}

// begin starts the daemon and waits until it answers and all programs run.
func begin(t *testing.T, s *stage.Stage, p stage.Programs) *stage.Daemon {
	t.Helper()
	d := s.Start(p, nil)
	t.Cleanup(func() {
		_ = d.Cmd.Process.Signal(syscall.SIGTERM) // unless it has ended
	})
	s.Await("all programs run", func() bool {
		c := newCaller(t, s)
		list, err := c.try("getAllProcessInfo")
		if err != nil {
			return false
		}
		for _, p := range list.([]any) {
			if state, _ := p.(xmlrpc.Struct).Get("statename"); state != "RUNNING" {
				return false
			}
		}
		return true
	})
	return d
}

// pause paces a load or a child, and lets a moment be any moment. Nothing is waited
// for with it.
func pause(d time.Duration) { <-time.After(d) }
