package supervisor

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"supervisor/internal/clock"
	"supervisor/internal/config"
	"supervisor/internal/eventpool"
	"supervisor/internal/lifecycle"
)

// Image is all that the loop remembers, as a plain value: another loop, of
// another process or program, goes on where it was taken (Options.Image). It
// survives encoding/json. What is missing in it, because the one that wrote it
// knew less, is nothing.
type Image struct {
	Serial uint64           // of the next event
	Joined int              // how many groups have ever become active
	Ticks  map[string]int64 `json:",omitempty"` // the slice that each period was last seen in
	Latest *config.Config   // the configuration that was read last
	Groups []GroupImage     // in start order

	Leaving bool `json:",omitempty"` // everything was being stopped
}

// GroupImage is an active group.
type GroupImage struct {
	Config    *config.Group // as it runs, whatever has been read since
	Joined    int
	Pool      *eventpool.State `json:",omitempty"`
	Processes []ProcessImage   // in the order of the configuration
}

// ProcessImage is an active process.
type ProcessImage struct {
	Vars                       lifecycle.Vars // but for its times
	Started, Stopped, Deadline clock.Stamp
	Past                       *HistoryImage `json:",omitempty"`
	Deaf                       bool          `json:",omitempty"`
	Heard                      int64         `json:",omitempty"` // bytes of a listener's words that have been taken
	Sends                      int           `json:",omitempty"` // how often something was sent to the child
}

// HistoryImage is a History, but for what is being found out just then.
type HistoryImage struct {
	Moments  []MomentImage
	Restarts int
	Exit     string
	ExitAt   clock.Stamp
	ExitCode int
	ExitPID  int           `json:",omitempty"`
	Lived    time.Duration `json:",omitempty"`
	LogsFrom [2]int64      `json:",omitzero"`

	Signal      string      `json:",omitempty"`
	SignalAt    clock.Stamp `json:",omitzero"`
	OutOfMemory bool        `json:",omitempty"`
	Left        []Remnant   `json:",omitempty"`
}

// MomentImage is a Moment.
type MomentImage struct {
	At    clock.Stamp
	State lifecycle.State
	PID   int    `json:",omitempty"`
	Why   string `json:",omitempty"`
}

// imageOf writes down a process, by the clocks as they stand.
func imageOf(p *process, r clock.Reading) ProcessImage {
	v := p.life.Vars()
	image := ProcessImage{
		Vars:     v,
		Started:  r.Stamp(v.Started),
		Stopped:  r.Stamp(v.Stopped),
		Deadline: r.Stamp(v.Deadline),
		Deaf:     p.deaf.Load(),
		Heard:    p.heard,
		Sends:    p.sends,
	}
	if h := p.past.Load(); h != nil {
		image.Past = h.image(r)
	}
	return image
}

func (h *History) image(r clock.Reading) *HistoryImage {
	image := &HistoryImage{
		Restarts:    h.Restarts,
		Exit:        h.Exit,
		ExitAt:      r.Stamp(h.ExitAt),
		ExitCode:    h.ExitCode,
		ExitPID:     h.ExitPID,
		Lived:       h.Lived,
		LogsFrom:    h.LogsFrom,
		Signal:      h.Signal,
		SignalAt:    r.Stamp(h.SignalAt),
		OutOfMemory: h.OutOfMemory,
		Left:        h.Left,
	}
	for _, m := range h.Moments {
		image.Moments = append(image.Moments, MomentImage{r.Stamp(m.At), m.State, m.PID, m.Why})
	}
	return image
}

// Restored returns what the machine of the process remembered.
func (i ProcessImage) Restored(r clock.Reading) lifecycle.Vars {
	v := i.Vars
	v.Started, v.Stopped, v.Deadline = r.Past(i.Started), r.Past(i.Stopped), r.Deadline(i.Deadline)
	return v
}

func (i *HistoryImage) restored(r clock.Reading) *History {
	if i == nil {
		return nil
	}
	h := &History{
		Restarts:    i.Restarts,
		Exit:        i.Exit,
		ExitAt:      r.Past(i.ExitAt),
		ExitCode:    i.ExitCode,
		ExitPID:     i.ExitPID,
		Lived:       i.Lived,
		LogsFrom:    i.LogsFrom,
		Signal:      i.Signal,
		SignalAt:    r.Past(i.SignalAt),
		OutOfMemory: i.OutOfMemory,
		Left:        i.Left[max(0, len(i.Left)-remnantsKept):],
	}
	for _, m := range i.Moments[max(0, len(i.Moments)-momentsKept):] {
		h.Moments = append(h.Moments, Moment{r.Past(m.At), m.State, m.PID, m.Why})
	}
	return h
}

// image writes down everything.
func (c *core) image(r clock.Reading) Image {
	image := Image{Serial: c.serial, Joined: c.joined, Latest: c.handle.Config(), Ticks: make(map[string]int64)}
	for i, tick := range tickPeriods {
		image.Ticks[tick.typ.String()] = c.ticks.slice[i]
	}
	for _, g := range c.groups {
		of := GroupImage{Config: g.config, Joined: g.joined}
		if g.pool != nil {
			state := g.pool.State()
			of.Pool = &state
		}
		for _, p := range g.processes {
			of.Processes = append(of.Processes, imageOf(p, r))
		}
		image.Groups = append(image.Groups, of)
	}
	return image
}

// Configs returns the groups that the image is about.
func (i *Image) Configs() []*config.Group {
	groups := make([]*config.Group, len(i.Groups))
	for n, g := range i.Groups {
		groups[n] = g.Config
	}
	return groups
}

// Check says why no loop can go on from the image; nil: one can.
func (i *Image) Check() error {
	if i.Latest == nil {
		return errors.New("the image has no configuration")
	}
	names := make(map[string]bool)
	for _, g := range i.Groups {
		if g.Config == nil {
			return errors.New("a group of the image has no configuration")
		}
		if names[g.Config.Name] {
			return fmt.Errorf("the image has two groups called %s", g.Config.Name)
		}
		names[g.Config.Name] = true
		if err := g.check(); err != nil {
			return fmt.Errorf("the group %s of the image is impossible: %w", g.Config.Name, err)
		}
	}
	return nil
}

func (g *GroupImage) check() error {
	if len(g.Processes) != len(g.Config.Processes) {
		return fmt.Errorf("it has %d processes, and its configuration %d", len(g.Processes), len(g.Config.Processes))
	}
	if (g.Pool != nil) != (g.Config.Pool != nil) {
		return errors.New("it is a listener or not, and its configuration says otherwise")
	}
	for _, p := range g.Processes {
		if v := p.Vars; v.PID < 0 || !slices.Contains(lifecycle.States(), v.State) {
			return fmt.Errorf("a process is in state %d with pid %d", int(v.State), v.PID)
		}
	}
	if g.Pool == nil {
		return nil
	}
	pool := eventpool.New(eventpool.Config{Name: g.Config.Name, Size: 1, Listeners: make([]string, len(g.Processes))})
	return pool.Restore(*g.Pool)
}
