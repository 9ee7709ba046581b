package console

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	machine "supervisor/test/stage"
)

// What the console costs with a thousand programs, as docs/console.md tells it.
// The figures are reported, not judged: they depend on what else the machine
// does.
func TestCost(t *testing.T) {
	const programs = 1000
	machine.RequireDescriptors(t, 4*programs)
	d := boot(t, program("worker", "/bin/sleep 100000", "process_name=%(program_name)s_%(process_num)04d", fmt.Sprintf("numprocs=%d", programs), "stdout_logfile=NONE", "stderr_logfile=NONE"))
	p := open(t)
	p.visit(d.url)
	p.until("all run", fmt.Sprintf(`document.querySelectorAll("tr.row [data-state=running]").length === %d`, programs))
	for range 3 {
		p.visit(d.url)
		p.until("the overview is drawn", `performance.getEntriesByName("overview").length > 0 && performance.getEntriesByName("first-contentful-paint").length > 0`)
		t.Logf("first paint after %.0f ms, all %d rows after %.0f ms",
			value[float64](p, `performance.getEntriesByName("first-contentful-paint")[0].startTime`), programs,
			value[float64](p, `performance.getEntriesByName("overview")[0].startTime`))
	}
	// So many can be searched, ordered and chosen from like a few.
	p.do("type", chromedp.SendKeys(chromedp.CSS("#filter"), "_0042"))
	p.until("one is left", `document.querySelectorAll("tr.row:not([hidden])").length === 1`)
	p.click("th.check input")
	p.until("it is chosen", `document.querySelector("#target").textContent === "1 selected"`)
	p.click(".many .stop")
	p.until("it is stopped", state("worker:worker_0042")+` === "stopped"`)
	value[any](p, `document.querySelector("#filter").value = ""; document.querySelector("#filter").dispatchEvent(new Event("input"))`)
	p.click("th.state button") // what fails first, what is down last
	p.until("it comes last", `[...document.querySelectorAll("tr.row")].at(-1).row.name === "worker:worker_0042"`)
	p.click("th.state button")
	p.until("it comes first", `document.querySelector("tr.row").row.name === "worker:worker_0042"`)
	if os.Getenv("CONSOLE_COST") == "" {
		return // to measure takes a while
	}
	p.until("a load is shown", `document.querySelector(".memory").textContent !== ""`)
	t.Logf("while one browser watches: %s", d.use(20*time.Second))
	p.visit("about:blank")
	<-time.After(15 * time.Second) // until the gauges rest
	t.Logf("while none does: %s", d.use(20*time.Second))
}

// use returns the processor time that the daemon uses in a while.
func (d *daemon) use(while time.Duration) string {
	before, began := d.cpu(), time.Now()
	<-time.After(while)
	used, took := d.cpu()-before, time.Since(began)
	return fmt.Sprintf("%v of processor time in %v, %.2f %% of a core", used, took.Round(time.Second), 100*float64(used)/float64(took))
}

// cpu returns the processor time that the daemon has used.
func (d *daemon) cpu() time.Duration {
	d.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.pid))
	if err != nil {
		d.t.Skip("this system does not tell:", err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	ticks := 0
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			d.t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
