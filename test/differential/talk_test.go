//go:build linux

package differential

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// heard holds the output of a program that somebody talks with.
type heard struct {
	mu    sync.Mutex
	text  bytes.Buffer
	from  int           // where the search for the next text begins
	grown chan struct{} // has an element when there is more
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, err := h.text.Write(p)
	select {
	case h.grown <- struct{}{}:
	default:
	}
	return n, err
}

// until waits until the program has said the text.
func (h *heard) until(text string) error {
	deadline := time.After(patience)
	for {
		h.mu.Lock()
		i := bytes.Index(h.text.Bytes()[h.from:], []byte(text))
		if i >= 0 {
			h.from += i + len(text)
		}
		h.mu.Unlock()
		if i >= 0 {
			return nil
		}
		select {
		case <-h.grown:
		case <-deadline:
			return fmt.Errorf("waited in vain for %q", text)
		}
	}
}

// talk runs a program and holds a conversation with it:
//
//	> text   wait until it says this
//	< line   send this line
//	^C       interrupt it
//	^D       end its input
//
// When the conversation is over its input ends. The result is all that it said.
func (s *stage) talk(cmd *exec.Cmd, terminal bool, moves []string) (string, error) {
	out := &heard{grown: make(chan struct{}, 1)}
	var in io.WriteCloser
	drained := make(chan struct{})
	if terminal {
		master, slave, err := openTerminal()
		if err != nil {
			return "", err
		}
		defer func() { _ = master.Close() }()
		cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		in = endOfFile{master}
		if err := cmd.Start(); err != nil {
			return "", err
		}
		if err := slave.Close(); err != nil {
			return "", err
		}
		go func() {
			_, _ = io.Copy(out, master) // ends with EIO when the last one closes the terminal
			close(drained)
		}()
	} else {
		close(drained)
		cmd.Stdout, cmd.Stderr = out, out
		var err error
		if in, err = cmd.StdinPipe(); err != nil {
			return "", err
		}
		if err := cmd.Start(); err != nil {
			return "", err
		}
	}
	failed := converse(cmd, in, out, moves)
	if failed != nil {
		failed = errors.Join(failed, cmd.Process.Kill())
	}
	if terminal && len(moves) > 0 && strings.HasPrefix(moves[len(moves)-1], "^") {
		in = nopCloser{} // it was told to end already
	}
	if err := in.Close(); err != nil && !errors.Is(err, os.ErrClosed) && !errors.Is(err, syscall.EIO) {
		return "", err
	}
	killer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if !killer.Stop() && failed == nil {
		failed = fmt.Errorf("%s does not end", cmd.Path)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", err
	}
	<-drained
	text := strings.ReplaceAll(out.text.String(), "\r\n", "\n")
	return ended(cmd) + "\n" + text, failed
}

func converse(cmd *exec.Cmd, in io.WriteCloser, out *heard, moves []string) error {
	for _, move := range moves {
		what, text, _ := strings.Cut(move, " ")
		var err error
		switch what {
		case ">":
			err = out.until(text)
		case "<":
			_, err = io.WriteString(in, text+"\n")
		case "^C":
			err = cmd.Process.Signal(os.Interrupt)
		case "^D":
			err = in.Close()
		default:
			err = fmt.Errorf("%q is no move of a conversation", move)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// endOfFile ends the input of a terminal as a user does.
type endOfFile struct{ *os.File }

func (e endOfFile) Close() error {
	_, err := e.WriteString("\x04")
	return err
}

// nopCloser leaves an input as it is.
type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// openTerminal opens a pseudo-terminal.
func openTerminal() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	return master, slave, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: 200})
}

// ended says how a program ended.
func ended(cmd *exec.Cmd) string {
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return "ended by " + unix.SignalName(status.Signal())
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus())
}
