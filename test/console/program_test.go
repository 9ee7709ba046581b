package console

import (
	"fmt"
	"os/user"
	"testing"
)

// What the page of a program says about it, and its buttons and keys.
func TestProgramPage(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	d := boot(t, program("job", `/bin/sh -c "read line; exit 3"`, "startsecs=0", "autorestart=false", "directory=/", "user="+me.Username, "priority=7"))
	p := open(t)
	p.visit(d.url + "program.html?processname=job")
	p.until("it runs", `document.querySelector("#state").textContent.includes("running") && document.querySelector("#connection.live")`)
	fact := func(name string) string {
		return fmt.Sprintf(`[...document.querySelectorAll("#facts > div")].find(d => d.firstElementChild.textContent === %q).lastElementChild.textContent`, name)
	}
	for name, want := range map[string]string{
		"Command": `/bin/sh -c "read line; exit 3"`, "Directory": "/", "User": me.Username, "Restarts": "0", "Last exit": "none",
	} {
		if got := value[string](p, fact(name)); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}

	// Each option has its value, and says whether that is the default.
	option := func(key string) string {
		return value[string](p, fmt.Sprintf(`(row => row.cells[1].innerText + (row.classList.contains("default") ? ", not chosen" : ""))([...document.querySelectorAll("#options tbody tr")].find(r => r.cells[0].textContent === %q))`, key))
	}
	for key, want := range map[string]string{
		"command": `/bin/sh -c "read line; exit 3"`, "priority": "7", "startsecs": "0", "autorestart": "false",
		"stopsignal": "TERM default, not chosen", "stdout_logfile_maxbytes": "50MB default, not chosen", "exitcodes": "0 default, not chosen",
	} {
		if got := option(key); got != want {
			t.Errorf("the option %s is %q, want %q", key, got, want)
		}
	}

	// Keys and buttons; what comes of them is said to those who cannot see it.
	p.keys("t")
	p.until("it is stopped", `document.querySelector("#state").textContent.includes("stopped")`)
	p.until("it is said", `document.querySelector("#announcer").textContent.includes("job is stopped")`)
	p.until("no load is claimed", `document.querySelector(".chart strong").textContent === "not running"`)
	p.until("the last exit is known", fact("Last exit")+`.startsWith("terminated by SIGTERM, ")`)
	p.click(".act.start")
	p.until("it runs", `document.querySelector("#state").textContent.includes("running")`)
	pid := value[string](p, fact("PID"))
	p.keys("r")
	p.until("it has another pid", fmt.Sprintf(`/^\d+$/.test(%[1]s) && %[1]s !== %q`, fact("PID"), pid))

	// The history has times, durations, pids and how it ended.
	history := `[...document.querySelectorAll("#history tbody tr")].map(r => [...r.cells].map(c => c.innerText.trim()))`
	p.until("the history is complete", history+`.length >= 6`)
	if !value[bool](p, history+`.every(r => /^[A-Z][a-z][a-z] \d\d \d\d:\d\d:\d\d$/.test(r[0]))`) ||
		!value[bool](p, history+`.some(r => r[1] === "stopped" && / s$/.test(r[2]) && r[4].includes("terminated by SIGTERM"))`) ||
		!value[bool](p, history+`[0][2] === "until now" && `+history+`[0][3] === `+fact("PID")) {
		t.Errorf("the history is %q", value[[][]string](p, history))
	}
}

// Light, dark, or what the system has: a choice that lasts.
func TestTheme(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.do("dark at night", prefer("prefers-color-scheme", "dark"))
	p.visit(d.url + "daemon.html")
	p.until("the page is there", `document.querySelector("#connection.live")`)
	const dark = `(() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g); return Number(r) + Number(g) + Number(b) < 200; })()`
	for _, step := range []struct {
		label string
		dark  bool
	}{{"Auto", true}, {"Light", false}, {"Dark", true}, {"Auto", true}, {"Light", false}} {
		p.until("the choice is shown", fmt.Sprintf(`document.querySelector("#theme").getAttribute("aria-label") === "Theme: %s"`, step.label))
		if got := value[bool](p, dark); got != step.dark {
			t.Errorf("%s: dark is %v", step.label, got)
		}
		p.click("#theme")
	}
	p.do("light by day", prefer("prefers-color-scheme", "light"))
	p.visit(d.url)
	p.until("it is remembered", `document.querySelector("#theme").getAttribute("aria-label") === "Theme: Dark" && `+dark)
	value[any](p, `localStorage.clear()`)
}

// A curve is drawn for what is busy, and the head of a group adds up what is in it.
func TestOverviewLoads(t *testing.T) {
	d := boot(t, program("busy", `/bin/sh -c "while :; do :; done"`)+program("calm", "/bin/cat")+"[group:both]\nprograms=busy,calm\n")
	p := open(t)
	p.visit(d.url)
	p.until("processor time is shown", `parseFloat(`+cell("both:busy", "cpu")+`) > 0`)
	const head = `document.querySelector("tr.group")`
	p.until("the group has a sum", head+`.querySelector(".memory").textContent.includes("iB")`)
	p.until("the sum is right", fmt.Sprintf(`(([a, b]) => %s.querySelector(".cpu").textContent === ((a + b) < 1000 ? ((a + b) / 10).toFixed(1) : Math.round((a + b) / 10)) + " %%")(["both:busy", "both:calm"].map(n => [...document.querySelectorAll("tr.row")].find(r => r.row.name === n).row.load[0]))`, head))
	p.until("the curve is drawn", row("both:busy")+`.querySelector(".spark .line").getAttribute("d")?.includes("L")`)
}
