package supervisor

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"supervisor/internal/clock"
	"supervisor/internal/config"
	"supervisor/internal/eventpool"
)

// Entry is one thing that the loop remembers, under a key; with a nil value it is
// forgotten.
type Entry struct {
	Key   string
	Value []byte
}

// Ledger is where the loop keeps what it remembers, so that another process can
// go on if this one is killed. Nothing is done in the world before what led to it
// is kept.
type Ledger struct {
	// Keep keeps entries, all of them or none. It must not block.
	Keep  func([]Entry)
	Clock clock.Reading
}

// The keys of the ledger, and those of the launcher's that go with a process. A
// group and a process are told apart by a byte that is in no name.
const (
	loopKey    = "loop"
	groupKey   = "group/"
	processKey = "process/"
	poolKey    = "pool/"
	eventKey   = "event/"
	seatKey    = "seat/"
	childKey   = "child/"
)

// ledger is what is not kept yet.
type ledger struct {
	Ledger
	on        bool
	groups    []*group // that have come
	processes []*process
	pools     []*group
	gone      []Entry
	loop      loopRecord
	events    map[*group]map[uint64]bool // by serial, that are kept
}

type loopRecord struct {
	Serial  uint64
	Joined  int
	Leaving bool `json:",omitempty"`
}

type groupRecord struct {
	Config *config.Group
	Joined int
}

// poolRecord is the state of a pool without its events, which have entries of
// their own: they do not change.
type poolRecord struct {
	NextSerial uint64
	Buffer     []uint64 `json:",omitempty"` // serials
	Listeners  []listenerRecord
}

type listenerRecord struct {
	eventpool.Listener
	Event  *struct{} `json:",omitempty"` // hides the listener's own
	Serial uint64    `json:",omitempty"` // of the event that it is busy with
	Busy   bool      `json:",omitempty"`
}

func processName(p *process) string { return p.config.Group + "\x00" + p.config.Name }

func eventName(g *group, serial uint64) string {
	return string(binary.BigEndian.AppendUint64([]byte(eventKey+g.config.Name+"\x00"), serial))
}

// noteProcess says that a process has changed.
func (l *ledger) noteProcess(p *process) {
	if l.on && !p.noted {
		p.noted = true
		l.processes = append(l.processes, p)
	}
}

// notePool says that a pool has changed.
func (l *ledger) notePool(g *group) {
	if l.on && !g.noted {
		g.noted = true
		l.pools = append(l.pools, g)
	}
}

// noteGroup says that a group has become active.
func (l *ledger) noteGroup(g *group) {
	if !l.on {
		return
	}
	l.groups = append(l.groups, g)
	for _, p := range g.processes {
		l.noteProcess(p)
	}
	if g.pool != nil {
		l.notePool(g)
	}
}

// forgetGroup says that a group is gone.
func (l *ledger) forgetGroup(g *group) {
	if !l.on {
		return
	}
	l.gone = append(l.gone, Entry{Key: groupKey + g.config.Name}, Entry{Key: poolKey + g.config.Name})
	for _, p := range g.processes {
		for _, kind := range []string{processKey, seatKey, childKey} {
			l.gone = append(l.gone, Entry{Key: kind + processName(p)})
		}
	}
	for serial := range l.events[g] {
		l.gone = append(l.gone, Entry{Key: eventName(g, serial)})
	}
	delete(l.events, g)
}

// keep keeps everything that has changed.
func (c *core) keep() {
	l := &c.ledger
	if !l.on {
		return
	}
	entries := l.gone
	l.gone = nil
	if now := (loopRecord{c.serial, c.joined, c.state != Running}); now != l.loop {
		l.loop = now
		entries = l.add(entries, loopKey, now)
	}
	for _, g := range l.groups {
		entries = l.add(entries, groupKey+g.config.Name, groupRecord{g.config, g.joined})
	}
	for _, p := range l.processes {
		p.noted = false
		if !p.group.removed {
			entries = l.add(entries, processKey+processName(p), imageOf(p, l.Clock))
		}
	}
	for _, g := range l.pools {
		g.noted = false
		if !g.removed {
			entries = l.addPool(entries, g)
		}
	}
	l.groups, l.processes, l.pools = l.groups[:0], l.processes[:0], l.pools[:0]
	if len(entries) > 0 {
		l.Keep(entries)
	}
}

func (l *ledger) add(entries []Entry, key string, value any) []Entry {
	text, err := json.Marshal(value)
	if err != nil { // they are plain values
		panic(fmt.Sprintf("cannot write down %s: %v", key, err))
	}
	return append(entries, Entry{key, text})
}

// addPool adds a pool, and those of its events that have come and gone.
func (l *ledger) addPool(entries []Entry, g *group) []Entry {
	state := g.pool.State()
	r := poolRecord{NextSerial: state.NextSerial}
	old, now := l.events[g], make(map[uint64]bool)
	event := func(e eventpool.Event) uint64 {
		now[e.Serial] = true
		if !old[e.Serial] {
			entries = append(entries, Entry{eventName(g, e.Serial), e.Data})
		}
		return e.Serial
	}
	for _, e := range state.Buffer {
		r.Buffer = append(r.Buffer, event(e))
	}
	for _, of := range state.Listeners {
		listener := listenerRecord{Listener: of}
		if of.Event != nil {
			listener.Serial, listener.Busy = event(*of.Event), true
		}
		r.Listeners = append(r.Listeners, listener)
	}
	for serial := range old {
		if !now[serial] {
			entries = append(entries, Entry{Key: eventName(g, serial)})
		}
	}
	l.events[g] = now
	return l.add(entries, poolKey+g.config.Name, r)
}

// ImageOf puts together what another process has kept. It is nil if that is not
// enough to go on with.
func ImageOf(kept map[string][]byte, latest *config.Config) (*Image, error) {
	var loop loopRecord
	if err := read(kept, loopKey, &loop); err != nil {
		return nil, err
	}
	image := &Image{Serial: loop.Serial, Joined: loop.Joined, Leaving: loop.Leaving, Latest: latest}
	for key := range kept {
		name, ok := strings.CutPrefix(key, groupKey)
		if !ok {
			continue
		}
		g, err := groupOf(kept, name)
		if err != nil {
			return nil, fmt.Errorf("the group %s: %w", name, err)
		}
		image.Groups = append(image.Groups, g)
	}
	slices.SortFunc(image.Groups, func(a, b GroupImage) int {
		if a.Config.Priority != b.Config.Priority {
			return a.Config.Priority - b.Config.Priority
		}
		return a.Joined - b.Joined
	})
	return image, image.Check()
}

func groupOf(kept map[string][]byte, name string) (GroupImage, error) {
	var r groupRecord
	if err := read(kept, groupKey+name, &r); err != nil {
		return GroupImage{}, err
	}
	if r.Config == nil {
		return GroupImage{}, errors.New("it has no configuration")
	}
	g := GroupImage{Config: r.Config, Joined: r.Joined}
	for _, p := range r.Config.Processes {
		var image ProcessImage
		if err := read(kept, processKey+p.Group+"\x00"+p.Name, &image); err != nil {
			return GroupImage{}, err
		}
		g.Processes = append(g.Processes, image)
	}
	if r.Config.Pool == nil {
		return g, nil
	}
	var pool poolRecord
	if err := read(kept, poolKey+name, &pool); err != nil {
		return GroupImage{}, err
	}
	event := func(serial uint64) eventpool.Event {
		return eventpool.Event{Serial: serial, Data: kept[eventName(&group{config: r.Config}, serial)]}
	}
	g.Pool = &eventpool.State{NextSerial: pool.NextSerial}
	for _, serial := range pool.Buffer {
		g.Pool.Buffer = append(g.Pool.Buffer, event(serial))
	}
	for _, l := range pool.Listeners {
		if l.Busy {
			e := event(l.Serial)
			l.Listener.Event = &e
		}
		g.Pool.Listeners = append(g.Pool.Listeners, l.Listener)
	}
	return g, nil
}

func read(kept map[string][]byte, key string, value any) error {
	text, ok := kept[key]
	if !ok {
		return fmt.Errorf("there is no entry %q", key)
	}
	return json.Unmarshal(text, value)
}
