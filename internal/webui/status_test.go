package webui

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// HTT-003: what a row shows of each state.
func TestRows(t *testing.T) {
	states := []struct {
		state       lifecycle.State
		text, class string
	}{
		{lifecycle.Stopped, "stopped", "statusnominal"},
		{lifecycle.Starting, "starting", "statusnominal"},
		{lifecycle.Running, "running", "statusrunning"},
		{lifecycle.Backoff, "backoff", "statuserror"},
		{lifecycle.Stopping, "stopping", "statusnominal"},
		{lifecycle.Exited, "exited", "statusnominal"},
		{lifecycle.Fatal, "fatal", "statuserror"},
		{lifecycle.Unknown, "unknown", "statusnominal"},
	}
	f := running()
	for i, s := range states {
		f.infos = append(f.infos, info(fmt.Sprintf("g:p%d", i), s.state))
	}
	f.infos[2].Vars.PID, f.infos[2].Vars.Started = 42, time.Now()
	f.infos[3].Vars.Trouble = "can't find command '/no/such'"
	doc := parse(t, body(t, get(newUI(f), "/")))

	var heads []string
	for _, th := range doc.one(t, "thead", "").all("th", "") {
		heads = append(heads, th.attr["class"]+" "+th.text)
	}
	if want := []string{"state State", "desc Description", "name Name", "action Action"}; !slices.Equal(heads, want) {
		t.Errorf("HTT-003 heads %q, want %q", heads, want)
	}
	rows := doc.one(t, "tbody", "").all("tr", "")
	if len(rows) != len(states) {
		t.Fatalf("HTT-003 %d rows, want %d", len(rows), len(states))
	}
	descriptions := map[int]string{0: "Not started", 1: "", 3: "can't find command '/no/such'", 5: "Not started"}
	for i, s := range states {
		cells := rows[i].all("td", "")
		if span := cells[0].one(t, "span", s.class); cells[0].attr["class"] != "status" || span.text != s.text {
			t.Errorf("HTT-003 row %d: state %q, want %q", i, span.text, s.text)
		}
		if want, known := descriptions[i]; known && cells[1].one(t, "span", "").text != want {
			t.Errorf("HTT-003 row %d: description %q, want %q", i, cells[1].text, want)
		}
		name := cells[2].one(t, "a", "").link()
		if want := fmt.Sprintf("g:p%d -> tail.html?processname=g%%3Ap%[1]d target=_blank", i); name != want {
			t.Errorf("HTT-003 row %d: name %q, want %q", i, name, want)
		}
		if shade := rows[i].attr["class"]; (shade == "shade") != (i%2 == 1) {
			t.Errorf("HTT-003 row %d has class %q", i, shade)
		}
	}
	if got := rows[2].all("td", "")[1].text; !strings.HasPrefix(got, "pid 42, uptime 0:00:0") {
		t.Errorf("HTT-003 description of a running process is %q", got)
	}
}

// HTT-004: the links that each state offers.
func TestActionLinks(t *testing.T) {
	const (
		nothing = "Action -> # name=# class=hidden"
		start   = "Start -> index.html?processname=g%3Ap&action=start name=Start"
		restart = "Restart -> index.html?processname=g%3Ap&action=restart name=Restart"
		stop    = "Stop -> index.html?processname=g%3Ap&action=stop name=Stop"
	)
	always := []string{
		"Clear Log -> index.html?processname=g%3Ap&action=clearlog name=Clear Log",
		"Tail -f Stdout -> logtail/g%3Ap name=Tail -f Stdout target=_blank",
		"Tail -f Stderr -> logtail/g%3Ap/stderr name=Tail -f Stderr target=_blank",
	}
	for state, want := range map[lifecycle.State][]string{
		lifecycle.Running:  {restart, stop},
		lifecycle.Stopped:  {start, nothing},
		lifecycle.Exited:   {start, nothing},
		lifecycle.Fatal:    {start, nothing},
		lifecycle.Starting: {nothing, nothing},
		lifecycle.Backoff:  {nothing, nothing},
		lifecycle.Stopping: {nothing, nothing},
		lifecycle.Unknown:  {nothing, nothing},
	} {
		doc := parse(t, body(t, get(newUI(running(info("g:p", state))), "/")))
		var links []string
		for _, a := range doc.one(t, "td", "action").all("a", "") {
			links = append(links, a.link())
		}
		if want = append(want, always...); !slices.Equal(links, want) {
			t.Errorf("HTT-004 %v:\n%q, want\n%q", state, links, want)
		}
	}
}

// HTT-005, and what the page has around its table.
func TestFrame(t *testing.T) {
	for _, empty := range []bool{true, false} {
		f := running()
		if !empty {
			f.infos = append(f.infos, info("a", lifecycle.Stopped))
		}
		text := body(t, get(newUI(f), "/index.html"))
		doc := parse(t, text)
		if got := strings.Contains(text, "No programs to manage"); got != empty || len(doc.all("table", "")) == 0 != empty {
			t.Errorf("HTT-005 empty %v: the page says %v, and has %d tables", empty, got, len(doc.all("table", "")))
		}
		if title := doc.one(t, "title", "").text; title != "Supervisor Status" {
			t.Errorf("title %q", title)
		}
		var buttons []string
		for _, li := range doc.all("li", "action-button") {
			buttons = append(buttons, li.one(t, "a", "").link())
		}
		want := []string{
			"Refresh -> index.html?action=refresh",
			"Restart All -> index.html?action=restartall",
			"Stop All -> index.html?action=stopall",
		}
		if !slices.Equal(buttons, want) {
			t.Errorf("buttons %q, want %q", buttons, want)
		}
		for _, foot := range []string{"<span>4.3.0</span>", fmt.Sprintf("2006-<span>%d</span>", time.Now().Year())} {
			if !strings.Contains(text, foot) {
				t.Errorf("the page lacks %s", foot)
			}
		}
		if strings.Contains(text, "status_msg") {
			t.Error("there is a message though nobody gave one")
		}
	}
}

// HTT-006: a message is text, whatever it contains.
func TestMessage(t *testing.T) {
	for query, want := range map[string]string{
		"message=%3Cb%3E":                        "<b>",
		"message=a%26b%22c%27d+e%20f":            `a&b"c'd e f`,
		"message=%3C%2Fdiv%3E%3Cscript%3Ealert(": "</div><script>alert(",
		"message=%ff%c3%a9%00%1b%ef%bf%bf":       "\uFFFDé\uFFFD\uFFFD\uFFFD",
		"message=first&message=second":           "first",
	} {
		text := body(t, get(newUI(running()), "/?"+query))
		if got := parse(t, text).one(t, "div", "status_msg").text; got != want {
			t.Errorf("HTT-006 %s: shows %q, want %q", query, got, want)
		}
		if strings.Contains(text, "<b>") || strings.Contains(text, "<script>") {
			t.Errorf("HTT-006 %s: not escaped:\n%s", query, text)
		}
	}
	got := parse(t, body(t, visit(newUI(running()), "POST", "/?message=query", "message=form"))).one(t, "div", "status_msg").text
	if got != "form" {
		t.Errorf("HTT-006: the message is %q, want that of the form", got)
	}
}

// A name that means something in HTML or in a URL means nothing here.
func TestStrangeNames(t *testing.T) {
	const name = `w&é"i'r<d>%41?#+;=`
	const quoted = "w%26%C3%A9%22i%27r%3Cd%3E%2541%3F%23%2B%3B%3D"
	doc := parse(t, body(t, get(newUI(running(info(name, lifecycle.Running))), "/")))
	if got := doc.one(t, "td", "name").text; got != name {
		t.Errorf("the name is shown as %q, want %q", got, name)
	}
	var targets []string
	for _, a := range doc.one(t, "tbody", "").all("a", "") {
		targets = append(targets, a.attr["href"])
	}
	want := []string{
		"tail.html?processname=" + quoted,
		"index.html?processname=" + quoted + "&action=restart",
		"index.html?processname=" + quoted + "&action=stop",
		"index.html?processname=" + quoted + "&action=clearlog",
		"logtail/" + quoted,
		"logtail/" + quoted + "/stderr",
	}
	if !slices.Equal(targets, want) {
		t.Errorf("links to\n%q, want\n%q", targets, want)
	}
}

// many returns a supervisor of n processes.
func many(n int) *fake {
	f := running()
	for i := range n {
		p := info(fmt.Sprintf("workers:worker_%04d", i), lifecycle.Running)
		p.Vars.PID, p.Vars.Started = i+1, time.Now()
		f.infos = append(f.infos, p)
	}
	return f
}

func TestManyProcesses(t *testing.T) {
	const n = 1000
	r := get(newUI(many(n)), "/")
	text := body(t, r)
	if got := r.Header.Get("Content-Length"); got != fmt.Sprint(len(text)) {
		t.Errorf("Content-Length %s, body of %d bytes", got, len(text))
	}
	rows := parse(t, text).one(t, "tbody", "").all("tr", "")
	if len(rows) != n {
		t.Fatalf("%d rows, want %d", len(rows), n)
	}
	for i, row := range rows {
		want := fmt.Sprintf("workers:worker_%04d", i)
		if got := row.one(t, "td", "name").text; got != want || len(row.all("a", "")) != 6 {
			t.Fatalf("row %d is %q with %d links, want %q with 6", i, got, len(row.all("a", "")), want)
		}
	}
}

func BenchmarkStatus1000(b *testing.B) {
	ui := newUI(many(1000))
	r, err := http.NewRequest("GET", "/", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{header: make(http.Header)}
		ui.ServeHTTP(w, r)
		b.SetBytes(int64(w.n))
	}
}

// discard is a client that counts what it gets.
type discard struct {
	header http.Header
	n      int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { d.n += len(p); return len(p), nil }
func (d *discard) WriteHeader(int)             {}

var _ Supervisor = (*supervisor.Supervisor)(nil)
