package launch

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"syscall"

	"supervisor/internal/keeper"
	"supervisor/internal/spawn"
)

// This file is about what a keeper holds of each child, so that it is still there
// for the next daemon if the child ends while there is none: the pipes that it
// writes to, its listening socket, and a pidfd, which knows how it has ended.

// keeping is what is known of the children that are kept, should the keeper have to
// get everything again. The key is the number of their pipes.
type keeping struct {
	mu  sync.Mutex // a leaf
	all map[int]keptThings
}

type keptThings struct {
	child  *spawn.Child // nil: it is about to be made
	socket *socket      // nil: none
}

func (k *keeping) put(id int, t keptThings) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = make(map[int]keptThings)
	}
	k.all[id] = t
}

func (k *keeping) remove(id int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, id)
}

func (k *keeping) list() map[int]keptThings {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make(map[int]keptThings, len(k.all))
	for id, t := range k.all {
		all[id] = t
	}
	return all
}

// The names under which things are kept.
func processName(id int) string { return strconv.Itoa(id) }
func pipesName(id int) string   { return strconv.Itoa(id) + ".pipes" }
func socketName(id int) string  { return strconv.Itoa(id) + ".socket" }

// keep arranges for what the keeper is to hold of a child that is about to be made.
func (s *seat) keep(c *child, spec *spawn.Spec) {
	l, id, stdin := s.launcher, c.kept.ID, spec.Stdin
	if l.Keeper == nil {
		return
	}
	l.keeping.put(id, keptThings{socket: s.socket})
	spec.Opened = func(stdout, stderr int) {
		l.Keeper.Do(func(line *keeper.Line) {
			line.Hold(pipesName(id), open(stdout, stderr)...)
			if stdin != nil {
				line.Hold(socketName(id), int(stdin.Fd()))
			}
		})
	}
	spec.Made = func(pid, pidfd int) {
		l.Keeper.Do(func(line *keeper.Line) { line.Watch(processName(id), processNote(pid), pidfd) })
	}
}

// open leaves out what is no descriptor.
func open(fds ...int) (those []int) {
	for _, fd := range fds {
		if fd >= 0 {
			those = append(those, fd)
		}
	}
	return those
}

// processNote is what is kept with a pidfd: the pid.
func processNote(pid int) []byte { return strconv.AppendInt(nil, int64(pid), 10) }

// forget has the keeper let go of what it has of a child.
func (l *Launcher) forget(id int) {
	if l.Keeper == nil {
		return
	}
	l.keeping.remove(id)
	l.Keeper.Forget(processName(id), pipesName(id), socketName(id))
}

// supply gives a new keeper everything.
func (l *Launcher) supply(line *keeper.Line) {
	for id, t := range l.keeping.list() {
		var pipes []*spawn.Pipe
		var fds []int
		for _, suffix := range []string{stdoutPipe, stderrPipe} {
			if pipe, err := spawn.OpenFIFO(l.keptPath(id, suffix), false); err == nil {
				pipes, fds = append(pipes, pipe), append(fds, pipe.Descriptor())
			} else if !errors.Is(err, fs.ErrNotExist) {
				l.Log.Warn("a pipe is not kept", "error", err)
			}
		}
		if len(fds) > 0 {
			line.Hold(pipesName(id), fds...)
		}
		for _, pipe := range pipes {
			_ = pipe.Close() // it was not used
		}
		if t.child != nil {
			if pidfd, err := t.child.PIDFD(); err == nil { // else it has ended
				line.Watch(processName(id), processNote(t.child.PID), pidfd)
				_ = syscall.Close(pidfd) // it was not used
			}
		}
		if t.socket != nil {
			t.socket.lend(func(fd int) { line.Hold(socketName(id), fd) })
		}
	}
}

// keptChild returns what a keeper has of a child of another daemon, and its pid.
func (l *Launcher) keptChild(id int) (held *spawn.Held, pid int) {
	if l.Keeper == nil {
		return nil, 0
	}
	h, found := l.Keeper.Ask(processName(id))
	if !found {
		return nil, 0
	}
	pid, err := strconv.Atoi(string(h.Note))
	if err != nil || len(h.FDs) != 1 {
		h.Close()
		return nil, 0
	}
	return &spawn.Held{PIDFD: h.FDs[0], Ended: h.Ended}, pid
}

// keptSocket returns the listening socket of a child of another daemon; nil: no
// keeper has it.
func (l *Launcher) keptSocket(id int, name string) *os.File {
	if l.Keeper == nil {
		return nil
	}
	h, found := l.Keeper.Ask(socketName(id))
	if !found || len(h.FDs) == 0 {
		return nil
	}
	return os.NewFile(uintptr(h.FDs[0]), name)
}

// keepOn has the keeper go on after a pause.
func (l *Launcher) keepOn() {
	if l.Keeper == nil {
		return
	}
	l.Keeper.Thaw()
	if len(l.keeping.list()) > 0 {
		l.Keeper.Do(func(*keeper.Line) {}) // there must be one
	}
}
