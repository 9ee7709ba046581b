package webui

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/lifecycle"
	"supervisor/internal/procstat"
	"supervisor/internal/supervisor"
)

// What the console's actions ask for, and what they answer.
func TestConsoleActions(t *testing.T) {
	nowhere := detailed(supervisor.ErrSpawn, "b")
	for _, c := range []struct {
		form   string
		asked  []string
		status int
		answer string
	}{
		{"action=start&processname=a", []string{"start a true"}, 200, `{"message":"a: started","failed":null}`},
		{"action=start&processname=a&processname=b", []string{"start a true", "start b true"}, 200,
			`{"message":"1 of 2 programs started","failed":[{"name":"b","why":"spawn error"}]}`},
		{"action=restart&processname=a", []string{"stop a true", "start a true"}, 200, `{"message":"a: restarted","failed":null}`},
		{"action=clearlog&processname=a", []string{"clear a"}, 200, `{"message":"a: logs cleared","failed":null}`},
		{"action=stop&group=g", []string{"stop group g true"}, 200, `{"message":"Nothing to do","failed":null}`},
		{"action=restart&all=1", []string{"stop all true", "start all true"}, 200, `{"message":"Nothing to do","failed":null}`},
		{"action=update", []string{"reload", "stop group old true", "remove old", "stop group odd true", "remove odd", "add odd", "add new"}, 200,
			`{"message":"Updated: 1 added, 1 restarted, 1 removed","failed":null}`},
		{"action=clearlog&all=1", nil, 400, ""},
		{"action=bogus&all=1", nil, 400, ""},
		{"action=start", nil, 400, ""},
		{"%zz", nil, 400, ""},
	} {
		f := running(info("a", lifecycle.Running))
		f.fails["start b true"] = nowhere
		f.diff = config.Diff{Added: []string{"new"}, Removed: []string{"old"}, Changed: []config.Change{{Group: "odd"}}}
		r := visit(newUI(f), "POST", "/console/act", c.form, "Accept: application/json")
		slices.Sort(f.asked[:min(len(f.asked), len(c.asked)*btoi(strings.Count(c.form, "processname") > 1))]) // many are asked at once
		if text := body(t, r); r.StatusCode != c.status || !slices.Equal(f.asked, c.asked) || c.answer != "" && text != c.answer {
			t.Errorf("%s: status %d, asked %q, answer %s\nwant %d, %q, %s", c.form, r.StatusCode, f.asked, text, c.status, c.asked, c.answer)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A form without scripts comes back to its page, with the message; nothing is
// done by GET.
func TestConsoleForms(t *testing.T) {
	f := running(info("g:p", lifecycle.Running))
	r := visit(newUI(f), "POST", "/console/act", "action=stop&processname=g:p&back=program")
	if got := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || got != "../program.html?processname=g%3Ap&message=g%3Ap%3A%20stopped" {
		t.Errorf("status %d, sent to %s", r.StatusCode, got)
	}
	if r := visit(newUI(f), "POST", "/console/act?processname=g:p%01", "action=start&back=program"); r.Header.Get("Location") != "../program.html?processname=g%3Ap%01&message=g%3Ap%01%3A%20started" {
		t.Errorf("a name in the address: status %d, sent to %s", r.StatusCode, r.Header.Get("Location"))
	}
	if r := get(newUI(f), "/console/act?action=stop&processname=g:p"); r.StatusCode != http.StatusNotFound {
		t.Errorf("GET has status %d", r.StatusCode)
	}
}

// What a valve holds is bounded, and what it drops is counted to the byte.
func TestValve(t *testing.T) {
	v := newValve(10)
	for _, s := range []string{"one\n", "two\n", "three\n", "x"} {
		if n, err := v.Write([]byte(s)); n != len(s) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if p := v.take(); string(p.Bytes) != "three\nx" || p.Skipped != 8 {
		t.Errorf("%q after %d", p.Bytes, p.Skipped)
	}
	if _, err := v.Write([]byte("a very long line without an end")); err != nil {
		t.Error(err)
	}
	if p := v.take(); string(p.Bytes) != "out an end" || p.Skipped != 21 {
		t.Errorf("%q after %d", p.Bytes, p.Skipped)
	}
	if p := v.take(); len(p.Bytes) != 0 || p.Skipped != 0 {
		t.Errorf("%q after %d from an empty valve", p.Bytes, p.Skipped)
	}

	for _, s := range []string{"old\n", "", "a line that is too long\n"} { // in two files
		if s == "" {
			v.Restart()
			continue
		}
		if _, err := v.Write([]byte(s)); err != nil {
			t.Error(err)
		}
	}
	if p := v.take(); p.Fresh == nil || *p.Fresh != 24 || p.Skipped+int64(len(p.Bytes)) != 28 {
		t.Errorf("of a new file: %+v", p)
	}
	if p := v.take(); p.Fresh != nil {
		t.Errorf("the same file: %+v", p)
	}
}

// A browser is told what differs, once.
func TestShown(t *testing.T) {
	f := running(info("a", lifecycle.Running), info("g:p", lifecycle.Stopped))
	s, now := make(shown), time.Now()
	names := func(c changes) (list []string) {
		for _, v := range c.Set {
			list = append(list, v.Name+" "+v.State)
		}
		return append(list, c.Gone...)
	}
	for i, want := range [][]string{{"a RUNNING", "g:p STOPPED"}, nil, {"a EXITED"}, {"g:p"}} {
		switch i {
		case 2:
			f.infos[0] = info("a", lifecycle.Exited)
		case 3:
			f.infos = f.infos[:1]
		}
		if got := names(s.update(f, "", now)); !slices.Equal(got, want) {
			t.Errorf("step %d: told %q, want %q", i, got, want)
		}
	}
	if got := names(make(shown).update(running(info("a", lifecycle.Running), info("b", lifecycle.Running)), "b", now)); !slices.Equal(got, []string{"b RUNNING"}) {
		t.Errorf("the page of b is told %q", got)
	}
}

// Curves go on over a restart, and are as long as they are.
func TestCurves(t *testing.T) {
	g := newGauges(running())
	g.curves = make(map[string]*curve)
	for i := range curveLength + 5 {
		g.publish(map[string]load{"a": {cpu: int32(i)}}, false)
	}
	g.publish(nil, false)
	points := g.history(func(string) bool { return true })["a"]
	if len(points) != curveLength || points[0][0] != 6 || points[curveLength-1] != gap {
		t.Errorf("%d points from %v to %v", len(points), points[0], points[len(points)-1])
	}
	for range curveLength {
		g.publish(nil, false)
	}
	if len(g.curves) != 0 {
		t.Error("the curve of a dead process is kept for ever")
	}
	coarse, flat := coarsen([]point{{9, 0}, {2, 0}, {4, 0}, {6, 0}, {8, 0}}, 2)
	if flat || !slices.Equal(coarse, []int32{3, 7}) {
		t.Errorf("coarse %v, flat %v", coarse, flat)
	}
	coarse, flat = coarsen([]point{gap, gap, gap, {4, 0}, {0, 0}, gap}, 2)
	if flat || !slices.Equal(coarse, []int32{-1, 4, 0}) {
		t.Errorf("with gaps: coarse %v, flat %v", coarse, flat)
	}
	if _, err := new(procstat.Meter).Measure(nil); err != nil && !errors.Is(err, procstat.ErrUnknown) {
		t.Error(err)
	}
}

// Curves are kept for a while when nobody looks: who comes back finds them, with a
// gap. After that nothing is left, and neither is a goroutine.
func TestCurvesSurviveAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running()
		s.done = make(chan struct{})
		g := newGauges(s)
		look := func(while time.Duration) {
			_, leave := g.look()
			time.Sleep(while)
			leave()
		}
		plot := func(points int) { // as if there were a process that can be measured
			g.mu.Lock()
			defer g.mu.Unlock()
			for range points {
				g.curves["a"] = cmp.Or(g.curves["a"], &curve{})
				g.curves["a"].add(point{7, 7})
			}
		}
		keeps := func() bool {
			g.mu.Lock()
			defer g.mu.Unlock()
			return g.working || g.curves != nil
		}
		_, leave := g.look()
		plot(5)
		leave()
		time.Sleep(time.Minute) // it goes on for ten seconds, and then rests
		look(time.Second / 2)
		points := g.history(func(string) bool { return true })["a"]
		gaps := 0
		for _, p := range points {
			if p == gap {
				gaps++
			}
		}
		if len(points) < 50 || points[4] != (point{7, 7}) || gaps != len(points)-5 {
			t.Errorf("after a minute: %d points, %d of them a gap: %v", len(points), gaps, points)
		}
		time.Sleep(curveMemory / 2)
		if !keeps() {
			t.Error("everything was forgotten at once")
		}
		time.Sleep(curveMemory)
		if keeps() {
			t.Error("the curves are kept for ever")
		}
		look(time.Second)
		time.Sleep(time.Minute)
		close(s.done)
		synctest.Wait()
		if keeps() {
			t.Error("curves outlive the supervisor")
		}
	})
}

// Every option of every kind of program is shown.
func TestOptionsAreComplete(t *testing.T) {
	const inTheName = "numprocs_start" // the numbers are part of the names
	for _, doc := range config.Options() {
		kind, isProgram := strings.CutSuffix(doc.Section, ":x")
		if !isProgram || !slices.Contains([]string{"program", "fcgi-program", "eventlistener"}, kind) || doc.Key == inTheName {
			continue
		}
		if optionValues[doc.Key] == nil {
			t.Errorf("[%s] %s is not shown", doc.Section, doc.Key)
		}
	}
}

func TestOptions(t *testing.T) {
	p := &config.Process{Name: "p", Program: "p", Section: "program:p", Priority: 7, Environment: []string{"PORT=80", "API_TOKEN=x"}}
	p.Stdout.MaxBytes = 50 << 20
	got := make(map[string]option)
	for _, o := range options(p, &config.Group{Processes: []*config.Process{p}}) {
		got[o.Key] = o
	}
	for key, want := range map[string]string{
		"priority": "7", "stdout_logfile_maxbytes": "50MB default", "environment": "PORT=80\nAPI_TOKEN=(not shown)",
		"numprocs": "1 default", "umask": "that of the daemon default", "serverurl": "AUTO default",
	} {
		value := got[key].Value
		if got[key].Default {
			value += " default"
		}
		if value != want {
			t.Errorf("%s is %q, want %q", key, value, want)
		}
	}
}

// A message is one line of JSON, whatever is in it.
func TestMessageIsOneLine(t *testing.T) {
	text, err := json.Marshal(view{Name: "a\nb\u2028</script>"})
	if err != nil || strings.ContainsAny(string(text), "\n\u2028<") {
		t.Errorf("%s, %v", text, err)
	}
}
