package supervisorctl

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc/client"
)

// leaver is somebody at a terminal whose program gets signals, and raises some.
type leaver struct {
	*typist
	signals chan os.Signal
	raised  chan raised
	goOn    chan bool // the user goes on after a stop
}

// raised is a signal, and how the program had left the terminal for it.
type raised struct {
	sig syscall.Signal
	raw bool
}

func sitToLeave(t *testing.T, server server, env []string, args ...string) leaver {
	t.Helper()
	l := leaver{signals: make(chan os.Signal, 1), raised: make(chan raised), goOn: make(chan bool)}
	var program *os.File
	l.typist = sitWith(t, always(server), "", func(inv *Invocation) {
		program = inv.Stdin.(*os.File)
		inv.Env = env
		inv.Signals = func(...os.Signal) (<-chan os.Signal, func()) { return l.signals, func() {} }
		inv.Raise = func(sig syscall.Signal) {
			l.raised <- raised{sig, raw(t, program)}
			<-l.goOn
		}
		resize(t, program, 80, 24)
	}, args...)
	return l
}

// stops waits until the program raises a signal, and lets it go on.
func (l leaver) stops(sig syscall.Signal) {
	l.t.Helper()
	if got := <-l.raised; got != (raised{sig, false}) {
		l.t.Errorf("raised is %+v, want %v with the terminal given back", got, sig)
	}
	l.goOn <- true
}

// A program that is ended or stopped at the prompt gave the user's shell a terminal
// that shows nothing of what is typed.
func TestTheTerminalIsGivenBack(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(sig.String(), func(t *testing.T) {
			l := sitToLeave(t, twoProcesses, nil)
			l.sees("supervisor> ")
			l.signals <- sig
			l.stops(sig)
			l.sees("supervisor> ") // it was nohup(1) that had started it
			l.types("\x04")
			l.leaves(0)
		})
	}
	t.Run("Ctrl-Z at the prompt", func(t *testing.T) {
		l := sitToLeave(t, twoProcesses, nil)
		l.sees("supervisor> ")
		l.types("vers\x1a")
		l.stops(syscall.SIGTSTP)
		l.sees("supervisor> vers")
		l.types("ion\r")
		l.sees("4.2.5\r\nsupervisor> ") // before it, the terminal would make something else of a Ctrl-D
		l.types("\x04")
		l.leaves(0)
	})
	t.Run("a shell that leaves its own mode", func(t *testing.T) {
		l := sitToLeave(t, twoProcesses, nil)
		l.sees("supervisor> ")
		l.signals <- syscall.SIGCONT
		l.sees("supervisor> ")
		l.types("\x04")
		l.leaves(0)
	})
	t.Run("Ctrl-Z in top", func(t *testing.T) {
		lib := newLibrary("api")
		l := sitToLeave(t, topServer{library: lib, others: busy(lib)}, []string{"TERM=xterm"}, "top")
		l.sees("1 programs")
		l.types("\x1a")
		l.sees(leaveScreen)
		l.stops(syscall.SIGTSTP)
		l.sees("\x1b[?1049h\x1b[?25l")
		l.sees("1 programs")
		l.signals <- syscall.SIGCONT
		l.sees("\x1b[?1049h\x1b[?25l")
		l.signals <- syscall.SIGINT
		l.sees(leaveScreen)
		l.leaves(0)
		if raw(t, l.user) {
			t.Error("the terminal is left in raw mode")
		}
	})
	t.Run("a dumb terminal", func(t *testing.T) {
		l := sitToLeave(t, twoProcesses, []string{"TERM=dumb"}, "top")
		l.sees("Error: top needs a terminal that can do more than this one (TERM=dumb)\r\n")
		l.leaves(1)
	})
}

// Regression: Ctrl-C at the question for a password was an "EOFError"; at the question
// for the name, where the terminal makes a signal of it, it ended the program.
func TestInterruptAtThePassword(t *testing.T) {
	locked := answers{"getVersion": &client.StatusError{Code: 401, Status: "Unauthorized"}}
	l := sitToLeave(t, locked, nil, "-i", "version")
	l.sees("Username:")
	l.types("me\r")
	l.sees("Password:")
	l.types("sec\x03")
	l.stops(syscall.SIGINT)
	l.leaves(1) // here the signal ends nothing

	l = sitToLeave(t, locked, nil, "-i", "--json", "version")
	l.types("me\r")
	l.sees("Password:")
	l.types("\x03")
	l.sees(`"interrupted"`)
	l.leaves(1)

	p := sit(t, always(locked), "")
	p.sees("Username:")
	p.types("me\r")
	p.sees("Password:")
	p.types("\x03")
	p.leaves(0)
	if strings.Contains(p.screen, "error: ") || raw(t, p.user) {
		t.Errorf("%q", p.screen)
	}
}

// A password is not shown either where the answers go to a file.
func TestPasswordIsNotShownBesideAFile(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	dial := func(c config.Ctl) (server, error) {
		if c.Password != "secret" {
			return answers{"getVersion": &client.StatusError{Code: 401, Status: "Unauthorized"}}, nil
		}
		return twoProcesses, nil
	}
	p := sitWith(t, dial, "", func(inv *Invocation) { inv.Stdout = file }, "-i", "version")
	p.types("me\r")
	p.sees("Password:")
	p.types("secret\r")
	p.leaves(0)
	if strings.Contains(p.screen, "secret") {
		t.Error("the password is shown")
	}
	if text, err := os.ReadFile(file.Name()); err != nil || !strings.Contains(string(text), "4.2.5\n") || strings.Contains(string(text), "Password:") {
		t.Errorf("%q, %v", text, err)
	}
}
