package console

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// evil is a name that means something in HTML, in URLs and in quotes, and has
// characters that a page cannot contain.
const evil = `<b>"i'&amp;%41é漢字` + "\x01\x1b[31m"

// evilSection configures it: what is written is as bad as the name.
var evilSection = fmt.Sprintf("[program:evil]\nprocess_name=%s\ncommand=/bin/cat %%(here)s/evil.txt -\nautostart=false\n", strings.ReplaceAll(evil, "%", "%%"))

// evilText is HTML, control characters, broken UTF-8, colours, and a line that
// wants to be read from the right.
const evilText = "<script>document.title='owned'</script><b onclick=x>&amp;\n" +
	"\x1b[1;31mred\x1b[0m \x1b]0;title\x07bell\x07 nul\x00 back\b \xff\xfe caf\xc3\xa9 漢字 😀\n" +
	"\u202edesrever\n" + "over\rwritten\n"

// pets are two groups and a program alone.
var pets = program("cat", "/bin/cat") + program("dog", "/bin/cat") + program("fish", "/bin/cat", "autostart=false") +
	"[group:pets]\nprograms=cat,dog,fish\n" + program("web", "/bin/cat") + program("gone", "/no/such/program", "startretries=0")

func bootEvil(t *testing.T) *daemon {
	dir := t.TempDir()
	file := filepath.Join(dir, "evil.txt")
	if err := os.WriteFile(file, []byte(evilText), 0o600); err != nil {
		t.Fatal(err)
	}
	return boot(t, strings.ReplaceAll(evilSection, "%(here)s", dir)+pets)
}

// Everything on the overview that can be clicked.
func TestOverview(t *testing.T) {
	d := bootEvil(t)
	p := open(t)
	p.visit(d.url)
	for name, want := range map[string]string{"pets:cat": "running", "pets:fish": "stopped", "gone": "fatal", "web": "running"} {
		p.until(name+" is "+want, state(name)+fmt.Sprintf(" === %q", want))
	}
	p.until("the connection is live", `document.querySelector("#connection.live")`)
	p.until("a load is shown", row("web")+`.querySelector(".memory").textContent.includes("iB")`)
	if note := value[string](p, row("gone")+`.querySelector(".note").textContent`); !strings.Contains(note, "can't find command") {
		t.Errorf("the note of gone is %q", note)
	}
	if value[int](p, `document.querySelectorAll("#overview b").length`) != 0 {
		t.Error("a name has become an element")
	}

	// One program, by its buttons.
	button := func(name, action string) string { return row(name) + `.querySelector(".act.` + action + `").click()` }
	value[any](p, button("web", "stop"))
	p.until("web is stopped", state("web")+` === "stopped"`)
	p.until("it is said", `toasted.includes("web: stopped")`)
	value[any](p, button("web", "start"))
	p.until("web runs again", state("web")+` === "running"`)
	pid := value[string](p, row("web")+`.querySelector(".pid").textContent`)
	value[any](p, button("web", "restart"))
	p.until("web has another pid", row("web")+`.querySelector(".pid").textContent !== "" && `+row("web")+fmt.Sprintf(`.querySelector(".pid").textContent !== %q`, pid))
	value[any](p, button("gone", "start"))
	p.until("a failure is shown", `document.querySelector(".toast.failed")?.textContent.includes("no such file")`)

	// The program with the evil name, by its button, too.
	name := "evil:" + evil
	value[any](p, button(name, "start"))
	p.until("evil runs", state(name)+` === "running"`)
	value[any](p, button(name, "stop"))
	p.until("evil is stopped", state(name)+` === "stopped"`)

	// A group.
	value[any](p, `document.querySelector('[aria-label="Stop group pets"]').click()`)
	p.click("dialog .yes")
	p.until("the pets are down", state("pets:cat")+` === "stopped" && `+state("pets:dog")+` === "stopped"`)
	value[any](p, `document.querySelector('[aria-label="Start group pets"]').click()`)
	p.until("the pets are up", `["cat", "dog", "fish"].every(n => [...document.querySelectorAll("tr.row")].find(r => r.row.name === "pets:" + n).dataset.state === "running")`)

	// Filter by name, state and kind; what is hidden is not selected.
	p.do("type", chromedp.SendKeys(chromedp.CSS("#filter"), "pets run"))
	p.until("three are left", `document.querySelectorAll("tr.row:not([hidden])").length === 3`)
	p.keys(kb.Escape)
	p.until("the filter is gone", `document.querySelectorAll("tr.row:not([hidden])").length === 6`)
	p.click(".chip.failing")
	p.until("one is left", `document.querySelectorAll("tr.row:not([hidden])").length === 1`)
	p.click(".chip.all")

	// Select many and act on them.
	value[any](p, `for (const n of ["pets:cat", "web"]) [...document.querySelectorAll("tr.row")].find(r => r.row.name === n).row.box.click()`)
	p.until("two are selected", `document.querySelector("#target").textContent === "2 selected"`)
	p.click(".many .stop")
	p.click("dialog .yes")
	p.until("both are stopped", state("pets:cat")+` === "stopped" && `+state("web")+` === "stopped"`)

	// Order by state: what fails comes first, and groups are not kept together.
	p.click("th.state button")
	p.until("gone is first", `document.querySelector("tr.row").row.name === "gone"`)
	p.click("th.program button")

	// All.
	p.click(".many .plain")
	p.click(".many .stop")
	p.click("dialog .yes")
	p.until("all are down", `document.querySelectorAll("tr.row [data-state=running]").length === 0`)
}

// The keyboard alone does it, too, and can be told not to.
func TestKeys(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("web runs", state("web")+` === "running"`)
	p.keys("/")
	p.until("the filter has the focus", `document.activeElement.id === "filter"`)
	p.do("type", chromedp.KeyEvent("web"), chromedp.KeyEvent(kb.Escape))
	p.keys("j")
	p.keys("j")
	p.until("the second row is current", `document.querySelectorAll("tr.row")[1].classList.contains("current")`)
	p.keys("k")
	p.keys("j")
	p.keys("t")
	p.until("web is stopped", state("web")+` === "stopped"`)
	p.keys("s")
	p.until("web runs again", state("web")+` === "running"`)
	p.keys("x")
	p.until("it is selected", `document.querySelector("#target").textContent === "1 selected"`)
	p.keys("a")
	p.until("all are selected", `document.querySelector("#target").textContent === "5 selected"`)
	p.keys(kb.Escape)
	p.keys("?")
	p.until("help is there", `document.querySelector("dialog.help[open] kbd")`)
	p.click("#keysoff")
	p.keys(kb.Escape)
	p.until("help is gone", `!document.querySelector("dialog")`)
	p.keys("a")
	if value[string](p, `document.querySelector("#target").textContent`) != "All" {
		t.Error("keys work that were turned off")
	}
	value[any](p, `localStorage.clear()`)
	p.visit(d.url)
	p.until("there are rows", row("web"))
	p.keys("j")
	p.keys("j")
	p.keys(kb.Enter)
	p.until("the page of web is there", `document.querySelector("#name")?.textContent === "web"`)
}

// What others do is seen without reloading, and a daemon that goes and comes
// back is found again.
func TestLive(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("web runs", state("web")+` === "running"`)
	value[any](p, `window.same = true`)
	d.get("index.html?action=stop&processname=web")
	p.until("web is stopped", state("web")+` === "stopped"`)
	d.stop()
	p.until("the loss is shown", `document.querySelector("#connection.lost").textContent.includes("connection lost")`)
	d.launch()
	p.until("the connection is back", `document.querySelector("#connection.live")`)
	p.until("web runs again", state("web")+` === "running"`)
	if !value[bool](p, `window.same === true`) {
		t.Error("the page was loaded anew")
	}
}

// Without scripts the pages show the same, and act.
func TestWithoutScripts(t *testing.T) {
	d := boot(t, strings.ReplaceAll(pets, "/bin/cat\n", "/bin/cat\nstartsecs=0\n"))
	p := open(t)
	p.do("no scripts", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	p.visit(d.url)
	p.click(`a[href="index.html?processname=web&action=stop"]`)
	p.until("it is said", `document.querySelector(".status_msg")?.textContent === "Process web stopped"`)
	p.visit(d.url + "program.html?processname=web")
	p.click(".act.start")
	p.until("it runs", `document.querySelector(".status_msg")?.textContent === "web: started"`)
	p.until("there is a history", `document.querySelectorAll("#history tbody tr").length >= 4`)
	p.visit(d.url + "daemon.html")
	p.until("there is a version", `document.body.textContent.includes("4.3.0") && !document.querySelector("#events").checkVisibility()`)
}
