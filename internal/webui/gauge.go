package webui

import (
	"math"
	"sync"
	"time"

	"supervisor/internal/procstat"
)

const (
	gaugePeriod = time.Second
	// gaugeLinger is for how many periods the gauges go on when nobody looks:
	// long enough for somebody who goes from one page to another.
	gaugeLinger = 10
	curveLength = 240 // points of a curve, one for each period
)

// load is what a process uses: with all its descendants, and by itself.
// Processor time is in tenths of a percent of one processor, memory in KiB.
type load struct{ cpu, memory, ownCPU, ownMemory, processes uint32 }

// point is one point of a curve: processor time and memory of the whole tree.
type point [2]uint32

// curve is the last minutes of a process. Its points are those before next,
// which wraps around.
type curve struct {
	points [curveLength]point
	next   int
	full   bool
	dead   int // for how many points there has been no process
}

func (c *curve) add(p point) {
	c.points[c.next] = p
	c.next = (c.next + 1) % curveLength
	c.full = c.full || c.next == 0
}

// list returns the points, oldest first.
func (c *curve) list() []point {
	if !c.full {
		return append([]point(nil), c.points[:c.next]...)
	}
	return append(append([]point(nil), c.points[c.next:]...), c.points[:c.next]...)
}

// gauges measure what the processes use for as long as somebody looks, once in
// a period, however many look. When nobody does, nothing is measured, nothing
// is kept, and no goroutine is left.
type gauges struct {
	supervisor Supervisor

	mu      sync.Mutex // guards what follows
	lookers map[chan struct{}]struct{}
	working bool
	loads   map[string]load // replaced as a whole; by name
	curves  map[string]*curve
}

func newGauges(s Supervisor) *gauges {
	return &gauges{supervisor: s, lookers: make(map[chan struct{}]struct{})}
}

// look returns a channel that gets a value after each measurement until leave
// is called.
func (g *gauges) look() (measured <-chan struct{}, leave func()) {
	looker := make(chan struct{}, 1)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lookers[looker] = struct{}{}
	if !g.working {
		g.working = true
		g.curves = make(map[string]*curve)
		go g.work(new(procstat.Meter))
	}
	return looker, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.lookers, looker)
	}
}

// read returns the loads as they were measured last, which nobody changes.
func (g *gauges) read() map[string]load {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.loads
}

// history returns the curves of the processes that wanted says.
func (g *gauges) history(wanted func(name string) bool) map[string][]point {
	g.mu.Lock()
	defer g.mu.Unlock()
	lists := make(map[string][]point)
	for name, c := range g.curves {
		if wanted(name) {
			lists[name] = c.list()
		}
	}
	return lists
}

// work measures until nobody has looked for a while, or the supervisor ends.
func (g *gauges) work(meter *procstat.Meter) {
	ticker := time.NewTicker(gaugePeriod)
	defer ticker.Stop()
	for unseen := 0; ; {
		loads := g.loadsOf(meter)
		if g.publish(loads) {
			unseen = 0
		} else if unseen++; unseen > gaugeLinger && g.rest() {
			return
		}
		select {
		case <-ticker.C:
		case <-g.supervisor.Done():
			g.mu.Lock()
			defer g.mu.Unlock()
			g.working = false
			return
		}
	}
}

// loadsOf measures. Where that is not possible there are no loads.
func (g *gauges) loadsOf(meter *procstat.Meter) map[string]load {
	names := make(map[int]string)
	var pids []int
	for _, i := range g.supervisor.Processes() {
		if i.Vars.PID != 0 {
			names[i.Vars.PID] = i.Display()
			pids = append(pids, i.Vars.PID)
		}
	}
	usage, err := meter.Measure(pids)
	if err != nil {
		return nil
	}
	loads := make(map[string]load, len(usage))
	for pid, u := range usage {
		loads[names[pid]] = load{
			cpu: permille(u.Tree.CPU), memory: kibibytes(u.Tree.Memory),
			ownCPU: permille(u.Own.CPU), ownMemory: kibibytes(u.Own.Memory),
			processes: uint32(u.Processes),
		}
	}
	return loads
}

func permille(cpu float64) uint32  { return uint32(math.Round(cpu * 1000)) }
func kibibytes(bytes int64) uint32 { return uint32(min(bytes>>10, math.MaxUint32)) }

// publish shows a measurement to those who look, and reports whether there are any.
func (g *gauges) publish(loads map[string]load) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.loads = loads
	for name, l := range loads {
		c := g.curves[name]
		if c == nil {
			c = &curve{}
			g.curves[name] = c
		}
		c.add(point{l.cpu, l.memory})
		c.dead = 0
	}
	for name, c := range g.curves {
		if _, alive := loads[name]; alive {
			continue
		}
		c.add(point{})
		if c.dead++; c.dead >= curveLength {
			delete(g.curves, name)
		}
	}
	for looker := range g.lookers {
		select {
		case looker <- struct{}{}:
		default: // it has not taken the last one
		}
	}
	return len(g.lookers) > 0
}

// rest forgets everything, unless somebody has come to look meanwhile.
func (g *gauges) rest() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lookers) > 0 {
		return false
	}
	g.working, g.loads, g.curves = false, nil, nil
	return true
}
