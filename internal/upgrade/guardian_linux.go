package upgrade

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ready is what a guardian says when it watches.
const ready = "ready\n"

// Guardable says why this process cannot have a guardian; nil: it can.
func Guardable() error {
	if os.Getpid() == 1 {
		return errors.New("when the first process of a container ends, all others do")
	}
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return os.NewSyscallError("pidfd_open", err)
	}
	return unix.Close(fd)
}

// Guard starts the guardian of an execution: this program, as a child that is called
// with one argument and has the descriptors that the next program gets. It returns
// the child's pid when the guardian watches. born is when this process was born.
//
// The child is none of those that are collected like others: Dismiss does that. So
// nobody else collects any, or makes one, until this process is another program.
func (e Execution) Guard(argument string, born uint64, patience time.Duration) (pid int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("cannot start the guardian: %w", err)
	}
	defer r.Close()
	pid, err = e.startGuardian(argument, born, w)
	if err = errors.Join(err, w.Close()); err != nil {
		return 0, fmt.Errorf("cannot start the guardian: %w", errors.Join(err, Dismiss(pid)))
	}
	const most = 1000 // bytes
	err = r.SetReadDeadline(time.Now().Add(patience))
	if err == nil {
		var said []byte
		said, err = io.ReadAll(io.LimitReader(r, most))
		switch {
		case string(said) == ready:
			return pid, nil
		case len(said) > 0:
			err = errors.New(strings.TrimSpace(string(said)))
		case err == nil:
			err = errors.New("it has ended")
		}
	}
	return 0, fmt.Errorf("the guardian does not watch: %w", errors.Join(err, Dismiss(pid)))
}

func (e Execution) startGuardian(argument string, born uint64, w *os.File) (pid int, err error) {
	fd := int(w.Fd())
	note := Note{Image: e.Note.Image, Comm: comm(), Guarded: &Guarded{PID: os.Getpid(), Born: born, Ready: fd}}
	env, err := note.addTo(e.Env)
	if err != nil {
		return 0, err
	}
	keep := append(slices.Clone(e.Keep), note.Image, fd)
	if err := closeOnExec(keep, false); err != nil {
		return 0, err
	}
	pid, err = syscall.ForkExec("/proc/self/exe", []string{e.Args[0], argument}, &syscall.ProcAttr{
		Env:   env,
		Files: []uintptr{0, 1, 2},
		Sys:   &syscall.SysProcAttr{Setpgid: true}, // what a terminal sends is for the daemon
	})
	return pid, errors.Join(err, closeOnExec(keep, true))
}

// Dismiss ends a guardian that is not needed any more, and with it all that it has
// open. It is killed: who only waits has nothing to put in order.
func Dismiss(guardian int) error {
	if guardian == 0 {
		return nil
	}
	if err := syscall.Kill(guardian, syscall.SIGKILL); err != nil {
		return fmt.Errorf("cannot dismiss the guardian: %w", err)
	}
	for {
		_, err := syscall.Wait4(guardian, nil, 0, nil)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// Watches tells the guarded process that its guardian watches, or why it cannot.
func (g *Guarded) Watches(trouble error) error {
	said := ready
	if trouble != nil {
		said = trouble.Error() + "\n"
	}
	w := os.NewFile(uintptr(g.Ready), "the guarded process")
	_, err := io.WriteString(w, said)
	return errors.Join(err, w.Close())
}
