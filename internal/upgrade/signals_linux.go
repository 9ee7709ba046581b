package upgrade

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// This file is about signals between the last moment of this program and the first
// of the next. The Go runtime of a program that is being started unblocks those that
// end a process, and answers them itself, before any code of ours runs. So
//
//   - TERM, INT and QUIT end the process, from here on until the next program
//     listens, and its guardian does what they ask for. Without one they are ignored
//     as long as this program can see to that.
//   - HUP is ignored: the runtime respects that.
//   - USR1 and USR2 are blocked. They do not end a process, so the runtime leaves
//     them so, and the system keeps them until somebody listens.

// Ending are the signals that ask the daemon to end.
func Ending() []syscall.Signal {
	return []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT}
}

// kept are those that the system keeps.
func kept() []syscall.Signal { return []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2} }

// hush brings signals to where they belong in between. When it returns, every signal
// that a thread had caught is in the channels that it is for, and none will come.
// Undo takes everything back but what is ignored now: the caller listens anew.
func hush(guarded bool) (undo func(), err error) {
	runtime.LockOSThread() // the mask of this thread is the next program's
	unblock := func() {
		block(unix.SIG_UNBLOCK)
		runtime.UnlockOSThread()
	}
	block(unix.SIG_BLOCK)
	signal.Ignore(syscall.SIGHUP)
	restore := func() {}
	if guarded {
		if restore, err = endBy(Ending()); err != nil {
			unblock()
			return nil, err
		}
		finishHandlers()
	} else {
		for _, sig := range Ending() {
			signal.Ignore(sig)
		}
	}
	awaitDelivery()
	return func() {
		restore()
		unblock()
	}, nil
}

// block blocks or unblocks the signals that are kept, in every thread; in a program
// with C in it, where the runtime cannot do that, at least in this one.
func block(how int) {
	var set unix.Sigset_t
	for _, sig := range kept() {
		set.Val[0] |= 1 << (sig - 1) // all are among the first 32
	}
	if err := everyThread(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(&set)), 0, setSize()); err != nil {
		_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(&set)), 0, setSize(), 0, 0)
	}
}

// finishHandlers waits until every thread has finished the handler that it is in:
// until then it does not get to this system call, which does nothing.
func finishHandlers() { _ = everyThread(unix.SYS_GETPPID, 0, 0, 0, 0) }

//go:uintptrescapes
func everyThread(call, a, b, c, d uintptr) error {
	if _, _, err := syscall.AllThreadsSyscall6(call, a, b, c, d, 0, 0); err != 0 {
		return err
	}
	return nil
}

// setSize is that of the system's sigset_t, in bytes.
func setSize() uintptr {
	if strings.HasPrefix(runtime.GOARCH, "mips") {
		return 16
	}
	return 8
}

// action has room for a struct sigaction of the kernel, whatever the processor. One
// of zeros is what a process begins with.
type action [8]uint64

// endBy makes signals end this process, without a word and at once.
func endBy(signals []syscall.Signal) (restore func(), err error) {
	old := make([]action, len(signals))
	restore = func() {
		for i, sig := range signals {
			if old[i] != (action{}) {
				_ = setAction(sig, &old[i], nil) // it has just worked the other way round
			}
		}
	}
	for i, sig := range signals {
		if err := setAction(sig, new(action), &old[i]); err != nil {
			restore()
			return nil, fmt.Errorf("cannot let signals take their course: %w", err)
		}
	}
	return restore, nil
}

func setAction(sig syscall.Signal, to, old *action) error {
	_, _, err := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(old)), setSize(), 0, 0)
	if err != 0 {
		return os.NewSyscallError("rt_sigaction", err)
	}
	return nil
}

// awaitDelivery waits until every signal that a thread has caught is in the
// channels that it is for: to stop one promises just that.
func awaitDelivery() {
	none := make(chan os.Signal, 1)
	signal.Notify(none, syscall.SIGWINCH)
	signal.Stop(none)
}

// Asks reports whether a process that ended so was asked to by a signal of Ending.
// One that comes while the Go runtime is starting may end it by its own hand, with
// the status 2.
func Asks(status syscall.WaitStatus) bool {
	const byRuntime = 2
	return status.Signaled() && slices.Contains(Ending(), status.Signal()) || status.Exited() && status.ExitStatus() == byRuntime
}
