package pidproxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is, by the name it is called, the proxy itself or a program
// that tells which signals it gets.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "pidproxy":
		os.Exit(Run(os.Args, os.Stdout, os.Stderr))
	case "listener":
		listen(os.Args[1:])
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// listen prints its pid and arguments and then every signal it gets, and ends
// when its stdin does.
func listen(args []string) {
	caught := make(chan os.Signal, 8)
	signal.Notify(caught, syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGHUP)
	fmt.Println(os.Getpid(), args)
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	for {
		select {
		case sig := <-caught:
			fmt.Println(sig)
		case <-ended:
			return
		}
	}
}

// proxy is a running proxy over a listener; out is what both print.
type proxy struct {
	*exec.Cmd
	pidfile  string
	listener int
	in       io.WriteCloser
	out      *bufio.Reader
}

func startProxy(t *testing.T, args ...string) *proxy {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "listener")); err != nil {
		t.Fatal(err)
	}
	p := &proxy{pidfile: filepath.Join(dir, "pid")}
	p.Cmd = &exec.Cmd{Path: self, Dir: dir, Args: append([]string{"pidproxy", p.pidfile, "./listener"}, args...)}
	if p.in, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.AfterFunc(30*time.Second, func() { _ = p.Process.Kill() })
	t.Cleanup(func() {
		deadline.Stop()
		p.in.Close()
	})
	hello, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var rest string
	if _, err := fmt.Sscanf(hello, "%d %s", &p.listener, &rest); err != nil || rest != fmt.Sprint(args) {
		t.Fatalf("the listener says %q, %v; want its pid and %v", hello, err, args)
	}
	return p
}

func (p *proxy) writePID(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(p.pidfile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p *proxy) expect(t *testing.T, want string) {
	t.Helper()
	if line, err := p.out.ReadString('\n'); line != want+"\n" {
		t.Fatalf("read %q, %v; want %q", line, err, want)
	}
}

func (p *proxy) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// wait expects the proxy to end well.
func (p *proxy) wait(t *testing.T) {
	t.Helper()
	if state, err := p.Process.Wait(); err != nil || state.ExitCode() != 0 {
		t.Errorf("the proxy ended with %v, %v; want exit code 0", state, err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"/bin/pidproxy"}, {"/bin/pidproxy", "pidfile"}} {
		var stdout, stderr bytes.Buffer
		code := Run(args, &stdout, &stderr)
		const usage = "Usage: /bin/pidproxy <pidfile name> <command> [<cmdarg1> ...]"
		if code != 1 || !strings.Contains(stdout.String(), usage) || stderr.Len() > 0 {
			t.Errorf("CLI-081: Run(%q) = %d with stdout %q and stderr %q", args, code, &stdout, &stderr)
		}
	}
}

// CLI-082: the proxy forwards and goes on.
func TestForwards(t *testing.T) {
	p := startProxy(t, "a")
	p.writePID(t, fmt.Sprintf(" %d\n", p.listener))
	p.signal(t, syscall.SIGUSR1)
	p.expect(t, syscall.SIGUSR1.String())
	p.signal(t, syscall.SIGHUP)
	p.expect(t, syscall.SIGHUP.String())
	p.in.Close()
	p.wait(t)
}

// CLI-083: the proxy ends although its child has survived the signal.
func TestForwardsTermAndExits(t *testing.T) {
	p := startProxy(t, "a")
	p.writePID(t, fmt.Sprintln(p.listener))
	p.signal(t, syscall.SIGTERM)
	p.wait(t)
	p.expect(t, syscall.SIGTERM.String())
}

// CLI-084: a signal that cannot be forwarded is lost, and the proxy says so.
func TestUnreadablePIDFile(t *testing.T) {
	p := startProxy(t, "a")
	complaint := fmt.Sprintf("Can't read child pidfile %s!", p.pidfile)
	p.signal(t, syscall.SIGUSR1)
	p.expect(t, complaint)
	for _, text := range []string{"", "abc\n", "0\n", "-1\n"} {
		p.writePID(t, text)
		p.signal(t, syscall.SIGUSR1)
		p.expect(t, complaint)
	}
	p.signal(t, syscall.SIGTERM)
	p.expect(t, complaint)
	p.wait(t)
}

func TestDeadPID(t *testing.T) {
	gone := exec.Command("/bin/true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	p := startProxy(t, "a")
	p.writePID(t, fmt.Sprintln(gone.Process.Pid))
	p.signal(t, syscall.SIGUSR1)
	p.expect(t, fmt.Sprintf("Can't send SIGUSR1 to pid %d: no such process", gone.Process.Pid))
	p.in.Close()
	p.wait(t)
}

// CLI-085: the proxy ends with its child and hides its exit code, which is 3.
func TestEndsWithChild(t *testing.T) {
	for _, args := range [][]string{nil, {"one"}} {
		p := startProxy(t, args...)
		p.in.Close()
		p.wait(t)
	}
}

func TestCommandThatCannotRun(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := Run([]string{"pidproxy", "pidfile", "/nonexistent/program"}, &stdout, &stderr)
	if code != 127 || !strings.Contains(stderr.String(), "cannot run /nonexistent/program: ") {
		t.Errorf("Run = %d with stderr %q", code, &stderr)
	}
}
