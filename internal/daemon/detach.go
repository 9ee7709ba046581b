// Package daemon makes a process a daemon: it detaches it from its terminal,
// keeps its pid file and sees to its resource limits.
//
// A Go program cannot fork, so detaching takes two processes: the launcher,
// which the user started, executes the same program again and waits; the
// daemon does its whole start-up with the user's stderr, detaches, and only
// then lets the launcher go. So errors of the start-up reach the user, and
// when the launcher has exited the daemon is ready (cli.md, section 3).
package daemon

import (
	"fmt"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// readyVariable tells the daemon which descriptor is the launcher's pipe. It
// is taken out of the environment before anybody else sees it.
const readyVariable = "SUPERVISORD_READY_FD"

// Launcher is the waiting parent of a daemon, as the daemon sees it.
type Launcher struct{ pipe *os.File }

// Launch executes this program again as a daemon, with the given arguments and
// environment, and waits until it is ready: the exit code is 0 then. If the
// daemon ends before, the exit code is the daemon's.
func Launch(args, env []string) (exitCode int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("cannot find out what to execute: %w", err)
	}
	ready, pipe, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("cannot make a pipe: %w", err)
	}
	defer ready.Close()
	files := []*os.File{os.Stdin, os.Stdout, os.Stderr, pipe}
	env = append(slices.Clone(env), fmt.Sprintf("%s=%d", readyVariable, len(files)-1))
	daemon, err := os.StartProcess(self, args, &os.ProcAttr{Env: env, Files: files})
	pipe.Close()
	if err != nil {
		return 0, fmt.Errorf("cannot start the daemon: %w", err)
	}
	if n, _ := ready.Read(make([]byte, 1)); n == 1 {
		return 0, daemon.Release()
	}
	// The pipe was closed without a word, so the daemon has ended.
	state, err := daemon.Wait()
	if err != nil {
		return 0, fmt.Errorf("cannot wait for the daemon: %w", err)
	}
	return state.ExitCode(), nil
}

// Detached returns the launcher if this process was started by Launch, and
// false otherwise. It must be called once, before any child is started and
// before anybody reads the environment.
func Detached() (*Launcher, bool) {
	text, found := os.LookupEnv(readyVariable)
	if !found {
		return nil, false
	}
	if err := os.Unsetenv(readyVariable); err != nil {
		return nil, false
	}
	fd, err := strconv.Atoi(text)
	if err != nil || fd < 3 {
		return nil, false
	}
	unix.CloseOnExec(fd)
	return &Launcher{os.NewFile(uintptr(fd), "launcher")}, true
}

// Detach leaves the terminal: descriptors 0, 1 and 2 become /dev/null, the
// process leads a session of its own and has the given umask. Then it tells the
// launcher that the daemon is ready. It fails if nobody waits for that any
// more, because then somebody did not want the daemon.
func (l *Launcher) Detach(umask uint32) error {
	defer l.pipe.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("cannot detach: %w", err)
	}
	defer null.Close()
	for fd := range 3 {
		if err := unix.Dup2(int(null.Fd()), fd); err != nil {
			return fmt.Errorf("cannot detach descriptor %d: %w", fd, err)
		}
	}
	if _, err := unix.Setsid(); err != nil {
		return fmt.Errorf("cannot begin a session: %w", err)
	}
	unix.Umask(int(umask))
	if _, err := l.pipe.Write([]byte{1}); err != nil {
		return fmt.Errorf("cannot tell that the daemon is ready: %w", err)
	}
	return nil
}
