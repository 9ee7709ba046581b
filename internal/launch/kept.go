package launch

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"supervisor/internal/identity"
	"supervisor/internal/journal"
	"supervisor/internal/logfile"
	"supervisor/internal/spawn"
)

// This file is about children that the next daemon takes back if this one is
// killed: their pipes have names, and of each there is a record in the journal,
// which is written before the child is made and completed as soon as it is.

// childRecord is what the journal holds of a child.
type childRecord struct {
	Incarnation int
	ID          int    // of its pipes; see keptPath
	PID         int    `json:",omitempty"` // 0: it was about to be made
	Born        uint64 `json:",omitempty"`
	Ended       bool   `json:",omitempty"`
	Status      uint32 `json:",omitempty"` // of one that has ended
}

// seatRecord is what the journal holds of a seat.
type seatRecord struct{ Stdout, Stderr string }

// The keys of the journal that are the launcher's. Group and process are told
// apart by a byte that is in no name.
const (
	seatKey  = "seat/"
	childKey = "child/"
	inputKey = "input/"
	spoolKey = "spool/"
)

func (s *seat) key(kind string) string { return kind + s.config.Group + "\x00" + s.config.Name }

// store keeps a value.
func (l *Launcher) store(key string, value any) {
	if l.Journal == nil {
		return
	}
	text, err := json.Marshal(value)
	if err != nil { // they are plain values
		l.Log.Error("cannot keep what is known of a process", "error", err)
		return
	}
	l.Journal.Store(journal.Change{Key: key, Value: text})
}

// The pipes of a child, and their spools.
const (
	stdinPipe  = ".in"
	stdoutPipe = ".out"
	stderrPipe = ".err"
	spoolFile  = ".spool"
)

func (l *Launcher) keptPath(id int, suffix string) string {
	return filepath.Join(l.Journal.Dir(), strconv.Itoa(id)+suffix)
}

// announce says in the journal that a child is about to be made, and gives its
// pipes their names.
func (s *seat) announce(n int, c *child, spec *spawn.Spec) {
	l := s.launcher
	if l.Journal == nil || l.Journal.IsVoid() {
		return
	}
	c.kept = &childRecord{Incarnation: n, ID: int(l.lastID.Add(1))}
	s.removeKept(c.kept.ID) // of somebody who did not come this far
	if spec.Stdin == nil {
		spec.FIFOs[0] = l.keptPath(c.kept.ID, stdinPipe)
	}
	spec.FIFOs[1] = l.keptPath(c.kept.ID, stdoutPipe)
	if !spec.MergeStderr {
		spec.FIFOs[2] = l.keptPath(c.kept.ID, stderrPipe)
	}
	s.keep(c, spec)
	l.store(s.key(childKey), c.kept)
}

// giveUp has a child made without anything that another daemon could find, because
// its pipes cannot have names: the folder is gone, perhaps, or its disk is full. A
// journal that does not know all children is none.
func (s *seat) giveUp(c *child, spec *spawn.Spec, reason error) {
	l := s.launcher
	l.Journal.Void(reason)
	s.unmade(c)
	if l.Keeper != nil {
		l.Keeper.End()
	}
	c.kept = nil
	spec.FIFOs, spec.Opened, spec.Made = [3]string{}, nil, nil
}

// made completes the record of a child that has been made.
func (s *seat) made(c *child) {
	if c.kept == nil {
		return
	}
	if c.orphan == nil {
		c.kept.PID, c.kept.Born = c.PID, c.StartTime()
		s.launcher.keeping.put(c.kept.ID, keptThings{c.Child, s.socket})
	}
	s.launcher.store(s.key(childKey), c.kept)
}

// unmade removes what announce and the child itself have made.
func (s *seat) unmade(c *child) {
	if c.kept != nil {
		s.launcher.forget(c.kept.ID) // first: the names of the pipes are how it is found that nobody has
		s.removeKept(c.kept.ID)
	}
}

// hasEnded keeps how a child has ended, until the loop knows.
func (s *seat) hasEnded(c *child, e spawn.Exit) {
	if c.kept == nil || e.Lost {
		return
	}
	c.kept.Ended, c.kept.Status = true, uint32(e.Status)
	s.launcher.store(s.key(childKey), c.kept)
}

// removeKept removes the pipes of a child that is gone and all that was kept of
// them.
func (s *seat) removeKept(id int) {
	l := s.launcher
	for _, suffix := range []string{stdinPipe, stdoutPipe, stderrPipe, stdoutPipe + spoolFile, stderrPipe + spoolFile} {
		if err := os.Remove(l.keptPath(id, suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.Log.Warn(err.Error())
		}
	}
	number := strconv.Itoa(id)
	l.Journal.Store(
		journal.Change{Key: inputKey + number},
		journal.Change{Key: spoolKey + number + stdoutPipe},
		journal.Change{Key: spoolKey + number + stderrPipe},
	)
}

// newInput returns the way to the stdin of a child.
func (s *seat) newInput(c *child) *spawn.Input {
	if c.kept == nil {
		return spawn.NewInput(c.Stdin)
	}
	return spawn.NewKeptInput(c.Stdin, s.keepInput(c.kept.ID))
}

func (s *seat) keepInput(id int) func(spawn.Progress) {
	key := inputKey + strconv.Itoa(id)
	return func(p spawn.Progress) { s.launcher.store(key, p) }
}

// holder looks for the child that was made and not recorded: the eldest process
// that has a pipe open that nobody else was given.
func (l *Launcher) holder(id int) (p identity.Process, found bool) {
	want, err := os.Stat(l.keptPath(id, stdoutPipe))
	if err != nil {
		return p, false
	}
	pids, err := identity.All()
	if err != nil {
		return p, false
	}
	for _, pid := range pids {
		if pid == os.Getpid() || !hasOpen(pid, want) {
			continue
		}
		if q, err := identity.Look(pid); err == nil && !q.Ended() && (!found || q.Born < p.Born) {
			p, found = q, true
		}
	}
	return p, found
}

func hasOpen(pid int, file os.FileInfo) bool {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd/"
	for _, fd := range []string{"1", "2", "0"} {
		if info, err := os.Stat(dir + fd); err == nil && os.SameFile(info, file) {
			return true
		}
	}
	return false
}

// statusOf is a status as it was kept.
func (r childRecord) statusOf() syscall.WaitStatus { return syscall.WaitStatus(r.Status) }

// pump starts to move what a stream brings.
func (s *seat) pump(c *child, st *stream) *spawn.Pump {
	spawner := s.launcher.Spawner
	switch {
	case c.kept == nil:
		return spawner.Pump(st.pipe, st.pace(), st.handle)
	case st.plain():
		return spawner.PumpBy(st.pipe, st.pace(), st.splice)
	}
	if st.spooled == nil {
		if err := s.openSpool(c, st); err != nil { // then what is in hand at a crash is lost
			s.launcher.Log.Error("the output of "+s.config.Name+" is not safe", "error", err)
			return spawner.Pump(st.pipe, st.pace(), st.handle)
		}
		st.spooled.done() // before the first byte, too, it is kept where the log ends
	}
	return spawner.PumpBy(st.pipe, st.pace(), st.spooled.move)
}

// openSpool gives a stream its spool.
func (s *seat) openSpool(c *child, st *stream) error {
	suffix := stdoutPipe
	if st.channel == "stderr" {
		suffix = stderrPipe
	}
	spool, err := logfile.OpenSpool(s.launcher.keptPath(c.kept.ID, suffix+spoolFile))
	if err != nil {
		return err
	}
	st.spooled = &spooled{st: st, spool: spool, key: spoolKey + strconv.Itoa(c.kept.ID) + suffix, settled: st.settled}
	return nil
}
