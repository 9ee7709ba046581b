package supervisorctl

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/internal/config"
	"supervisor/xmlrpc/client"
)

// patience is how long something that must happen may take on a slow machine.
const patience = 30 * time.Second

// openTerminal returns both ends of a pseudo-terminal (pty(7)).
func openTerminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(func() { user.Close() })
	fd := int(user.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return user, program
}

// typist sits at a terminal on which a shell runs.
type typist struct {
	t      *testing.T
	user   *os.File
	text   chan string // what appears on the screen
	screen string      // what has appeared and not been looked at
	exit   chan int
}

// sit starts a shell on a terminal.
func sit(t *testing.T, dial dialer, settings string, args ...string) *typist {
	t.Helper()
	return sitWith(t, dial, settings, func(*Invocation) {}, args...)
}

// sitWith is sit with something changed.
func sitWith(t *testing.T, dial dialer, settings string, change func(*Invocation), args ...string) *typist {
	t.Helper()
	user, program := openTerminal(t)
	file := filepath.Join(t.TempDir(), "supervisord.conf")
	if err := os.WriteFile(file, []byte("[supervisorctl]\nserverurl="+fakeURL+"\n"+settings), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &typist{t: t, user: user, text: make(chan string, 1000), exit: make(chan int, 1)}
	go p.read()
	inv := Invocation{
		Args: append([]string{"-c", file}, args...), Exe: "/usr/bin/supervisorctl", Cwd: t.TempDir(),
		Stdin: program, Stdout: program, Stderr: program,
		Interruptible: context.WithCancel,
	}
	change(&inv)
	go func() { p.exit <- run(inv, dial) }()
	return p
}

// read takes what appears, until the terminal is gone.
func (p *typist) read() {
	buffer := make([]byte, 4096)
	for {
		n, err := p.user.Read(buffer)
		if err != nil {
			close(p.text)
			return
		}
		p.text <- string(buffer[:n])
	}
}

func (p *typist) types(keys string) {
	p.t.Helper()
	if _, err := p.user.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// sees waits until the text appears, and forgets what came before it.
func (p *typist) sees(text string) {
	p.t.Helper()
	deadline := time.After(patience)
	for !strings.Contains(p.screen, text) {
		select {
		case more, ok := <-p.text:
			if !ok {
				p.t.Fatalf("the terminal is gone, before %q: %q", text, p.screen)
			}
			p.screen += more
		case <-deadline:
			p.t.Fatalf("%q does not appear: %q", text, p.screen)
		}
	}
	_, p.screen, _ = strings.Cut(p.screen, text)
}

// leaves waits for the end of the program.
func (p *typist) leaves(status int) {
	p.t.Helper()
	select {
	case got := <-p.exit:
		if got != status {
			p.t.Errorf("ends with status %d, want %d", got, status)
		}
	case <-time.After(patience):
		p.t.Fatal("does not end")
	}
}

func TestConsole(t *testing.T) {
	t.Run("CTL-190 CTL-191 end of input", func(t *testing.T) {
		p := sit(t, always(twoProcesses), "")
		p.sees("cat                              RUNNING   pid 5, uptime 0:00:01\r\n")
		p.sees("supervisor> ")
		p.types("start\r")
		p.sees("Error: start requires a process name\r\nstart <name>")
		p.sees("supervisor> ")
		p.types("\x04")
		p.sees("\r\n")
		p.leaves(0)
	})
	t.Run("CTL-191 interrupt at the prompt", func(t *testing.T) {
		p := sit(t, always(twoProcesses), "prompt=mine\n")
		p.sees("mine> ")
		p.types("sta\x03")
		p.sees("\r\n")
		p.leaves(0)
	})
	t.Run("CTL-192 completion", func(t *testing.T) {
		p := sit(t, always(twoProcesses), "")
		for _, step := range []struct{ keys, appears string }{
			{"vers\t", "version "},
			{"\x15st\t", "start  status  stop\r\nsupervisor> st"},
			{"\x15help rem\t", "help remove "},
			{"\x15start ca\t", "start cat "},
			{"\x15start m\t", "start many:"},
			{"o\t", "many:one  many:other\r\nsupervisor> start many:o"},
			{"n\t", "start many:one "},
			{"\x15stop many:\t", "many:*  many:one  many:other\r\n"},
			{"\x15fg cat:\t", "cat:*  cat:cat\r\n"},
			{"\x15add m\t", "add many "},
			{"\x15signal HUP ca\t", "signal HUP cat "},
			{"\x15version x\tx", "version xx"},
			{"\x15nonsense x\tx", "nonsense xx"},
		} {
			p.types(step.keys)
			p.sees(step.appears)
		}
		p.types("\x15quit\r")
		p.leaves(0)
	})
	t.Run("CTL-193 history", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "history")
		if err := os.WriteFile(file, []byte("pid\nversion\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := sit(t, always(twoProcesses), "history_file="+file+"\n")
		p.sees("supervisor> ")
		p.types("\x1b[A\r") // up
		p.sees("version\r\n4.2.5\r\n")
		p.types("quit\r")
		p.leaves(0)
		if text, err := os.ReadFile(file); err != nil || string(text) != "pid\nversion\nversion\nquit\n" {
			t.Errorf("history %q, %v", text, err)
		}
	})
	t.Run("CTL-015 credentials", func(t *testing.T) {
		dial := func(c config.Ctl) (server, error) {
			if c.Username != "me" || c.Password != "secret" {
				return answers{"getVersion": &client.StatusError{Code: 401, Status: "Unauthorized"}}, nil
			}
			return twoProcesses, nil
		}
		p := sit(t, dial, "")
		p.sees("Server requires authentication\r\nUsername:")
		p.types("me\r")
		p.sees("Password:")
		p.types("wrong\r")
		p.sees("Server requires authentication\r\nUsername:")
		p.types("me\r")
		p.sees("Password:")
		p.types("secret\r")
		p.sees("RUNNING")
		if strings.Contains(p.screen, "secret") {
			t.Error("the password is shown")
		}
		p.sees("supervisor> ")
		p.types("\x04")
		p.leaves(0)
	})
	t.Run("CTL-185 confirmation", func(t *testing.T) {
		a := answers{"getAllProcessInfo": []any{}, "shutdown": true, "restart": true}
		p := sit(t, always(a), "")
		p.types("shutdown\rno\r") // typed ahead, too
		p.sees("Really shut the remote supervisord process down y/N? ")
		p.sees("supervisor> ")
		p.types("reload\rYes\r")
		p.sees("Really restart the remote supervisord process y/N? ")
		p.sees("Restarted supervisord\r\n")
		p.types("shutdown\ry\r")
		p.sees("Shut down\r\n")
		p.types("quit\r")
		p.leaves(0)
	})
	t.Run("control characters", func(t *testing.T) {
		p := sit(t, always(answers{
			"getAllProcessInfo":              []any{info("x", 200, "FATAL", 0, "bad \x1b]0;title\x07 \u009b2J")},
			"readProcessStdoutLog x -1600 0": "\x1b[31mred\x1b[0m",
		}), "")
		p.sees("FATAL     bad ^[]0;title^G <U+009B>2J\r\n")
		p.types("tail x\r")
		p.sees("\x1b[31mred\x1b[0m\r\n") // the user's own log, in colour
		p.sees("supervisor> ")
		p.types("\x04")
		p.leaves(0)
	})
	t.Run("the end of foreground is not the end of the shell", func(t *testing.T) {
		a := answers{"getAllProcessInfo": []any{}, "getProcessInfo cat": info("cat", 20, "RUNNING", 5, ""),
			"sendProcessStdin cat hello\n": true, "getSupervisorVersion": "4.2.5",
			"/logtail/cat/stdout": "", "/logtail/cat/stderr": ""}
		p := sit(t, always(a), "")
		p.sees("supervisor> ")
		p.types("fg cat\r")
		p.sees("==> Press Ctrl-C to exit <==\r\n")
		p.types("hello\r\x04")
		p.sees("Exiting foreground\r\nsupervisor> ")
		p.types("version\r")
		p.sees("4.2.5\r\n")
		p.types("quit\r")
		p.leaves(0)
	})
}
