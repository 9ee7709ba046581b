package console

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// Regression: a job that ended badly was grey and counted with what is stopped, so
// that nobody saw it; on a phone neither its exit status was shown nor how often a
// program has been restarted.
func TestEndedBadly(t *testing.T) {
	d := boot(t, program("migrate", `/bin/sh -c "exit 3"`, "startsecs=0", "autorestart=false")+
		program("done", `/bin/sh -c "exit 0"`, "startsecs=0", "autorestart=false")+
		program("flappy", `/bin/sh -c "sleep 0.3; exit 4"`, "startsecs=0", "startretries=1000"))
	p := open(t)
	p.visit(d.url)
	p.until("both have ended", state("migrate")+` === "exited" && `+state("done")+` === "exited"`)
	p.until("it counts as failing", `document.querySelector(".chip.failing strong").textContent === "1" && document.title.startsWith("(1 failing)")`)
	p.until("one is down", `document.querySelector(".chip.down strong").textContent === "1"`)
	colour := func(name string) string {
		return value[string](p, `getComputedStyle(`+row(name)+`.querySelector(".badge")).color`)
	}
	if colour("migrate") == colour("done") {
		t.Error("what ended badly looks like what has done its work")
	}
	p.click(".chip.failing")
	p.until("it is found", `[...document.querySelectorAll("tr.row:not([hidden])")].map(r => r.row.name).join() === "migrate"`)
	p.click(".chip.all")
	p.until("flappy has been restarted", row("flappy")+`?.row.view.restarts > 0`)

	past := func(name string) string { return `(` + row(name) + `.querySelector(".past").innerText)` }
	p.until("there is room for columns", past("migrate")+` === "" || getComputedStyle(`+row("migrate")+`.querySelector(".past")).display === "none"`)
	p.do("a phone", chromedp.EmulateViewport(390, 800))
	p.until("how it ended is shown", past("migrate")+` === "exit status 3"`)
	p.until("and how often", past("flappy")+`.match(/^[0-9]+ restarts?, (last: )?exit status 4$/)`)

	p.visit(d.url + "program.html?processname=migrate")
	p.until("its page says so, too", `document.querySelector("#state .badge.failed")`)
	p.do("wide again", chromedp.EmulateViewport(1320, 800))
}
