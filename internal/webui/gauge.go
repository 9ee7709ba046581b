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
	// curveMemory is for how long the curves are kept when nothing is measured any
	// more: after that nothing of them would be shown.
	curveMemory = curveLength * gaugePeriod
)

// load is what a process uses: with all its descendants, and by itself.
// Processor time is in tenths of a percent of one processor, memory in KiB.
type load struct{ cpu, memory, ownCPU, ownMemory, processes int32 }

// point is one point of a curve: processor time and memory of the whole tree.
type point [2]int32

// gap is a point at which nothing was measured, since nobody looked or there was
// no process.
var gap = point{-1, -1}

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
// a period, however many look. When nobody does, nothing is measured; the curves
// are kept for whoever comes back soon. After that, no goroutine is left.
type gauges struct {
	supervisor Supervisor
	wake       chan struct{} // gets a value when somebody has come to look

	mu      sync.Mutex // guards what follows
	lookers map[chan struct{}]struct{}
	working bool            // there is a goroutine, measuring or keeping curves
	loads   map[string]load // replaced as a whole; by name
	curves  map[string]*curve
}

func newGauges(s Supervisor) *gauges {
	return &gauges{supervisor: s, wake: make(chan struct{}, 1), lookers: make(map[chan struct{}]struct{})}
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
		go g.work()
	}
	select {
	case g.wake <- struct{}{}:
	default: // it is awake, or about to be
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

// work measures while somebody looks, and keeps the curves for a while when
// nobody does. It ends with that while, or with the supervisor.
func (g *gauges) work() {
	for {
		g.measure()
		rested := time.Now()
		forget := time.NewTimer(curveMemory)
		select {
		case <-g.wake:
			g.skip(time.Since(rested))
		case <-forget.C:
		case <-g.supervisor.Done():
		}
		forget.Stop()
		if g.end() {
			return
		}
	}
}

// measure measures until nobody has looked for a while, or the supervisor ends.
func (g *gauges) measure() {
	meter := new(procstat.Meter)
	meter.Often()
	defer meter.Close()
	ticker := time.NewTicker(gaugePeriod)
	defer ticker.Stop()
	for unseen, first := 0, true; ; first = false {
		loads := g.loadsOf(meter)
		if g.publish(loads, first) {
			unseen = 0
		} else if unseen++; unseen > gaugeLinger && g.rest() {
			return
		}
		select {
		case <-ticker.C:
		case <-g.supervisor.Done():
			return
		}
	}
}

// rest ends measuring, unless somebody has come to look meanwhile.
func (g *gauges) rest() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lookers) > 0 {
		return false
	}
	select {
	case <-g.wake: // by somebody who has gone again
	default:
	}
	g.loads = nil
	return true
}

// skip makes a gap in all curves, as long as nothing was measured.
func (g *gauges) skip(unmeasured time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range unmeasured / gaugePeriod {
		for _, c := range g.curves {
			c.add(gap)
		}
	}
}

// end forgets everything, unless somebody looks at what goes on.
func (g *gauges) end() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.supervisor.Done():
	default:
		if len(g.lookers) > 0 {
			return false
		}
	}
	g.working, g.loads, g.curves = false, nil, nil
	return true
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
			processes: int32(min(u.Processes, math.MaxInt32)),
		}
	}
	return loads
}

func permille(cpu float64) int32  { return int32(math.Round(min(cpu*1000, math.MaxInt32))) }
func kibibytes(bytes int64) int32 { return int32(min(bytes>>10, math.MaxInt32)) }

// publish shows a measurement to those who look, and reports whether there are any.
// The first one knows no processor time yet, so it is no point of the curves.
func (g *gauges) publish(loads map[string]load, first bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.loads = loads
	if !first {
		g.plot(loads)
	}
	for looker := range g.lookers {
		select {
		case looker <- struct{}{}:
		default: // it has not taken the last one
		}
	}
	return len(g.lookers) > 0
}

// plot adds a point to every curve.
func (g *gauges) plot(loads map[string]load) {
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
		c.add(gap)
		if c.dead++; c.dead >= curveLength {
			delete(g.curves, name)
		}
	}
}
