package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// wide is what takes room: long names, long reasons, a signal with a long name.
var wide = program("a-name-that-somebody-has-generated-from-a-template-of-names-0123456789abcdef", "/bin/cat") +
	program("crasher", `/bin/sh -c "sleep 1.1; kill -VTALRM $$"`, "startsecs=0") +
	program("importer", "/usr/local/bin/importer-with-a-long-name --once", "startretries=0") +
	program("nodir", "/bin/cat", "directory=/there/is/no/such/directory/anywhere", "startretries=0") +
	program("worker", `/bin/sh -c "while :; do sleep 1; done"`, "process_name=%(program_name)s_%(process_num)02d", "numprocs=3") +
	program("longcommand", "/bin/cat "+strings.Repeat("--option=/with/a/path/that/goes/on/and/on ", 8), "autostart=false")

// However wide the window is made, no page is wider: what is off its edge cannot be
// clicked.
func TestEveryWidth(t *testing.T) {
	d := boot(t, wide)
	p := open(t)
	for _, page := range []struct{ url, ready string }{
		{"", row("crasher") + `?.querySelector(".exit").textContent.includes("SIGVTALRM")`},
		{"program.html?processname=importer", `document.querySelector("#connection.live") && document.querySelector(".chart strong").textContent`},
		{"program.html?processname=longcommand", `document.querySelector("#connection.live")`},
		{"log.html?processname=crasher", `document.querySelector(".status")?.textContent === "following"`},
		{"daemon.html", `document.querySelectorAll(".event").length > 2`},
	} {
		p.visit(d.url + page.url)
		p.until("the page is ready", page.ready)
		for _, width := range []int64{320, 360, 390, 480, 640, 768, 900, 1023, 1025, 1100, 1247, 1249, 1280, 1366, 1440, 1920} {
			p.do("resize", chromedp.EmulateViewport(width, 800))
			if got := value[int64](p, "document.documentElement.scrollWidth"); got > width {
				t.Errorf("/%s takes %d pixels where there are %d: %s", page.url, got, width, value[string](p, fmt.Sprintf(
					`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > %d).slice(0, 3).map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 40)).join("; ")`, width)))
			}
		}
	}
}

// Regression: on a phone the head of a page became two lines, and all below it moved,
// when the connection was lost; on a small one it always had two.
func TestHeadOnAPhone(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("the connection is live", `document.querySelector("#connection.live")`)
	const height = `document.querySelector("#header").offsetHeight`
	one := value[int](p, height)
	check := func(how string) {
		for _, width := range []int64{320, 360, 375, 390, 430} {
			p.do("resize", chromedp.EmulateViewport(width, 800))
			if got := value[int](p, height); got > one {
				t.Errorf("%s, at %d pixels, the head is %d high; where there is room, %d", how, width, got, one)
			}
		}
	}
	check("live")
	d.stop()
	p.until("the connection is lost", `document.querySelector("#connection.lost")`)
	check("lost")
	d.launch()
}
