package launch

import (
	"errors"
	"fmt"
	"os"

	"supervisor/internal/capture"
	"supervisor/internal/config"
	"supervisor/internal/logfile"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
)

// Image is what the launcher hands over to another process that has the same
// descriptors and children: a plain value, of which all is in the order of the
// groups and processes that it is about.
type Image struct {
	Groups []GroupImage
	LastID int64 `json:",omitempty"` // of pipes with names
}

// GroupImage is one group: its sockets in the order in which its processes first
// need them, and the seat of each process.
type GroupImage struct {
	Sockets []SocketImage `json:",omitempty"`
	Seats   []SeatImage
}

// SocketImage is a socket that several processes share.
type SocketImage struct {
	FD    int `json:",omitempty"` // 0: it is closed
	Users int `json:",omitempty"`
}

// SeatImage is the place of one process.
type SeatImage struct {
	Stdout, Stderr string // paths of the logs; empty: none
	Out, Err       BacklogImage
	Child          *ChildImage `json:",omitempty"`
}

// ChildImage is a child with all that is open for it.
type ChildImage struct {
	PID       int
	StartTime uint64            // tells it from any other that has had its pid; see spawn
	Input     *spawn.InputImage `json:",omitempty"` // nil: its stdin is a socket
	Streams   []StreamImage     // stdout, stderr; one if they are the same
	Kept      *childRecord      `json:",omitempty"` // nil: it is not in the journal
}

// StreamImage is one output of a child.
type StreamImage struct {
	Pipe   int            `json:",omitempty"` // 0: all writers have closed it
	Log    *logfile.Image `json:",omitempty"` // nil: none
	Filter *capture.State `json:",omitempty"` // nil: no capture mode
	// Settled is up to where what is in the spool has been dealt with for good: in the
	// midst of a capture, up to its beginning.
	Settled int64 `json:",omitempty"`
}

// Image returns what another process needs to go on. The launcher and the loop,
// whose groups they are, are frozen; the inputs of the children are from now on.
func (l *Launcher) Image(groups []supervisor.Prepared) (Image, error) {
	image := Image{LastID: l.lastID.Load()}
	for _, g := range groups {
		var of GroupImage
		known := make(map[*socket]bool)
		for _, s := range g.Seats {
			s, ok := s.(*seat)
			if !ok {
				return Image{}, fmt.Errorf("cannot hand over %s: its seats are somebody else's", g.Group.Name)
			}
			if s.socket != nil && !known[s.socket] {
				known[s.socket] = true
				socket, err := s.socket.image()
				if err != nil {
					return Image{}, err
				}
				of.Sockets = append(of.Sockets, socket)
			}
			seat, err := l.imageOf(s)
			if err != nil {
				return Image{}, fmt.Errorf("cannot hand over %s: %w", s.config.Name, err)
			}
			of.Seats = append(of.Seats, seat)
		}
		image.Groups = append(image.Groups, of)
	}
	return image, nil
}

func (l *Launcher) imageOf(s *seat) (SeatImage, error) {
	image := SeatImage{Stdout: s.stdout, Stderr: s.stderr, Out: s.out.freeze(), Err: s.err.freeze()}
	l.frozen = append(l.frozen, s)
	c := s.living()
	if c == nil {
		return image, nil
	}
	image.Child = &ChildImage{PID: c.PID, StartTime: c.StartTime(), Kept: c.kept}
	if c.input != nil {
		in := c.input.Freeze()
		image.Child.Input = &in
	}
	for _, st := range c.streams {
		of, err := st.image()
		if err != nil {
			return SeatImage{}, err
		}
		image.Child.Streams = append(image.Child.Streams, of)
	}
	return image, nil
}

func (st *stream) image() (StreamImage, error) {
	var image StreamImage
	if st.pump != nil {
		if fd, open := st.pump.Descriptor(); open {
			image.Pipe = fd
		}
	} else if st.pipe != nil {
		image.Pipe = st.pipe.Descriptor()
	}
	if st.filter != nil {
		state := st.filter.State()
		image.Filter = &state
	}
	if st.spooled != nil {
		image.Settled = st.spooled.settled
	}
	if st.file != nil {
		file, err := st.file.Image()
		if err != nil {
			return StreamImage{}, err
		}
		image.Log = &file
	}
	return image, nil
}

func (s *socket) image() (SocketImage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	image := SocketImage{Users: s.users}
	if s.file == nil {
		return image, nil
	}
	raw, err := s.file.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { image.FD = int(fd) })
	}
	if err != nil {
		return SocketImage{}, fmt.Errorf("cannot hand over the socket %s: %w", s.config.URL, err)
	}
	return image, nil
}

// Descriptors returns all that must stay open for the image to mean anything.
func (i Image) Descriptors() (fds []int) {
	add := func(fd int) {
		if fd > 0 {
			fds = append(fds, fd)
		}
	}
	for _, g := range i.Groups {
		for _, s := range g.Sockets {
			add(s.FD)
		}
		for _, s := range g.Seats {
			if s.Child == nil {
				continue
			}
			if s.Child.Input != nil {
				add(s.Child.Input.FD)
			}
			for _, st := range s.Child.Streams {
				add(st.Pipe)
				if st.Log != nil {
					add(st.Log.FD)
				}
			}
		}
	}
	return fds
}

// Kept reports whether another daemon could take all children back.
func (i Image) Kept() bool {
	kept := true
	for _, g := range i.Groups {
		for _, s := range g.Seats {
			kept = kept && (s.Child == nil || s.Child.Kept != nil)
		}
	}
	return kept
}

// Resume returns a frozen launcher that goes on where another one stood, with the
// seats of its groups. Nothing moves before Thaw. The spawner is a frozen one.
func Resume(o Options, groups []*config.Group, image Image) (*Launcher, []supervisor.Prepared, error) {
	if len(image.Groups) != len(groups) {
		return nil, nil, fmt.Errorf("cannot go on with %d groups: the image has %d", len(groups), len(image.Groups))
	}
	l := newLauncher(o)
	l.queue.held = true
	l.lastID.Store(image.LastID)
	l.queue.start(turnPatience)
	ready := make([]supervisor.Prepared, len(groups))
	for i, g := range groups {
		seats, err := l.resumeGroup(g, image.Groups[i])
		if err != nil {
			return nil, nil, fmt.Errorf("cannot go on with the group %s: %w", g.Name, err)
		}
		ready[i] = supervisor.Prepared{Group: g, Seats: seats}
	}
	return l, ready, nil
}

var errImpossible = errors.New("the image does not fit its configuration")

func (l *Launcher) resumeGroup(g *config.Group, image GroupImage) ([]supervisor.Seat, error) {
	if len(image.Seats) != len(g.Processes) {
		return nil, errImpossible
	}
	sockets := make(map[*config.Socket]*socket)
	seats := make([]supervisor.Seat, len(g.Processes))
	for i, p := range g.Processes {
		if p.Socket != nil && sockets[p.Socket] == nil {
			if len(sockets) == len(image.Sockets) {
				return nil, errImpossible
			}
			of := image.Sockets[len(sockets)]
			s := &socket{config: *p.Socket, log: l.Log, users: of.Users}
			if of.FD > 0 {
				s.file = os.NewFile(uintptr(of.FD), p.Socket.URL)
			}
			sockets[p.Socket] = s
		}
		seat := l.seatOf(g.Kind, p, sockets[p.Socket])
		if err := seat.resume(image.Seats[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		seats[i] = seat
	}
	return seats, nil
}

// resumeChild makes the child known. One that an earlier daemon has started is not
// ours to wait for, and may have ended meanwhile.
func (s *seat) resumeChild(image *ChildImage) (*child, error) {
	if image.Kept != nil {
		c, _, err := s.foster(*image.Kept)
		if err == nil && s.launcher.Journal == nil {
			c.kept = nil
		}
		return c, err
	}
	if s.launcher.Foster {
		fostered, err := s.launcher.Spawner.Foster(image.PID, image.StartTime, nil)
		return &child{Child: fostered}, err
	}
	c := &child{Child: s.launcher.Spawner.Adopt(image.PID)}
	if now := c.StartTime(); now != image.StartTime {
		return nil, fmt.Errorf("pid %d is another process: it began at %d, not %d", c.PID, now, image.StartTime)
	}
	return c, nil
}

// resume takes over what is open for the child, and leaves it as it is.
func (s *seat) resume(image SeatImage) error {
	s.stdout, s.stderr = image.Stdout, image.Stderr
	s.out.restore(image.Out)
	s.err.restore(image.Err)
	if image.Child == nil {
		return nil
	}
	c, err := s.resumeChild(image.Child)
	if err != nil {
		return err
	}
	if image.Child.Input != nil {
		c.input = spawn.ResumeInput(*image.Child.Input)
		if c.kept != nil {
			c.input.KeepBy(s.keepInput(c.kept.ID))
		}
	}
	channels := []struct {
		name   string
		config config.Stream
	}{{"stdout", s.config.Stdout}, {"stderr", s.config.Stderr}}
	if len(image.Child.Streams) > len(channels) {
		return errImpossible
	}
	for i, of := range image.Child.Streams {
		channel := channels[i]
		st := s.newStream(channel.name, channel.config)
		st.settled = of.Settled
		if of.Pipe > 0 {
			st.pipe = spawn.InheritedPipe(of.Pipe)
		}
		if of.Filter != nil && st.filter != nil {
			if err := st.filter.Restore(*of.Filter); err != nil {
				return err
			}
		}
		if of.Log != nil {
			file, err := logfile.Resume(*of.Log, s.limits(channel.config))
			if err != nil {
				return err
			}
			s.logTo(st, file)
		}
		c.streams = append(c.streams, st)
	}
	s.child = c
	return nil
}
