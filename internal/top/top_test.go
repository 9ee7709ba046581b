package top

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// some is what is known in these tests.
var some = []Process{
	{Name: "api", State: "RUNNING", PID: 10, Uptime: 65 * time.Second, CPU: 0.5, Memory: 2048, Restarts: 0},
	{Name: "mail", State: "FATAL", Description: "Exited too quickly", Uptime: Unknown, CPU: Unknown, Memory: Unknown, Restarts: 3},
	{Name: "web:web_00", State: "RUNNING", PID: 11, Uptime: 26 * time.Hour, CPU: 1.25, Memory: 5 << 20, Restarts: 1},
	{Name: "web:web_01", State: "STOPPED", Uptime: Unknown, CPU: Unknown, Memory: Unknown, Restarts: 0},
}

// screen is a view on which keys have been pressed, and the last action.
func screen(width, height int, keys string) (View, Action) {
	v := New("supervisor", width, height).Updated(some)
	var last Action
	for _, k := range Keys([]byte(keys)) {
		var a Action
		if v, a = v.Pressed(k); a != (Action{}) {
			last = a
		}
	}
	return v, last
}

func text(v View) string {
	var b strings.Builder
	for _, line := range v.Frame() {
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

func TestFrame(t *testing.T) {
	v, _ := screen(80, 10, "")
	const want = ` supervisor   4 programs, 2 running, 1 failing, 1 down
 processors 175.0%   memory 5.0 GiB   sorted by name
NAME*                  STATE         PID     UPTIME    CPU%    MEMORY   RESTARTS
api                    RUNNING        10       1:05    50.0   2.0 MiB          0
mail                   FATAL                                                   3
web:web_00             RUNNING        11     1d 02h   125.0   5.0 GiB          1
web:web_01             STOPPED                                                 0


s start  x stop  r restart  k signal  l log  / filter  <> sort  h help  q quit
`
	if got := text(v); got != want {
		t.Errorf("shows\n%s\nwant\n%s", got, want)
	}
}

// A job that has ended badly is no less a failure than a program that is FATAL,
// though its state is that of one that has done its work.
func TestEndedBadly(t *testing.T) {
	v := New("supervisor", 80, 8).Updated([]Process{
		{Name: "done", State: "EXITED", Uptime: Unknown, CPU: Unknown, Memory: Unknown},
		{Name: "migrate", State: "EXITED", Failed: true, Uptime: Unknown, CPU: Unknown, Memory: Unknown},
		{Name: "asleep", State: "STOPPED", Uptime: Unknown, CPU: Unknown, Memory: Unknown}, // selected
	})
	v, _ = v.Pressed(Keys([]byte(">"))[0]) // by state: what is urgent comes first
	lines := v.Frame()
	if got, want := lines[0].String(), "3 programs, 1 failing, 2 down"; !strings.Contains(got, want) {
		t.Errorf("the first line is %q, want %q in it", got, want)
	}
	if got := lines[3].String(); !strings.HasPrefix(got, "migrate") {
		t.Errorf("the most urgent is %q", got)
	}
	style := func(line Line) Style {
		for _, s := range line {
			if strings.Contains(s.Text, "EXITED") {
				return s.Style
			}
		}
		return Plain
	}
	if style(lines[3]) != Bad || style(lines[4]) != Faint {
		t.Errorf("EXITED looks like %v and %v", style(lines[3]), style(lines[4]))
	}
}

// What keys do: the first line of the list and the selected process, or what is
// wanted, or the last line.
func TestKeys(t *testing.T) {
	for _, test := range []struct {
		keys, selected string
		want           Action
		last           string // how the last line begins; empty: does not matter
	}{
		{"", "api", Action{}, "s start"},
		{"q", "api", Action{Verb: Quit}, ""},
		{"\x03", "api", Action{Verb: Quit}, ""},
		{"\x0c", "api", Action{Verb: Repaint}, ""},
		{"\x1b[B", "mail", Action{}, "mail: Exited too quickly"},
		{"\x1bOB\x1b[B\x1b[A", "mail", Action{}, ""},
		{"\x1b[6~", "web:web_01", Action{}, ""},
		{"G", "web:web_01", Action{}, ""},
		{"GK", "web:web_00", Action{}, ""},
		{"\x1b[F\x1b[H", "api", Action{}, ""},
		{"s", "api", Action{Verb: Start, Name: "api"}, "starting api"},
		{"Jx", "mail", Action{}, "stop mail? y/N"},
		{"Jxy", "mail", Action{Verb: Stop, Name: "mail"}, ""},
		{"Jxn", "mail", Action{}, "nothing done"},
		{"rY", "api", Action{Verb: Restart, Name: "api"}, ""},
		{"r\x1b", "api", Action{}, "nothing done"},
		{"khu", "api", Action{}, "signal for api (HUP, USR1, ...): hu"},
		{"khup\r", "api", Action{Verb: Signal, Name: "api", Signal: "HUP"}, ""},
		{"kx\x7fusr1\r", "api", Action{Verb: Signal, Name: "api", Signal: "USR1"}, ""},
		{"k\r", "api", Action{}, "nothing done"},
		{"kq\x1bq", "api", Action{Verb: Quit}, ""},
		{"/web", "web:web_00", Action{}, "show names and states with: web"},
		{"/FAT\r", "mail", Action{}, ""},
		{"/web\r\x1b", "web:web_00", Action{}, ""},
		{"/nothing\rsxrkl", "api", Action{}, ""},
		{"/nothing\r\x1bs", "api", Action{Verb: Start, Name: "api"}, ""},
		{"l", "api", Action{Verb: ShowLog, Name: "api"}, ""},
		{"l\x1b", "api", Action{Verb: HideLog}, ""},
		{"ll", "api", Action{Verb: HideLog}, ""},
		{"lJ\r", "mail", Action{Verb: ShowLog, Name: "mail"}, ""},
		{"h", "api", Action{}, "any key: back"},
		{"hq", "api", Action{}, "s start"},
		{"\x1b[99~\x1b[Z\x00é", "api", Action{}, "s start"},
	} {
		v, action := screen(80, 24, test.keys)
		if v.selected != test.selected || action != test.want {
			t.Errorf("%q selects %s and wants %+v, want %s and %+v", test.keys, v.selected, action, test.selected, test.want)
		}
		frame := v.Frame()
		if last := frame[len(frame)-1].String(); !strings.HasPrefix(last, test.last) {
			t.Errorf("%q: the last line is %q, want %q", test.keys, last, test.last)
		}
	}
}

func TestSorting(t *testing.T) {
	for keys, want := range map[string]string{
		"":         "api mail web:web_00 web:web_01",
		"i":        "web:web_01 web:web_00 mail api",
		">":        "mail api web:web_00 web:web_01", // by state: what has failed first
		"P":        "web:web_00 api mail web:web_01",
		"M":        "web:web_00 api mail web:web_01",
		"T":        "web:web_00 api mail web:web_01",
		"<":        "mail web:web_00 api web:web_01", // by restarts
		">>":       "mail web:web_01 api web:web_00", // by pid
		"PN":       "api mail web:web_00 web:web_01",
		"/running": "api web:web_00",
	} {
		v, _ := screen(80, 24, keys)
		var names []string
		for _, p := range v.processes {
			names = append(names, p.Name)
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%q: %q, want %q", keys, names, want)
		}
	}
}

// The selected process stays selected wherever it goes, and on the screen; if it
// goes away, its neighbour is next.
func TestSelection(t *testing.T) {
	v, _ := screen(80, above+below+2, "JJ")
	if v.selected != "web:web_00" || v.offset != 1 {
		t.Fatalf("%s, %d", v.selected, v.offset)
	}
	busier := append([]Process(nil), some...)
	busier[0].CPU, busier[2].CPU = 9, 0.1
	v, _ = v.Pressed('P')
	v = v.Updated(busier)
	if v.selected != "web:web_00" || v.processes[1].Name != "web:web_00" || v.offset != 0 {
		t.Errorf("%+v, %d", v.selected, v.offset)
	}
	v = v.Updated([]Process{some[0], some[1], some[3]})
	if v.selected != "mail" {
		t.Errorf("its neighbour is %s", v.selected)
	}
	if v = v.Updated(nil); !strings.Contains(text(v), "no program matches") {
		t.Errorf("nothing:\n%s", text(v))
	}
	if v = v.Updated(some); v.index() < 0 {
		t.Error("nothing is selected")
	}
}

func TestLogPane(t *testing.T) {
	v, _ := screen(60, 14, "l")
	for _, line := range []string{"one", "two", "three\x1b[2J", "four", "five"} {
		v = v.Logged("api", line)
	}
	v = v.Logged("mail", "late")
	if got := text(v); !strings.Contains(got, "\n log of api\ntwo\nthree?[2J\nfour\nfive\n") || strings.Contains(got, "late") {
		t.Errorf("shows\n%s", got)
	}
	for range 2 * logKept {
		v = v.Logged("api", "more")
	}
	if len(v.lines) != logKept {
		t.Errorf("%d lines are kept", len(v.lines))
	}
}

func TestTrouble(t *testing.T) {
	v, _ := screen(80, 10, "")
	if v = v.Troubled("supervisord does not answer"); !strings.Contains(text(v), "supervisord does not answer") || !strings.Contains(text(v), "api") {
		t.Errorf("shows\n%s", text(v))
	}
	if v = v.Updated(some); strings.Contains(text(v), "does not answer") {
		t.Errorf("shows\n%s", text(v))
	}
	if got := text(New("x", 40, 6)); !strings.Contains(got, "asking ...") || strings.Contains(got, "no program") {
		t.Errorf("before anything is known:\n%s", got)
	}
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		text  string
		cells int
		left  bool
		want  string
	}{
		{"abc", 5, true, "abc  "}, {"abc", 5, false, "  abc"}, {"abcdef", 4, true, "abc…"},
		{"日本語", 6, true, "日本語"}, {"日本語", 5, true, "日本…"}, {"日本語", 4, true, "日… "}, {"日", 1, true, "…"},
		{"e\u0301a", 2, true, "e\u0301a"}, {"🙂x", 3, true, "🙂x"}, {"a\tb\x1b\x9b", 5, true, "a?b??"}, {"abc", 0, true, ""},
	} {
		if got := Fit(test.text, test.cells, test.left); got != test.want {
			t.Errorf("%q in %d cells is %q, want %q", test.text, test.cells, got, test.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for kib, want := range map[int64]string{Unknown: "", 0: "0 KiB", 999: "999 KiB", 1000: "1.0 MiB", 5 << 10: "5.0 MiB", 50 << 10: "50 MiB", 3 << 20: "3.0 GiB", 2 << 30: "2.0 TiB"} {
		if got := size(kib); got != want {
			t.Errorf("%d KiB: %q, want %q", kib, got, want)
		}
	}
	for d, want := range map[time.Duration]string{Unknown: "", 0: "0:00", 3599 * time.Second: "59:59", time.Hour: "1:00:00", 50 * time.Hour: "2d 02h"} {
		if got := duration(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// Whatever keys are pressed and however big the screen is, it is covered exactly.
func FuzzView(f *testing.F) {
	f.Add("JJxyl/we\rPi", 80, 24)
	f.Add("h", 1, 1)
	f.Add("kHUP\r\x1b[B\x1b", 30, 7)
	f.Fuzz(func(t *testing.T, keys string, width, height int) {
		width, height = 1+max(0, width)%200, 1+max(0, height)%80
		v, _ := screen(width, height, keys)
		for _, v := range []View{v, v.Resized(height, width), v.Updated(some[:1]).Logged("api", keys).Told(keys).Troubled(keys)} {
			frame := v.Frame()
			if len(frame) != v.height {
				t.Fatalf("%d lines on a screen of %d", len(frame), v.height)
			}
			for i, line := range frame {
				if got := Width(line.String()); got != v.width || !utf8.ValidString(line.String()) {
					t.Fatalf("line %d has %d cells on a screen of %d: %q", i, got, v.width, line.String())
				}
			}
		}
	})
}
