package webui

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"supervisor/internal/event"
	"supervisor/internal/supervisor"
)

// leastPause is the time between two messages about processes: a storm of
// changes is a few messages, not thousands.
const leastPause = 250 * time.Millisecond

// maxStreams is how many streams there may be at a time. Each holds a connection,
// and those who only want to ask something need some, too.
const maxStreams = 128

// bounded lets no more than maxStreams requests through at a time.
func (u *UI) bounded(stream http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case u.streams <- struct{}{}:
			defer func() { <-u.streams }()
			stream(w, r)
		default:
			u.error(w, http.StatusServiceUnavailable)
		}
	}
}

// stream is a connection over which a browser is told what happens, as
// server-sent events (HTML standard, section 9.2).
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buf     bytes.Buffer
}

// newStream begins an answer that does not end.
func newStream(w http.ResponseWriter) *stream {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy that collects would show everything late
	return &stream{w: w, control: http.NewResponseController(w)}
}

// send sends one message. Its error is the end of the browser.
func (s *stream) send(kind string, data any) error {
	s.buf.Reset()
	s.buf.WriteString("event: " + kind + "\ndata: ")
	if err := json.NewEncoder(&s.buf).Encode(data); err != nil { // it ends with a line feed, and has no other
		return err
	}
	s.buf.WriteByte('\n')
	if _, err := s.w.Write(s.buf.Bytes()); err != nil {
		return err
	}
	return s.control.Flush()
}

// watcher is one browser that watches.
type watcher struct {
	ui   *UI
	out  *stream
	only string // the one process that it wants to see; empty: all

	shown     shown
	loads     map[string]load
	notices   notices              // what it has been told last
	nextTold  time.Time            // the earliest moment of the next message about processes
	due       <-chan time.Time     // when one is put off; else nil
	happening *supervisor.Onlooker // nil: it does not want to see events
}

// events tells a browser what happens until one of the two goes away. A page
// about one process names it in processname; one that shows the events of the
// supervisor says happenings=1.
func (u *UI) events(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	b := &watcher{ui: u, out: newStream(w), only: query.Get("processname"), shown: make(shown)}
	changed, stop := u.supervisor.Changes()
	defer stop()
	measured, leave := u.gauges.look()
	defer leave()
	var happenings <-chan supervisor.Happening
	if query.Get("happenings") != "" {
		var stop func()
		b.happening, stop = u.supervisor.Happenings()
		defer stop()
		happenings = b.happening.C
	}
	err := b.greet()
	for err == nil {
		select {
		case <-changed:
			err = b.changed()
		case <-b.due:
			err = b.tell()
		case <-measured:
			if err = b.measured(); err == nil {
				err = b.noticed()
			}
		case h := <-happenings:
			err = b.happened(h)
		case <-r.Context().Done():
			return
		case <-u.supervisor.Done():
			return
		}
	}
}

// greet sends a new browser all there is.
func (b *watcher) greet() error {
	now := time.Now()
	_, zone := now.Zone()
	hello := struct {
		Now     int64 `json:"now"`
		Zone    int64 `json:"zone"` // milliseconds east of Greenwich
		Started int64 `json:"started"`
	}{now.UnixMilli(), int64(zone) * 1000, b.ui.started.UnixMilli()}
	if err := b.out.send("hello", hello); err != nil {
		return err
	}
	if err := b.tell(); err != nil {
		return err
	}
	return b.out.send("curves", b.curves())
}

// changed tells what has changed, or sees to it that it will be told soon.
func (b *watcher) changed() error {
	if b.due != nil {
		return nil
	}
	if wait := time.Until(b.nextTold); wait > 0 {
		b.due = time.After(wait)
		return nil
	}
	return b.tell()
}

// tell tells what has changed since the last time.
func (b *watcher) tell() error {
	now := time.Now()
	first := b.nextTold.IsZero()
	b.due, b.nextTold = nil, now.Add(leastPause)
	c := b.shown.update(b.ui.supervisor, b.only, now)
	c.Whole = first // what a page that comes back has seen before may be gone
	return b.out.send("processes", c)
}

// measured tells which loads have changed. It is sent even if none has: the
// browser takes it as a sign of life.
func (b *watcher) measured() error {
	loads := b.ui.gauges.read()
	message := struct {
		Now   int64              `json:"now"`
		Whole bool               `json:"whole,omitempty"` // there are no others
		Loads map[string][]int32 `json:"loads,omitempty"` // empty: there is nothing to measure any more
	}{Now: time.Now().UnixMilli(), Whole: b.loads == nil, Loads: make(map[string][]int32)}
	for name, l := range loads {
		if old, known := b.loads[name]; b.wants(name) && (!known || old != l) {
			message.Loads[name] = []int32{l.cpu, l.memory, l.ownCPU, l.ownMemory, l.processes}
		}
	}
	for name := range b.loads {
		if _, alive := loads[name]; b.wants(name) && !alive {
			message.Loads[name] = []int32{}
		}
	}
	b.loads = loads
	return b.out.send("loads", message)
}

func (b *watcher) wants(name string) bool { return b.only == "" || b.only == name }

// overviewPoints is how many points of a curve the overview gets: it draws them
// an inch wide.
const overviewPoints = 60

// curves returns the curves so far: of one process all of it, in the overview
// the processor time alone and coarser, and none that is flat.
func (b *watcher) curves() map[string]any {
	curves := make(map[string]any)
	for name, points := range b.ui.gauges.history(b.wants) {
		if b.only != "" {
			curves[name] = points
		} else if coarse, flat := coarsen(points, curveLength/overviewPoints); !flat {
			curves[name] = coarse
		}
	}
	return curves
}

// coarsen makes the mean of each few points one point. The last few are aligned
// with the end. Where nothing was measured there is a gap.
func coarsen(points []point, few int) (coarse []int32, flat bool) {
	flat = true
	for rest := points[len(points)%few:]; len(rest) > 0; rest = rest[few:] {
		sum, measured := int32(0), int32(0)
		for _, p := range rest[:few] {
			if p != gap {
				sum += p[0]
				measured++
			}
		}
		if measured == 0 {
			coarse = append(coarse, gap[0])
			continue
		}
		coarse = append(coarse, sum/measured)
		flat = flat && sum == 0
	}
	return coarse, flat
}

// happened tells about an event.
func (b *watcher) happened(h supervisor.Happening) error {
	return b.out.send("happening", struct {
		At      int64  `json:"at"`
		Type    string `json:"type"`
		Subject string `json:"subject,omitempty"`
		Detail  string `json:"detail"`
		Lost    uint64 `json:"lost,omitempty"`
	}{h.At.UnixMilli(), h.Event.Type.String(), subject(h.Event), string(h.Event.Payload()), b.happening.Lost()})
}

// subject returns what an event is about, by the name that clients show.
func subject(e event.Event) string {
	if e.Process == "" || e.Process == e.Group {
		return e.Group
	}
	return e.Group + ":" + e.Process
}
