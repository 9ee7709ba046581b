package console

import (
	"fmt"
	"net/url"
	"strconv"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// cell is the expression of what a cell of a program's row says.
func cell(name, class string) string {
	return fmt.Sprintf(`(%s?.querySelector(%q).textContent ?? "")`, row(name), "."+class)
}

// names is the expression of the names of all rows, in order.
const names = `[...document.querySelectorAll("tr.row")].map(r => r.row.name).join(" ")`

// The figures of the overview are those of the programs, and it can be ordered by
// each of them.
func TestFigures(t *testing.T) {
	d := boot(t, program("a", `/bin/sh -c "sleep 1000 & sleep 1001 & wait"`, "startsecs=0", "stopasgroup=true")+
		program("b", "/bin/cat", "startsecs=0")+program("c", `/bin/sh -c "exit 3"`, "startsecs=0", "autorestart=false")+
		program("d", "/bin/cat", "autostart=false"))
	p := open(t)
	p.visit(d.url)
	p.until("b runs", state("b")+` === "running"`)
	old := value[string](p, cell("b", "pid"))
	pid, err := strconv.Atoi(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.until("b was started again by itself", cell("b", "restarts")+` === "1"`)
	p.until("its last exit is known", cell("b", "exit")+` === "terminated by SIGKILL"`)
	p.until("it has another pid", cell("b", "pid")+fmt.Sprintf(` !== %q && %s === "running"`, old, state("b")))
	p.until("c has ended", state("c")+` === "exited" && `+cell("c", "exit")+` === "exit status 3"`)
	p.until("time passes", cell("a", "uptime")+` > "0:00:01"`)
	p.until("the children of a count", row("a")+`.querySelector(".memory.family").title.includes("3 processes; the first by itself")`)
	p.until("what does not run has no figures", cell("d", "pid")+`+`+cell("d", "uptime")+`+`+cell("d", "memory")+` === ""`)

	for class, want := range map[string]string{"program": "a b c d", "state": "c a b d", "restarts": "b a c d"} {
		button := fmt.Sprintf("th.%s button", class)
		p.click(button)
		for range 2 { // one of the two directions
			if value[string](p, names) != want {
				p.click(button)
			}
		}
		if got := value[string](p, names); got != want {
			t.Errorf("ordered by %s: %s", class, got)
		}
	}
	for _, class := range []string{"pid", "uptime", "exit", "cpu", "memory"} {
		p.click(fmt.Sprintf("th.%s button", class))
		p.until("it is ordered by "+class, fmt.Sprintf(`document.querySelector("th.%s").getAttribute("aria-sort")?.endsWith("cending")`, class))
	}
}

// A curve is there again when its page has been left and is looked at again, and
// has a gap where nothing was measured.
func TestCurvesAreKept(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url + "program.html?processname=web")
	const points = `(document.querySelector(".chart .line").getAttribute("d") ?? "").split(/[ML]/).length - 1`
	p.until("there is a curve", points+" >= 5")
	p.visit("about:blank")
	p.visit(d.url + "program.html?processname=web")
	p.until("the connection is live", `document.querySelector("#connection.live") && document.querySelector(".chart strong").textContent`)
	if n := value[int](p, points); n < 5 {
		t.Errorf("after coming back the curve has %d points", n)
	}
	line := value[string](p, `import("./console/chart.js").then(({Spark}) => { const s = new Spark(5, 1); s.set([1, 1, -1, 1, 1]); s.draw(); return s.line.getAttribute("d"); })`)
	if want := "M0.0 1.0L18.0 1.0M54.0 1.0L72.0 1.0"; line != want {
		t.Errorf("a curve with a gap is drawn as %s, want %s", line, want)
	}
}

// No page is wider than the screen, however narrow that is and however long and
// strange names and lines are.
func TestNothingIsCutOff(t *testing.T) {
	d := bootEvil(t)
	p := open(t)
	evilPage := "processname=" + url.QueryEscape("evil:"+evil)
	for _, width := range []int64{320, 390, 768, 1024, 1320, 2560} {
		p.do("resize", chromedp.EmulateViewport(width, 800))
		for page, ready := range map[string]string{
			"":                          row("web"),
			"program.html?" + evilPage:  `document.querySelector("#connection.live")`,
			"log.html?" + evilPage:      `document.querySelector("#connection.live")`,
			"daemon.html":               `document.querySelectorAll(".line").length > 0`,
			"tail.html?processname=web": `document.querySelector("pre")`,
		} {
			p.visit(d.url + page)
			p.until("the page is ready", ready)
			if wide := value[int64](p, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("/%s is %d pixels wide on a screen of %d: %s", page, wide, width,
					value[string](p, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 40)).join("\n")`))
			}
		}
	}
}
