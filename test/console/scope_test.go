package console

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The buttons above the table act on what is selected, else on what the filter
// shows, else on all; on those alone that the action concerns; and what is asked
// before names whom it will concern.
func TestWhomAnActionConcerns(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("all is as it begins", state("web")+` === "running" && `+state("pets:cat")+` === "running" && `+state("gone")+` === "fatal"`)
	const dialog = `document.querySelector("dialog").innerText.replace(/\s+/g, " ")`
	toast := func(what, text string) {
		t.Helper()
		p.until(what, `toasted.includes("`+text+`")`)
	}

	p.click(".many .restart")
	p.until("it asks for all five", dialog+`.includes("Restart all 5 programs?")`)
	p.until("it says what else will be started", dialog+`.includes("What does not run now, 2 of them, will be started, too.")`)
	p.click("dialog .no")

	p.do("type", chromedp.SendKeys(chromedp.CSS("#filter"), "pets"))
	p.until("it says on what it acts", `document.querySelector("#target").textContent === "3 shown"`)
	p.click(".many .stop")
	p.until("it asks for what is shown and runs", dialog+`.includes("Stop 2 programs? pets:cat pets:dog")`)
	p.click("dialog .yes")
	p.until("the pets are down", state("pets:cat")+` === "stopped" && `+state("pets:dog")+` === "stopped"`)
	p.until("web runs", state("web")+` === "running"`)
	p.click(".many .stop")
	toast("there is nothing to stop", "Nothing to stop")
	p.click(".many .start")
	p.until("what is shown is started", state("pets:cat")+` === "running" && `+state("pets:fish")+` === "running" && `+state("gone")+` === "fatal"`)
	value[any](p, `(f => { f.value = "nobody"; f.dispatchEvent(new Event("input")); })(document.querySelector("#filter"))`)
	p.until("there is nobody to act on", `document.querySelector(".many .stop").disabled && document.querySelector(".many .start").disabled`)
	p.click(".chip.failing")
	value[any](p, `(f => { f.value = ""; f.dispatchEvent(new Event("input")); })(document.querySelector("#filter"))`)
	p.until("one is left", `document.querySelector("#target").textContent === "1 shown" && !document.querySelector(".many .start").disabled`)

	p.click(".chip.all")
	value[any](p, row("web")+`.row.box.click()`)
	p.click(".many .start")
	toast("what runs is not started", "Nothing to start: web is running.")
}

// What is selected changes what is offered above the table, and moves no row away
// from under the pointer.
func TestSelectingMovesNothing(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	// What comes up changes the counts above the table, too.
	p.until("all is up", `document.querySelector("#connection.live") && `+state("web")+` === "running" && `+state("pets:cat")+` === "running" && `+
		state("pets:dog")+` === "running" && `+state("gone")+` === "fatal"`)
	const top = `document.querySelector(".tablebox").getBoundingClientRect().top`
	for _, width := range []int64{1100, 1247, 1249, 1280, 1440, 1920} {
		p.do("resize", chromedp.EmulateViewport(width, 800))
		before := value[float64](p, top)
		p.keys("a")
		if after := value[float64](p, top); after != before || value[string](p, `document.querySelector("#target").textContent`) != "5 selected" {
			t.Errorf("at a width of %d the table moves from %g to %g", width, before, after)
		}
		p.keys(kb.Escape)
	}
}

// Where there are no programs it is said what makes one.
func TestNoPrograms(t *testing.T) {
	d := boot(t, "")
	p := open(t)
	p.visit(d.url)
	p.until("it is said", `document.querySelector("#overview .card")?.innerText.includes("No programs to manage")`)
	p.until("there is nothing else", `!document.querySelector("#filter").checkVisibility() && !document.querySelector("table").checkVisibility()`)
	d.configure(program("first", "/bin/cat"))
	d.begin(false)
	p.until("there it is", state("first")+` === "running" && document.querySelector("#filter").checkVisibility() && !document.querySelector("#overview .card").checkVisibility()`)
}

// Who acts by the keyboard is not thrown back to the head of the page when the
// button is not there any more.
func TestFocusStays(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("web runs", state("web")+` === "running"`)
	value[any](p, row("web")+`.row.stop.focus()`)
	p.keys(kb.Enter)
	p.until("web is stopped", state("web")+` === "stopped"`)
	if !value[bool](p, row("web")+`.querySelector(".acts").contains(document.activeElement)`) {
		t.Error("in the overview the focus has gone to " + value[string](p, `document.activeElement.outerHTML.slice(0, 100)`))
	}
	p.visit(d.url + "program.html?processname=web")
	p.until("the connection is live", `document.querySelector("#connection.live")`)
	value[any](p, `document.querySelector(".title .act.start").focus()`)
	p.keys(kb.Enter)
	p.until("it runs", `document.querySelector("#state").textContent.includes("running") && document.querySelector(".title .act.stop")`)
	if !value[bool](p, `document.querySelector(".title .acts").contains(document.activeElement)`) {
		t.Error("on the page of a program the focus has gone")
	}
}

// Regression: who had looked at a program that a filter had found came back to a page
// without the filter.
func TestComingBack(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("gone has failed", state("gone")+` === "fatal"`)
	p.click("th.state button")
	p.click("th.state button")
	p.click(".chip.running")
	p.do("type", chromedp.SendKeys(chromedp.CSS("#filter"), "pets"))
	const left = `[...document.querySelectorAll("tr.row:not([hidden])")].map(r => r.row.name).join(" ")`
	p.until("two are left", left+` === "pets:cat pets:dog"`)
	p.click("tr.row:not([hidden]) .program a")
	p.until("the program is there", `document.querySelector("#name")?.textContent === "pets:cat" && document.querySelector("#connection.live")`)
	value[any](p, `history.back()`)
	p.until("the filter is still there", `document.querySelector("#filter")?.value === "pets" && `+left+` === "pets:cat pets:dog"`)
	value[any](p, `window.old = true; location.reload()`)
	p.until("and when the page is loaded anew", `!window.old && document.querySelector("#filter")?.value === "pets" && `+left+` === "pets:cat pets:dog"`)
	if got := value[string](p, `document.querySelector(".chip[aria-pressed=true]").textContent + " " + document.querySelector("th.state").ariaSort`); got != "Running 3 descending" {
		t.Errorf("chosen is %q", got)
	}
	value[any](p, `document.querySelector(".nav a").click()`)
	p.until("a fresh page has none", `document.querySelector("#filter")?.value === "" && document.querySelectorAll("tr.row:not([hidden])").length === 5`)
}

// On a phone, where the table has no heads, it can be ordered, too.
func TestOrderOnAPhone(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.do("resize", chromedp.EmulateViewport(390, 800))
	p.visit(d.url)
	p.until("gone has failed", state("gone")+` === "fatal"`)
	p.until("it is in its place", names+` === "gone web pets:cat pets:dog pets:fish"`)
	value[any](p, `(s => { s.value = "memory"; s.dispatchEvent(new Event("change")); })(document.querySelector(".order"))`)
	p.until("what uses nothing is last", names+`.endsWith(" gone pets:fish")`)
}
