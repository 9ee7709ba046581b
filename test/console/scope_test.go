package console

import (
	"testing"

	"github.com/chromedp/chromedp"
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
		p.until(what, `document.querySelector("#toasts").textContent.includes("`+text+`")`)
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
