package supervisor

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/eventpool"
	"supervisor/internal/lifecycle"
)

// group is an active group. Its processes never change; the group comes and
// goes as a whole.
type group struct {
	config    *config.Group
	processes []*process // in start order
	byName    map[string]*process
	pool      *eventpool.Pool // of an event listener; else nil
	removed   bool            // owned by the loop: it is no longer active
	noted     bool            // it is in the ledger's list
	joined    int             // groups that became active before it
}

// process is an active process. The loop owns it; others use only config,
// group, seat and info.
type process struct {
	config *config.Process
	group  *group
	index  int // within the group
	seat   Seat

	life     *lifecycle.Process
	alarm    alarm    // at life's deadline
	starting []waiter // requests that are answered by the start
	stopping []waiter // requests that are answered by the stop
	reminder alarm    // of the log that somebody waits for the stop

	heard int64 // how many bytes of a listener's words have been taken
	sends int   // how often something was sent to the child
	noted bool  // it is in the ledger's list

	settle chan struct{} // to close when all is known about the last child; nil: it is
	ended  *Ended        // while the end of a child is dealt with; else nil
	lived  time.Duration // then: from its birth, which may be long after it was asked for

	info atomic.Pointer[Info]
	past atomic.Pointer[History] // nil: it has never changed
	deaf atomic.Bool             // a listener whose output no longer means anything
}

// newGroup makes a prepared group active in the core, before any start.
func (c *core) newGroup(ready Prepared) *group {
	g := &group{config: ready.Group, byName: make(map[string]*process, len(ready.Seats))}
	for i, cfg := range ready.Group.Processes {
		p := &process{config: cfg, group: g, index: i, seat: ready.Seats[i], life: lifecycle.New(policyOf(cfg))}
		p.alarm.ring = func(now time.Time) { c.perform(p, p.life.Settle(now)) }
		p.reminder.ring = func(now time.Time) { c.remind(p, now) }
		g.processes = append(g.processes, p)
		g.byName[cfg.Name] = p
		p.publish()
	}
	if ready.Group.Pool != nil {
		g.pool = c.newPool(g)
	}
	return g
}

// newPool returns the event pool of a listener group.
func (c *core) newPool(g *group) *eventpool.Pool {
	names := make([]string, len(g.processes))
	for i, p := range g.processes {
		names[i] = p.config.Name
	}
	return eventpool.New(eventpool.Config{
		Name:          g.config.Name,
		Server:        c.handle.identifier,
		Size:          g.config.Pool.BufferSize,
		Subscriptions: event.SetOf(g.config.Pool.Events...),
		Unit:          g.config.Pool.LengthUnit,
		Listeners:     names,
		Debug:         c.log.Enabled(context.Background(), slog.LevelDebug),
	})
}

// policyOf is the part of a process' configuration that its machine decides by.
func policyOf(p *config.Process) lifecycle.Policy {
	restart := map[config.Autorestart]lifecycle.Restart{
		config.Never:        lifecycle.RestartNever,
		config.Always:       lifecycle.RestartAlways,
		config.IfUnexpected: lifecycle.RestartIfUnexpected,
	}
	return lifecycle.Policy{
		Name:         p.Name,
		Restart:      restart[p.Autorestart],
		StartSecs:    p.StartSecs,
		StartRetries: p.StartRetries,
		ExitCodes:    p.ExitCodes,
		StopSignal:   p.StopSignal,
		StopWait:     p.StopWait,
		StopAsGroup:  p.StopAsGroup,
		KillAsGroup:  p.KillAsGroup,
	}
}

// publish shows the present state to all readers.
func (p *process) publish() {
	stdout, stderr := p.seat.Logs()
	p.info.Store(&Info{Config: p.config, Vars: p.life.Vars(), Stdout: stdout, Stderr: stderr})
}

func (p *process) state() lifecycle.State { return p.life.State() }

// byPriority returns the processes by ascending priority; among equals the
// start order stays.
func (g *group) byPriority() []*process {
	sorted := slices.Clone(g.processes)
	slices.SortStableFunc(sorted, func(a, b *process) int {
		return cmp.Compare(a.config.Priority, b.config.Priority)
	})
	return sorted
}

// down reports whether nothing of the group runs or is about to.
func (g *group) down() bool {
	return !slices.ContainsFunc(g.processes, func(p *process) bool { return !p.state().Down() })
}

// AddGroup makes a group of the configuration that was read last active, and
// starts those of its processes that start by themselves. It fails with
// ErrBadName, ErrAlreadyAdded, or ErrFailed if the group cannot be prepared.
func (s *Supervisor) AddGroup(name string) error {
	if _, err := s.group(name); err == nil {
		return fail(ErrAlreadyAdded, name)
	}
	groups := s.Config().Groups
	i := slices.IndexFunc(groups, func(g *config.Group) bool { return g.Name == name })
	if i < 0 {
		return fail(ErrBadName, name)
	}
	seats, err := s.launcher.Prepare(groups[i])
	if err != nil {
		return fail(ErrFailed, err.Error())
	}
	return askError(s, func(reply chan<- error) message {
		return addGroup{Prepared{groups[i], seats}, reply}
	})
}

type addGroup struct {
	ready Prepared
	reply chan<- error
}

func (m addGroup) apply(c *core) {
	if c.state != Running {
		m.reply <- ErrShutdown
		return
	}
	if c.handle.table.Load().byName[m.ready.Group.Name] != nil {
		m.reply <- fail(ErrAlreadyAdded, m.ready.Group.Name)
		return
	}
	g := c.activate(m.ready)
	c.autostart(g)
	c.keep()
	m.reply <- nil
}

// RemoveGroup forgets a group, all of whose processes must be down. It fails
// with ErrBadName or ErrStillRunning.
func (s *Supervisor) RemoveGroup(name string) error {
	return askError(s, func(reply chan<- error) message { return removeGroup{name, reply} })
}

type removeGroup struct {
	name  string
	reply chan<- error
}

func (m removeGroup) apply(c *core) {
	i := slices.IndexFunc(c.groups, func(g *group) bool { return g.config.Name == m.name })
	switch {
	case c.state != Running:
		m.reply <- ErrShutdown
	case i < 0:
		m.reply <- fail(ErrBadName, m.name)
	case !c.groups[i].down():
		m.reply <- fail(ErrStillRunning, m.name)
	default:
		c.groups[i].removed = true
		c.ledger.forgetGroup(c.groups[i])
		c.groups = slices.Delete(slices.Clone(c.groups), i, i+1)
		c.publishTable()
		c.emit(event.Event{Type: event.ProcessGroupRemoved, Group: m.name})
		c.keep()
		m.reply <- nil
	}
}

// activate makes a group active, publishes that and announces it.
func (c *core) activate(ready Prepared) *group {
	g := c.join(ready)
	c.publishTable()
	c.announce(g)
	return g
}

// activateAll does so for the groups of the start. They are published together:
// with thousands of them, a table for each would take longer than all else.
func (c *core) activateAll(groups []Prepared) {
	for _, ready := range groups {
		c.announce(c.join(ready))
	}
	c.publishTable()
}

// join adds a group behind those of the same priority.
func (c *core) join(ready Prepared) *group {
	g := c.newGroup(ready)
	g.joined = c.joined
	c.joined++
	i := slices.IndexFunc(c.groups, func(other *group) bool { return other.config.Priority > g.config.Priority })
	if i < 0 {
		i = len(c.groups)
	}
	c.groups = slices.Insert(slices.Clone(c.groups), i, g)
	c.ledger.noteGroup(g)
	return g
}

func (c *core) announce(g *group) {
	c.emit(event.Event{Type: event.ProcessGroupAdded, Group: g.config.Name})
}

// autostart starts what starts by itself.
func (c *core) autostart(g *group) {
	for _, p := range g.processes {
		if p.config.Autostart && p.state() == lifecycle.Stopped {
			c.start(p, waiter{})
		}
	}
}
