// Package keeper holds what would vanish with the last process that has it open:
// a small process of our own that keeps descriptors while there is no daemon.
//
// A pipe is gone, with all that is in it, when nobody has it open any more; what a
// pidfd can tell of a process that has ended is gone with the pidfd; a listening
// socket is gone with those who wait for it. A daemon that is killed has its
// descriptors closed, and a program that ends afterwards closes the last ones. The
// keeper is who still has them. It keeps copies under names, which the daemon gives
// and takes away, and which the next daemon asks for. It reads nothing, writes
// nothing and decides nothing. It promises that
//
//   - whatever Hold or Watch has sent is safe when they return: it is on its way in
//     the socket already, whatever becomes of the daemon;
//   - of a pipe it has the end for reading only, so whoever reads it sees its end
//     when all writers have closed it, as without a keeper;
//   - it is nobody's parent, holds no descriptor that it was not given, and reacts
//     to nothing but the daemon, so no signal to the daemon's terminal or process
//     group reaches it;
//   - it ends when a daemon tells it to; without a daemon it ends when there is
//     nothing to keep, or a while after the last process that it watches has ended.
//
// If it is killed while there is a daemon, that starts another one and gives it
// everything again. The two talk by a socket in a folder that is the daemon's
// alone, one message at a time (SOCK_SEQPACKET).
package keeper

import (
	"log/slog"
	"os"
	"syscall"
	"time"
)

// processName is what the process is called in lists of processes.
const processName = "(supervisor: keeper)"

// Patience is how long the keeper waits for a daemon after the last process that it
// watches has ended: who kills a daemon at night can start another one in the
// morning, and who never does has no process left for ever.
const Patience = 24 * time.Hour

// Options is what a Keeper works with.
type Options struct {
	Dir string // where its socket is: a folder of this daemon alone
	Log *slog.Logger
	// Start starts the process: this very program with Args as its arguments, in a
	// session of its own, with the socket as its descriptor 3.
	Start func(socket *os.File) (Process, error)
	// Found is told the pid of a keeper that was there already.
	Found func(pid int) Process
}

// Process is a keeper as the system has it.
type Process struct {
	Ended <-chan struct{} // closed when it has ended, and is no zombie of ours
	Kill  func()
}

// Args are the arguments of a keeper.
func Args() []string { return []string{processName, Patience.String()} }

// Env is the environment of a keeper: it does one thing at a time, has little to
// remember, and opens nothing to find out how many processors it may use.
func Env() []string {
	return []string{"GOMAXPROCS=1", "GOGC=20", "GODEBUG=containermaxprocs=0,updatemaxprocs=0"}
}

// Held is what a keeper has under a name.
type Held struct {
	Note  []byte
	FDs   []int     // they are the caller's to close
	Ended time.Time // when the process has ended that is watched; zero: it has not
}

// Close closes what is held.
func (h Held) Close() {
	for _, fd := range h.FDs {
		_ = syscall.Close(fd) // it is a copy, and was not written to
	}
}

// The messages to the keeper: a verb, and text or names, which end at a zero byte.
const (
	verbHold   = 'h' // name; descriptors
	verbWatch  = 'w' // name, note; a pidfd
	verbForget = 'f' // names
	verbAsk    = 'a' // name
	verbEnd    = 'q' // of all versions
)

// The messages of the keeper.
const (
	sayHello = 'v' // version and pid
	sayHeld  = 'y' // how long ago the process has ended, in ns, below 0: it has not; note; descriptors
	sayNone  = 'n' // nothing has the name
	sayFull  = 'x' // it may not have more descriptors
)

// version is that of the messages. A keeper outlives daemons, and an upgrade.
const version = 1

const mostText = 4096 // bytes of a message
