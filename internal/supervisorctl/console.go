package supervisorctl

import (
	"context"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/term"
)

// console is a terminal on which lines are edited. It is in raw mode only while
// a line is typed, so that commands find it as the user's shell left it.
type console struct {
	in       *input
	out      io.Writer
	fd       int
	terminal *term.Terminal
	signals  func(...os.Signal) (<-chan os.Signal, func()) // see Invocation
	raise    func(syscall.Signal)                          // see Invocation
	before   *term.State                                   // of the terminal, before the line that is being typed
	ctx      context.Context                               // of the line that is being typed; Read has no other way to know

	interrupted bool // Ctrl-C has been typed
}

// newConsole returns nil unless there is a terminal at both ends.
func newConsole(in *input, out io.Writer, inv Invocation) *console {
	if !isTerminal(in.source) || !isTerminal(out) {
		return nil
	}
	c := &console{in: in, out: out, fd: int(in.source.(descriptor).Fd()), signals: inv.Signals, raise: inv.Raise}
	c.terminal = term.NewTerminal(c, "")
	return c
}

// descriptor is what a file has and other readers and writers have not.
type descriptor interface{ Fd() uintptr }

func isTerminal(file any) bool {
	f, ok := file.(descriptor)
	return ok && term.IsTerminal(int(f.Fd()))
}

// edit sets what the arrow and tab keys bring. complete returns what the word
// before the cursor could become.
func (c *console) edit(history term.History, complete func(line string) (word string, candidates []string)) {
	c.terminal.History = history
	c.terminal.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		word, candidates := complete(line[:pos])
		more, unique := extension(word, candidates)
		if unique {
			more += " "
		}
		if more == "" && len(candidates) > 0 {
			// A list that cannot be shown is no reason to stop typing.
			_, _ = io.WriteString(c.terminal, columns(candidates, c.width()))
		}
		return line[:pos] + more + line[pos:], pos + len(more), true
	}
}

// line asks for a line. It is not ok at the end of the input, or if the user
// interrupts it.
func (c *console) line(ctx context.Context, prompt string) (line string, ok bool) {
	return c.raw(ctx, func() (string, error) {
		c.terminal.SetPrompt(prompt)
		return c.terminal.ReadLine()
	})
}

// password asks for a line that is not shown and not remembered. Ctrl-C does what it
// does where the terminal makes a signal of it: it ends what ctx is for or, if that
// cannot be interrupted, the program.
func (c *console) password(ctx context.Context, prompt string) (password string, err error) {
	c.interrupted = false
	password, ok := c.raw(ctx, func() (string, error) { return c.terminal.ReadPassword(prompt) })
	switch {
	case ok:
		return password, nil
	case !c.interrupted:
		return "", noAnswer(ctx)
	case ctx.Done() == nil:
		c.raise(syscall.SIGINT)
	}
	return "", context.Canceled
}

// raw calls read with the terminal in raw mode.
func (c *console) raw(ctx context.Context, read func() (string, error)) (line string, ok bool) {
	before, err := term.MakeRaw(c.fd)
	if err != nil {
		return "", false
	}
	c.before = before
	defer term.Restore(c.fd, before)
	defer c.heed()()
	if err := c.terminal.SetSize(c.width(), 1); err != nil {
		return "", false
	}
	c.ctx = ctx
	line, err = read()
	return line, err == nil
}

// heed gives the terminal back before a signal ends the program, and takes it again
// when the program goes on after it was stopped, until end is called.
func (c *console) heed() (end func()) {
	signals, stop := c.signals(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGCONT)
	done := make(chan struct{})
	var heeding sync.WaitGroup
	heeding.Go(func() {
		for {
			select {
			case sig := <-signals:
				if sig == syscall.SIGCONT {
					c.again()
				} else if sig, ok := sig.(syscall.Signal); ok {
					c.leave(sig)
				}
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		heeding.Wait()
		stop()
	}
}

// leave gives the terminal back for a signal that ends or stops the program, and
// takes it again if the program lives on.
func (c *console) leave(sig syscall.Signal) {
	_ = term.Restore(c.fd, c.before) // if the terminal has gone, nobody wants it back
	c.raise(sig)
	c.again()
}

// again takes the terminal, and shows the line that is being typed.
func (c *console) again() {
	if _, err := term.MakeRaw(c.fd); err == nil {
		// Without the line one can still type.
		_, _ = c.terminal.Write(nil)
	}
}

// width returns how many columns the terminal has, as far as it says so.
func (c *console) width() int {
	if width, _, err := term.GetSize(c.fd); err == nil && width > 0 {
		return width
	}
	return helpWidth
}

// What Ctrl-C and Ctrl-Z send.
const (
	interrupt = 0x03
	suspend   = 0x1a
)

// Read is how the line editor reads. Ctrl-Z is not for it, but stops the program.
func (c *console) Read(p []byte) (int, error) {
	n, err := c.in.readRaw(c.ctx, p)
	c.interrupted = c.interrupted || slices.Contains(p[:n], interrupt)
	typed := slices.DeleteFunc(p[:n], func(b byte) bool { return b == suspend })
	if len(typed) < n {
		c.leave(syscall.SIGTSTP)
	}
	return len(typed), err
}

// Write is how the line editor writes.
func (c *console) Write(p []byte) (int, error) { return c.out.Write(p) }
