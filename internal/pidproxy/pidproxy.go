// Package pidproxy lets a supervisor signal a program that is not its child.
//
// Some programs put themselves into the background and leave the pid of their
// real process in a file. The proxy runs in the foreground in their place:
// whatever signal it gets goes to the pid in the file. The behaviour is that of
// cli.md, section 8, without its delays.
package pidproxy

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"supervisor/internal/signals"
)

// Exit codes beyond 0, which says that there was a child and either it ended
// or a signal told the proxy to end.
const (
	exitUsage  = 1
	exitCannot = 127 // as a shell says it
)

// Run is the whole program: it runs the command of the arguments, whose first
// is the program's own name, and returns the exit code.
func Run(args []string, stdout, stderr io.Writer) int {
	if len(args) < 3 {
		fmt.Fprintf(stdout, usage, args[0])
		return exitUsage
	}
	pidfile, command := args[1], args[2:]

	// Before there is a child, so that no signal ends the proxy alone.
	caught := make(chan os.Signal, 8)
	signal.Notify(caught, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGQUIT)
	defer signal.Stop(caught)

	child, err := start(command)
	if err != nil {
		fmt.Fprintf(stderr, "pidproxy: cannot run %s: %v\n", command[0], err)
		return exitCannot
	}
	ended := make(chan error, 1)
	go func() {
		_, err := child.Wait()
		ended <- err
	}()
	for {
		select {
		case err := <-ended:
			if err != nil {
				fmt.Fprintf(stderr, "pidproxy: cannot wait for %s: %v\n", command[0], err)
				return exitCannot
			}
			return 0
		case sig := <-caught:
			forward(sig.(syscall.Signal), pidfile, stdout)
			switch sig {
			case syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT:
				return 0
			}
		}
	}
}

const usage = `pidproxy runs a command and passes signals on to the pid in a file.

Usage: %s <pidfile name> <command> [<cmdarg1> ...]
`

// start runs the command with our own descriptors. PATH is not searched.
func start(command []string) (*os.Process, error) {
	path, err := filepath.Abs(command[0])
	if err != nil {
		return nil, err
	}
	return os.StartProcess(path, command, &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}})
}

// forward sends the signal to the pid in the file. If that is not possible it
// says so and the signal is lost.
func forward(sig syscall.Signal, pidfile string, stdout io.Writer) {
	pid, err := readPID(pidfile)
	if err != nil {
		fmt.Fprintf(stdout, "Can't read child pidfile %s!\n", pidfile)
		return
	}
	if err := syscall.Kill(pid, sig); err != nil {
		fmt.Fprintf(stdout, "Can't send %s to pid %d: %v\n", signals.Name(sig), pid, err)
	}
}

// readPID returns the pid of one process: zero and negative numbers stand for
// groups of processes (kill(2)), and no program means to write those.
func readPID(pidfile string) (int, error) {
	text, err := os.ReadFile(pidfile)
	if err != nil {
		return 0, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, err
	}
	if pid <= 0 {
		return 0, fmt.Errorf("cannot use %d as a pid", pid)
	}
	return pid, nil
}
