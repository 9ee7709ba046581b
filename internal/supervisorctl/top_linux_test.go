package supervisorctl

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// busy is a server whose processes use something.
func busy(l *library) answers {
	return answers{"getVersion": "3.0", "startProcess api": fault(60), "stopProcess api": true, "signalProcess api HUP": true,
		"getProcessStats": []any{xmlrpc.Struct{{Name: "name", Value: "api"}, {Name: "group", Value: "api"}, {Name: "pid", Value: 1},
			{Name: "restarts", Value: 42}, {Name: "memory", Value: 2048}, {Name: "cpu", Value: 0.125}, {Name: "processes", Value: 1}}}}
}

// topServer is a library that also does what it is told.
type topServer struct {
	*library
	others answers
	old    bool
}

func (s topServer) Call(ctx context.Context, method string, params ...any) (any, error) {
	switch strings.TrimPrefix(method, "supervisor.") {
	case wire.WaitForChange, wire.GetAllProcessInfo:
		return s.library.Call(ctx, method, params...)
	case wire.GetProcessStats:
		if s.old {
			return nil, wire.Fault(wire.UnknownMethod, "")
		}
	}
	return s.others.Call(ctx, method, params...)
}

// sitAtTop starts top on a screen of 80 by 24. signals is how the program gets some.
func sitAtTop(t *testing.T, server server, env ...string) (p *typist, signals chan os.Signal) {
	t.Helper()
	signals = make(chan os.Signal, 1)
	p = sitWith(t, always(server), "", func(inv *Invocation) {
		inv.Env = env
		inv.Signals = func(...os.Signal) (<-chan os.Signal, func()) { return signals, func() {} }
		resize(t, inv.Stdin.(*os.File), 80, 24)
	}, "top")
	return p, signals
}

func resize(t *testing.T, terminal *os.File, width, height uint16) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height}); err != nil {
		t.Fatal(err)
	}
}

// raw reports whether what is typed goes to the program key by key.
func raw(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ICANON == 0
}

const leaveScreen = "\x1b[?25h\x1b[?1049l"

func TestTop(t *testing.T) {
	l := newLibrary("api", "日本:日本語")
	l.write("api/stdout", "first line\n")
	t.Run("keys", func(t *testing.T) {
		p, _ := sitAtTop(t, topServer{library: l, others: busy(l)}, "TERM=xterm")
		p.sees("\x1b[?1049h\x1b[?25l")
		p.sees("2 programs")
		p.sees("api")
		p.sees("12.5   2.0 MiB         42")
		p.sees("日本:日本語")
		if !raw(t, p.user) {
			t.Error("the terminal is not in raw mode")
		}
		p.types("s")
		p.sees("api: already started")
		p.types("x")
		p.sees("stop api? y/N")
		p.types("y")
		p.sees("api: stopped")
		p.types("kHUP\r")
		p.sees("api: signalled")
		p.types("l")
		p.sees("log of api")
		p.sees("first line")
		l.write("api/stdout", "second\x1b]0;title\x07 line\n")
		p.sees("second^[]0;title^G line")
		p.types("/日\r")
		p.sees("filter: 日 (1 of 2)")
		p.types("h")
		p.sees("any key: back")
		p.types("hq")
		p.sees(leaveScreen)
		p.leaves(0)
		if raw(t, p.user) {
			t.Error("the terminal is left in raw mode")
		}
	})
	t.Run("the window changes", func(t *testing.T) {
		p, signals := sitAtTop(t, topServer{library: l, others: busy(l)})
		p.sees("\x1b[24;1H")
		resize(t, p.user, 60, 10)
		signals <- syscall.SIGWINCH
		p.sees("\x1b[2J")
		p.sees("\x1b[10;1H")
		p.types("\x03")
		p.sees(leaveScreen)
		p.leaves(0)
	})
	t.Run("a signal ends it and gives the terminal back", func(t *testing.T) {
		p, signals := sitAtTop(t, topServer{library: l, others: busy(l)})
		p.sees("2 programs")
		signals <- syscall.SIGTERM
		p.sees(leaveScreen)
		p.sees("Terminated by terminated")
		p.leaves(1)
		if raw(t, p.user) {
			t.Error("the terminal is left in raw mode")
		}
	})
	t.Run("colours", func(t *testing.T) {
		p, _ := sitAtTop(t, topServer{library: l, others: busy(l)}, "TERM=xterm")
		p.sees("\x1b[32m2 running\x1b[0m")
		p.types("q")
		p.leaves(0)
		p, _ = sitAtTop(t, topServer{library: l, others: busy(l)}, "TERM=xterm", "NO_COLOR=1")
		p.sees(", 2 running ")
		p.types("q")
		p.leaves(0)
	})
	t.Run("Supervisor's own daemon", func(t *testing.T) {
		old := newLibrary("api")
		old.foreign = true
		p, _ := sitAtTop(t, topServer{library: old, others: busy(old), old: true})
		p.sees("sorted by name")
		p.sees("1 programs")
		p.sees("RUNNING         1" + strings.Repeat(" ", 40))
		p.types("q")
		p.leaves(0)
	})
	t.Run("the daemon goes and comes back", func(t *testing.T) {
		away := newLibrary("api")
		p, _ := sitAtTop(t, topServer{library: away, others: busy(away)})
		p.sees("1 programs")
		away.change(func() { away.away = true })
		p.sees("supervisord does not answer")
		away.addProcess("new")
		away.change(func() { away.away = false })
		p.sees("2 programs")
		p.types("q")
		p.leaves(0)
	})
	t.Run("no terminal", func(t *testing.T) {
		if got, status := new(ctl).run(t, answers{}, "top"); got != "Error: top needs a terminal\n" || status != 1 {
			t.Errorf("%q, %d", got, status)
		}
	})
	t.Run("in the shell", func(t *testing.T) {
		p := sitWith(t, always(topServer{library: l, others: with(busy(l), "getSupervisorVersion", "4.3.0")}), "", func(inv *Invocation) {
			inv.Signals = func(...os.Signal) (<-chan os.Signal, func()) { return nil, func() {} }
		})
		p.sees("supervisor> ")
		p.types("top\r")
		p.sees("2 programs")
		p.types("q")
		p.sees(leaveScreen + "supervisor> ")
		p.types("version\r")
		p.sees("4.3.0\r\n")
		p.types("quit\r")
		p.leaves(0)
	})
}
