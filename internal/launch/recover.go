package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"supervisor/internal/clock"
	"supervisor/internal/config"
	"supervisor/internal/identity"
	"supervisor/internal/keeper"
	"supervisor/internal/lifecycle"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// This file is about the children of a daemon that was killed, as its journal
// knows them.

// foundling is what a child was found with.
type foundling struct {
	alive     bool
	announced bool // the loop of the earlier daemon knew of it
	spools    map[*stream]spoolRecord
	heard     int64 // how much of a listener's words that loop had taken
}

// Found is what Recover has found.
type Found struct {
	Ready []supervisor.Prepared // in the order of the image
	PIDs  []int                 // of the children that are alive
}

// Recover finds the children of the groups of an image again, with what is open
// for them. kept is the journal of the daemon that was killed. The image is
// changed where the journal knows more: a child that was made before the loop
// could be told.
func (l *Launcher) Recover(image *supervisor.Image, kept map[string][]byte) (Found, error) {
	var found Found
	l.takeNumbers(kept)
	for i := range image.Groups {
		of := &image.Groups[i]
		sockets := make(map[*config.Socket]*socket)
		ready := supervisor.Prepared{Group: of.Config}
		for n, p := range of.Config.Processes {
			if p.Socket != nil && sockets[p.Socket] == nil {
				sockets[p.Socket] = &socket{config: *p.Socket, log: l.Log}
			}
			s := l.seatOf(of.Config.Kind, p, sockets[p.Socket])
			if err := s.recover(of, n, kept); err != nil {
				return Found{}, fmt.Errorf("cannot take back %s: %w", p.Name, err)
			}
			if c := s.child; c != nil && c.orphan.alive {
				found.PIDs = append(found.PIDs, c.PID)
			}
			ready.Seats = append(ready.Seats, s)
		}
		found.Ready = append(found.Ready, ready)
	}
	l.keepOn()
	return found, nil
}

// takeNumbers sees to it that no pipe gets a name that one of the journal has.
func (l *Launcher) takeNumbers(kept map[string][]byte) {
	for key, value := range kept {
		var r childRecord
		if strings.HasPrefix(key, childKey) && json.Unmarshal(value, &r) == nil {
			l.lastID.Store(max(l.lastID.Load(), int64(r.ID)))
		}
	}
}

// AnyAlive reports whether any child that a journal knows is alive.
func AnyAlive(kept map[string][]byte) bool {
	for key, value := range kept {
		var r childRecord
		if strings.HasPrefix(key, childKey) && json.Unmarshal(value, &r) == nil && isAlive(r) {
			return true
		}
	}
	return false
}

func isAlive(r childRecord) bool {
	if r.Ended || r.PID == 0 {
		return false
	}
	p, err := identity.Look(r.PID)
	return err == nil && p.Born == r.Born && !p.Ended()
}

// AnyHeld reports whether a keeper has anything of the children that a journal knows.
func AnyHeld(kept map[string][]byte, k *keeper.Keeper) bool {
	for key, value := range kept {
		var r childRecord
		if !strings.HasPrefix(key, childKey) || json.Unmarshal(value, &r) != nil {
			continue
		}
		if h, found := k.Ask(pipesName(r.ID)); found {
			h.Close()
			return true
		}
	}
	return false
}

// AnyLost reports whether there was a child of which nobody knows what has become.
func AnyLost(image *supervisor.Image, kept map[string][]byte) bool {
	for _, g := range image.Groups {
		for i, p := range g.Config.Processes {
			var r childRecord
			if load(kept, childKey+p.Group+"\x00"+p.Name, &r) != nil {
				return true
			}
			v := g.Processes[i].Vars
			known := r.Ended && r.PID == v.PID
			making := v.State == lifecycle.Starting && v.PID == 0 && r.Incarnation == v.Incarnation
			if v.PID != 0 && !known || making {
				return true
			}
		}
	}
	return false
}

// load reads an entry of a journal; none leaves the value as it is.
func load(kept map[string][]byte, key string, value any) error {
	text, ok := kept[key]
	if !ok {
		return nil
	}
	return json.Unmarshal(text, value)
}

// recover finds the child of a seat.
func (s *seat) recover(of *supervisor.GroupImage, n int, kept map[string][]byte) error {
	var logs seatRecord
	if err := load(kept, s.key(seatKey), &logs); err != nil {
		return err
	}
	s.stdout, s.stderr = logs.Stdout, logs.Stderr
	var r childRecord
	if err := load(kept, s.key(childKey), &r); err != nil {
		return err
	}
	image := &of.Processes[n]
	orphan := &foundling{announced: image.Vars.PID != 0, spools: make(map[*stream]spoolRecord), heard: image.Heard}
	switch {
	case orphan.announced && r.PID == image.Vars.PID:
	case orphan.announced: // of a journal that knows less than it should
		r = childRecord{PID: image.Vars.PID, Incarnation: image.Vars.Incarnation}
	case image.Vars.State != lifecycle.Starting || r.Incarnation != image.Vars.Incarnation || r.Incarnation == 0:
		return nil // there is no child, or none yet
	case r.PID == 0: // the daemon was killed while it made one
		var made bool
		if r.PID, r.Born, made = s.launcher.justMade(r.ID); !made {
			c := &child{Child: s.launcher.Spawner.Gone(0, 0), kept: &r, orphan: orphan}
			s.reopen(c, kept)
			s.remains = c
			return nil
		}
	}
	c, ended, err := s.foster(r)
	if err != nil {
		return err
	}
	c.orphan = orphan
	c.orphan.alive = ended.IsZero() && isAlive(r)
	if v := image.Vars; v.State == lifecycle.Starting && !ended.IsZero() && ended.Before(image.Deadline.Wall) {
		image.Deadline = clock.Stamp{} // it has not stayed up as long as it should, and will not now
	}
	s.child, s.taken = c, r.Incarnation
	s.reopen(c, kept)
	return s.reopenInput(c, of, n, kept)
}

// foster makes the child of a record known. ended says when it has ended, if
// somebody has seen that.
func (s *seat) foster(r childRecord) (c *child, ended time.Time, err error) {
	l := s.launcher
	c = &child{kept: &r}
	if r.Ended {
		c.Child = l.Spawner.Gone(r.PID, r.statusOf())
	} else {
		held, pid := l.keptChild(r.ID)
		if held != nil && pid != r.PID { // it was not told of this one
			held, err = nil, held.Close()
		}
		if held != nil {
			ended = held.Ended
		}
		if err == nil {
			c.Child, err = l.Spawner.Foster(r.PID, r.Born, held)
		}
	}
	if err == nil && l.Journal != nil {
		l.keeping.put(r.ID, keptThings{c.Child, s.socket})
	}
	return c, ended, err
}

// justMade finds a child of which there is no record yet. born is 0 if it has ended.
func (l *Launcher) justMade(id int) (pid int, born uint64, found bool) {
	held, pid := l.keptChild(id)
	if held == nil {
		p, found := l.holder(id)
		return p.PID, p.Born, found
	}
	return pid, held.Born(), held.Close() == nil
}

// reopen opens the logs and pipes of a child. What cannot be opened does not keep
// the child from being taken back.
func (s *seat) reopen(c *child, kept map[string][]byte) {
	s.reopenStream(c, "stdout", s.stdout, stdoutPipe, s.config.Stdout, kept)
	if !s.config.RedirectStderr {
		s.reopenStream(c, "stderr", s.stderr, stderrPipe, s.config.Stderr, kept)
	}
}

func (s *seat) reopenStream(c *child, channel, path, suffix string, cfg config.Stream, kept map[string][]byte) {
	warn := func(err error) {
		s.launcher.Log.Error("the "+channel+" of "+s.config.Name+" is not taken back as it was", "error", err)
	}
	st, err := s.openStream(channel, path, cfg, nil)
	if err != nil {
		warn(err)
		st = s.newStream(channel, cfg)
	}
	c.streams = append(c.streams, st)
	if st.pipe, err = s.reopenPipe(c, suffix); err != nil {
		st.pipe = nil
		if c.orphan.alive {
			warn(err)
		}
	}
	if _, err := os.Stat(s.launcher.keptPath(c.kept.ID, suffix+spoolFile)); err != nil && st.plain() {
		return
	} // it may be plain only since the configuration has changed
	if err := s.openSpool(c, st); err != nil {
		warn(err)
		return
	}
	var r spoolRecord
	if err := load(kept, st.spooled.key, &r); err != nil {
		warn(err)
	}
	c.orphan.spools[st] = r
}

// descriptorOf are the child's ends of its pipes.
var descriptorOf = map[string]int{stdinPipe: 0, stdoutPipe: 1, stderrPipe: 2}

// reopenPipe opens a pipe of a child by its name. If that has been cleaned away, a
// living child has it still, and would wait for ever for somebody who reads.
func (s *seat) reopenPipe(c *child, suffix string) (*spawn.Pipe, error) {
	path := s.launcher.keptPath(c.kept.ID, suffix)
	pipe, err := spawn.OpenFIFO(path, suffix == stdinPipe)
	if errors.Is(err, fs.ErrNotExist) && c.orphan.alive {
		pipe, err = spawn.FindFIFO(path, c.PID, descriptorOf[suffix], suffix == stdinPipe)
	}
	return pipe, err
}

// reopenInput goes on with what was to be sent to a child.
func (s *seat) reopenInput(c *child, of *supervisor.GroupImage, n int, kept map[string][]byte) error {
	if s.socket != nil {
		s.socket.takeBack(s.launcher, c)
		return nil
	}
	if !c.orphan.alive {
		return nil
	}
	id := strconv.Itoa(c.kept.ID)
	pipe, err := s.reopenPipe(c, stdinPipe)
	if err != nil {
		s.launcher.Log.Error("the stdin of "+s.config.Name+" is not taken back", "error", err)
		return nil
	}
	var progress spawn.Progress
	if err := load(kept, inputKey+id, &progress); err != nil {
		return err
	}
	image := of.Processes[n]
	var last []byte
	if of.Pool != nil {
		if e := of.Pool.Listeners[n].Event; e != nil {
			last = e.Data
		}
	}
	c.input, err = spawn.GoOnKept(pipe, s.keepInput(c.kept.ID), progress, image.Sends, last)
	return err
}

// takeIn goes on with a child of another daemon. It is no part of the loop, for
// there may be much to report.
func (s *seat) takeIn(c *child, report func(supervisor.Report)) {
	if c.orphan.alive {
		s.launcher.Log.Info("adopted: '" + s.config.Name + "' with pid " + strconv.Itoa(c.PID))
	} else if !c.kept.Ended {
		s.launcher.Log.Info("ended while there was no supervisord: '" + s.config.Name + "' with pid " + strconv.Itoa(c.PID))
	}
	if !c.orphan.announced {
		s.made(c)
		report(supervisor.Spawned{Incarnation: c.kept.Incarnation, PID: c.PID, At: time.Now()})
	}
	s.catchUp(c)
	s.carry(c)
	s.await(c, report)
}

// catchUp deals with what is in the spools of a child.
func (s *seat) catchUp(c *child) {
	for _, st := range c.streams {
		st.pid = c.PID
		if st.spooled == nil {
			continue
		}
		if err := st.spooled.catchUp(c.orphan.spools[st], c.orphan.heard); err != nil {
			s.launcher.Log.Error("cannot read what "+s.config.Name+" has written", "error", err)
		}
	}
}

// clear deals with what is left of a child that a daemon may have made in the very
// moment in which it was killed, and that has ended before anybody knew of it.
func (s *seat) clear(report func(supervisor.Report)) {
	c := s.remains
	if c == nil {
		return
	}
	s.remains = nil
	for _, st := range c.streams {
		st.reportTo(report)
	}
	s.catchUp(c)
	s.carry(c)
	s.finish(c)
	s.unmade(c)
}
