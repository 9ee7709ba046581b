package console

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const lines = `document.querySelector(".lines")`

// A program's page and its log, when the name and the output are evil.
func TestEvilProgram(t *testing.T) {
	d := bootEvil(t)
	p := open(t)
	p.visit(d.url + "program.html?processname=" + url.QueryEscape("evil:"+evil))
	p.until("the name is shown", fmt.Sprintf(`document.querySelector("#name").textContent === %q`, "evil:"+strings.NewReplacer("\x01", "\ufffd", "\x1b", "\ufffd").Replace(evil)))
	p.click(".act.start")
	p.until("it runs", `document.querySelector("#state").textContent.includes("running")`)
	p.until("its log is shown", lines+`.textContent.includes("desrever")`)
	for _, want := range []string{
		"<script>document.title='owned'</script><b onclick=x>&amp;",       // as it is written
		"red bell\u2407 nul\u2400 back\u2408 \ufffd\ufffd caf\u00e9 漢字 😀", // control characters as pictures
		"\ufffddesrever", // nothing turns round
		"written",
	} {
		if !value[bool](p, fmt.Sprintf(`[...document.querySelectorAll(".line")].some(l => l.textContent === %q)`, want)) {
			t.Errorf("there is no line %q in %q", want, value[string](p, lines+".textContent"))
		}
	}
	if got := value[string](p, `document.querySelector(".ansi-fg-1.ansi-bold")?.textContent`); got != "red" {
		t.Errorf("%q is red and bold", got)
	}
	if value[int](p, `document.querySelectorAll(".lines script, .lines b, #main img").length`) != 0 {
		t.Error("output has become elements")
	}
	p.until("there is a history", `document.querySelectorAll("#history tbody tr").length >= 2`)
	options := value[string](p, `document.querySelector("#options").innerText`)
	for _, want := range []string{"autostart", "false", "stopwaitsecs", "50MB", "default"} {
		if !strings.Contains(options, want) {
			t.Errorf("the options do not show %s:\n%s", want, options)
		}
	}
	p.until("its load is shown", `document.querySelectorAll(".chart strong")[1].textContent.includes("iB")`)
	p.click(".act.stop")
	p.until("it is stopped, and the page knows", `document.querySelector("#state").textContent.includes("stopped") && document.querySelector("#exit").textContent.includes("SIGTERM")`)
}

// The page of a program that is down says why.
func TestWhy(t *testing.T) {
	d := boot(t, program("broken", `/bin/sh -c "echo 'cannot open <config>' >&2; exit 7"`, "startretries=0")+program("gone", "/no/such/program", "startretries=0"))
	p := open(t)
	p.visit(d.url + "program.html?processname=broken")
	p.until("it says why", `["Exited too quickly", "exit status 7", "cannot open <config>", "startsecs is 1"].every(w => document.querySelector("#why").textContent.includes(w))`)
	p.visit(d.url + "program.html?processname=gone")
	p.until("it says what may help", `["can't find command", "full path"].every(w => document.querySelector("#why").textContent.includes(w))`)
}

// Everything on the page of a log that can be clicked.
func TestLog(t *testing.T) {
	d := boot(t, program("talker", `/bin/sh -c "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i of many; done; echo only once >&2; exec cat"`, "stdout_logfile=%(here)s/talker.log"))
	p := open(t)
	p.visit(d.url + "log.html?processname=talker")
	p.until("all lines are there", `[...document.querySelectorAll(".line")].some(l => l.textContent === "line 300 of many")`)
	p.until("it is followed", `document.querySelector(".status").textContent === "following"`)
	appendTo(t, filepath.Join(d.dir, "talker.log"), "one more\n")
	p.until("what comes is shown", lines+`.lastElementChild.textContent === "one more"`)

	p.do("search", chromedp.SendKeys(chromedp.CSS(".searching input"), "line 29"))
	p.until("matches are counted", `document.querySelector(".searching .count").textContent.endsWith("of 11")`)
	p.until("the last one is gone to", `document.querySelector(".line.at").textContent === "line 299 of many"`)
	p.click(`[aria-label="Previous match"]`)
	p.until("the one before", `document.querySelector(".line.at").textContent === "line 298 of many"`)
	appendTo(t, filepath.Join(d.dir, "talker.log"), "line 29 comes late\n")
	p.until("where we are among them is still said", `document.querySelector(".searching .count").textContent === "10 of 12"`)
	p.click(".searching label input")
	p.until("only matches are shown", `[...document.querySelectorAll(".line")].filter(l => l.checkVisibility()).length === 12`)
	p.click(".searching label input")
	value[any](p, `const f = document.querySelector(".searching input"); f.value = ""; f.dispatchEvent(new Event("input"))`)
	p.until("nothing is marked", `document.querySelectorAll(".hit").length === 0`)

	value[any](p, lines+`.scrollTop = 50`)
	p.until("we are away from the end", `document.querySelector(".end.away")`)
	p.click(".end")
	p.until("we are at the end", `!document.querySelector(".end.away")`)
	p.click(".wrap input")
	p.until("lines are not wrapped", `document.querySelector(".lines.nowrap")`)

	p.click(".pause")
	p.until("it is paused", `document.querySelector(".status").textContent === "paused"`)
	appendTo(t, filepath.Join(d.dir, "talker.log"), "while you were away\n")
	p.click(".pause")
	p.until("nothing is missing", lines+`.lastElementChild.textContent === "while you were away"`)
	if got := value[string](p, `fetch(document.querySelector(".download").href).then(r => r.headers.get("Content-Disposition") + r.status)`); !strings.Contains(got, "talker.log") || !strings.HasSuffix(got, "200") {
		t.Errorf("the download is %s", got)
	}
	p.click(".clear")
	p.until("it is empty", lines+`.textContent === ""`)
	p.click(`.tabs a[href*=stderr]`)
	p.until("the logs were cleared", `document.querySelector(".status")?.textContent === "following" && !document.body.textContent.includes("only once")`)
}

// appendTo writes to a log as its program would.
func appendTo(t *testing.T, name, text string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// Of a log of 1 GB only the end is read, and what is older when it is wanted.
func TestBigLog(t *testing.T) {
	d := boot(t, program("big", "/bin/cat", "stdout_logfile=%(here)s/big.log", "stdout_logfile_maxbytes=0", "autostart=false"))
	name := filepath.Join(d.dir, "big.log")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 1<<30); err != nil { // a file with a hole takes no room
		t.Fatal(err)
	}
	var end strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&end, "%05d and so on\n", i)
	}
	appendTo(t, name, "\n"+end.String())
	p := open(t)
	p.visit(d.url + "log.html?processname=big")
	p.until("its end is there", `[...document.querySelectorAll(".line")].at(-1)?.textContent === "09999 and so on"`)
	if n := value[int](p, `performance.getEntriesByType("resource").filter(e => e.name.includes("console/log")).reduce((n, e) => n + e.encodedBodySize, 0)`); n > 200<<10 {
		t.Errorf("%d bytes were fetched", n)
	}
	first := value[string](p, `document.querySelector(".line").textContent`)
	p.click(".older")
	p.until("older lines are there, without a gap", fmt.Sprintf(`(() => { const l = [...document.querySelectorAll(".line")].map(l => parseInt(l.textContent)); return l[0] < %d && l.every((n, i) => i === 0 || n === l[i-1] + 1); })()`, atoi(first)))
}

// Regression: when a log had been cut to nothing in its place, as logrotate does with
// copytruncate, "Show older" showed nothing, or what did not belong there.
func TestTruncatedLog(t *testing.T) {
	d := boot(t, program("cut", "/bin/cat", "stdout_logfile=%(here)s/cut.log", "stdout_logfile_maxbytes=0", "autostart=false"))
	name := filepath.Join(d.dir, "cut.log")
	text := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "%05d and so on\n", i)
		}
		return b.String()
	}
	if err := os.WriteFile(name, []byte(text(0, 20000)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t)
	p.visit(d.url + "log.html?processname=cut")
	p.until("there is something older", `document.querySelector(".status").textContent === "following" && !document.querySelector(".older").hidden`)
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	p.until("it is said", lines+`.textContent.includes("File truncated")`)
	appendTo(t, name, text(50000, 50010))
	p.until("what is new is shown, and in this file there is nothing older", `[...document.querySelectorAll(".line")].at(-1).textContent === "50009 and so on" && document.querySelector(".older").hidden`)
	for i := 50010; i < 56000; i += 599 { // not so much at a time that some is left out
		appendTo(t, name, text(i, i+599))
		p.until("it is shown", fmt.Sprintf(`[...document.querySelectorAll(".line")].at(-1).textContent === "%d and so on"`, i+598))
	}
	p.until("what is no longer shown is older", `!document.querySelector(".older").hidden`)
	p.click(".older")
	p.until("and is there, without a gap", `(() => { const l = [...document.querySelectorAll(".line")].map(l => parseInt(l.textContent)); return l[0] === 50000 && l.every((n, i) => i === 0 || n === l[i-1] + 1); })()`)

	// While nobody follows, only the attempt can tell.
	p.click(".pause")
	appendTo(t, name, text(56000, 90000))
	p.visit(d.url + "log.html?processname=cut")
	p.until("it is followed", `document.querySelector(".status").textContent === "following"`)
	p.click(".pause")
	if err := os.Truncate(name, 10); err != nil {
		t.Fatal(err)
	}
	p.click(".older")
	p.until("it is said", `document.querySelector("#toasts").textContent.includes("rotated or cleared") && document.querySelector(".older").hidden`)
}

// Regression: what was searched for in a big log was said to be not there, though only
// the end of the log had been looked at.
func TestSearchOlder(t *testing.T) {
	d := boot(t, program("big", "/bin/cat", "stdout_logfile=%(here)s/big.log", "stdout_logfile_maxbytes=0", "autostart=false"))
	var log strings.Builder
	for i := range 150000 { // some 4 MB
		switch i {
		case 10:
			log.WriteString("the \x1b[31mFirst\x1b[0m needle\n")
		case 70000, 70001, 149000:
			fmt.Fprintf(&log, "a needle at %d\n", i)
		default:
			fmt.Fprintf(&log, "%06d is a line like others\n", i)
		}
	}
	if err := os.WriteFile(filepath.Join(d.dir, "big.log"), []byte(log.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t)
	p.visit(d.url + "log.html?processname=big")
	p.until("it is followed", `document.querySelector(".status").textContent === "following"`)
	const at = `document.querySelector(".line.at")?.textContent`
	const count = `document.querySelector(".searching .count").textContent`
	p.search("needle")
	p.until("the last one is gone to", at+` === "a needle at 149000"`)
	p.until("there may be others", count+` === "1 of 1 so far"`)
	p.keys(kb.Enter)
	p.until("one in what had not been read", at+` === "a needle at 70001"`)
	p.until("what is around it is shown, what is between not", `document.querySelectorAll(".line").length < 6000 && document.querySelector(".line.gap").textContent.includes("without “needle”")`)
	p.click(`[aria-label="Previous match"]`)
	p.until("its neighbour", at+` === "a needle at 70000"`)
	p.click(".further")
	p.until("the first of all, in colour", at+` === "the First needle"`)
	p.until("there is no more", count+` === "1 of 4" && document.querySelector(".further").hidden && document.querySelector(".older").hidden`)

	p.visit(d.url + "log.html?processname=big")
	p.until("it is followed", `document.querySelector(".status").textContent === "following"`)
	p.search("haystack")
	p.until("it says where it has looked", count+`.startsWith("none in the last 6")`)
	p.click(".further")
	p.until("it is nowhere", count+` === "0 found"`)

	// Regression: who typed on while older lines were searched got no answer.
	p.visit(d.url + "log.html?processname=big")
	p.until("it is followed", `document.querySelector(".status").textContent === "following"`)
	p.search("hayst")
	p.until("it says where it has looked", count+`.startsWith("none in the last 6")`)
	value[bool](p, `(() => {
		const field = document.querySelector(".searching input");
		document.querySelector(".further").click();
		field.value = "haystack";
		return field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
	})()`)
	p.until("it is nowhere", count+` === "0 found"`)
}

// search types all of a text at once: of half of it something else may be found.
func (p *tab) search(text string) {
	p.t.Helper()
	p.do("search", chromedp.Focus(chromedp.CSS(".searching input")))
	value[bool](p, fmt.Sprintf(`(() => {
		const field = document.querySelector(".searching input");
		field.value = %q;
		return field.dispatchEvent(new Event("input"));
	})()`, text))
}

func atoi(text string) (n int) {
	if _, err := fmt.Sscan(strings.TrimLeft(text, "0"), &n); err != nil {
		return 0
	}
	return n
}

// A program that writes as fast as it can does not stop the browser, and it is
// said what is not shown.
func TestFlood(t *testing.T) {
	d := boot(t, program("flood", `/bin/sh -c "exec nice yes 'a line of the flood, about as long as the lines of a log usually are'"`, "stdout_logfile_maxbytes=20MB", "stdout_logfile_backups=1", "autostart=false"))
	p := open(t)
	p.visit(d.url + "log.html?processname=flood")
	d.get("index.html?action=start&processname=flood")
	p.until("something is skipped", `document.querySelectorAll(".line.skip").length > 3`)
	p.until("there are enough lines, not too many", `document.querySelectorAll(".line").length > 4000 && document.querySelectorAll(".line").length <= 5001`)
	p.click(".pause")
	p.until("the page still answers", `document.querySelector(".status").textContent === "paused"`)
	d.get("index.html?action=stop&processname=flood")
}
