// Command supervisorctl controls a running supervisord.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
	"unsafe"

	"supervisor/internal/config"
	"supervisor/internal/supervisorctl"
)

func main() {
	cwd, err := config.CurrentDirectory()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(2)
	}
	exe, err := exec.LookPath(os.Args[0])
	if err != nil { // started by a name that no longer leads to it
		exe = os.Args[0]
	}
	os.Exit(supervisorctl.Run(supervisorctl.Invocation{
		Args:   os.Args[1:],
		Exe:    exe,
		Cwd:    cwd,
		Env:    os.Environ(),
		UID:    os.Geteuid(),
		Hide:   hide,
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Interruptible: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return signal.NotifyContext(ctx, os.Interrupt)
		},
		Signals: func(of ...os.Signal) (<-chan os.Signal, func()) {
			c := make(chan os.Signal, 8)
			signal.Notify(c, of...)
			return c, func() { signal.Stop(c) }
		},
		Raise: raise,
	}))
}

// raise has a signal do to the program what it does to one that does not expect it.
func raise(sig syscall.Signal) {
	signal.Reset(sig)
	pid := os.Getpid()
	if sig == syscall.SIGTSTP {
		pid = 0 // with all of the job, as a terminal does
	}
	if syscall.Kill(pid, sig) == nil {
		// The system delivers it to some thread in a moment. While the program is
		// stopped the time passes, too.
		const moment = 100 * time.Millisecond
		<-time.After(moment)
	}
}

// hide overwrites a part of the command line, which everybody on the machine can
// read as long as the program runs (ps(1)). The strings in os.Args are the very
// memory that the system shows.
func hide(part string) {
	memory := unsafe.Slice(unsafe.StringData(part), len(part))
	for i := range memory {
		memory[i] = 'x'
	}
}
