package console

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Times are those of the daemon, whatever zone the browser is in: an event is found
// in the log by its time.
func TestTimesAreTheDaemons(t *testing.T) {
	if _, err := time.LoadLocation("Asia/Kolkata"); err != nil {
		t.Skip("this system has no other zones:", err)
	}
	t.Setenv("TZ", "Asia/Kolkata")
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url + "daemon.html")
	p.until("the connection is live", `document.querySelector("#connection.live")`)
	d.get("index.html?action=stop&processname=web")
	const event = `[...document.querySelectorAll(".event")].find(e => e.textContent.includes("PROCESS_STATE_STOPPED"))`
	p.until("the event is there", event)
	logged := d.stopped("web")
	text := value[string](p, event+`.querySelector("time").textContent`)
	// Between the one and the other a second may come to its end, and a day.
	const near, day = 2 * time.Second, 24 * time.Hour
	if at, err := time.Parse(time.TimeOnly, text); err != nil || (logged.Sub(at)+near+day)%day > 2*near {
		t.Errorf("the event was at %s (%v), and the log says %s", text, err, logged.Format(time.TimeOnly))
	}
	if detail := value[string](p, event+`.querySelector(".detail").textContent`); !strings.HasPrefix(detail, "from_state:STOPPING pid:") {
		t.Errorf("the event says %q", detail)
	}
}

// stopped waits until the log says that a program was stopped, and returns at what time
// of day.
func (d *daemon) stopped(name string) time.Time {
	d.t.Helper()
	line := regexp.MustCompile(` (\d\d:\d\d:\d\d),\d+ WARN stopped: ` + name + ` `)
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		log, err := os.ReadFile(filepath.Join(d.dir, "supervisord.log"))
		if err != nil {
			d.t.Fatal(err)
		}
		if found := line.FindSubmatch(log); found != nil {
			at, err := time.Parse(time.TimeOnly, string(found[1]))
			if err != nil {
				d.t.Fatal(err)
			}
			return at
		}
	}
	d.t.Fatalf("the log does not say that %s was stopped", name)
	return time.Time{}
}

// On a phone nothing of a program's page has to be pushed aside to be read.
func TestProgramPageOnAPhone(t *testing.T) {
	d := boot(t, wide)
	p := open(t)
	p.do("resize", chromedp.EmulateViewport(360, 780))
	for _, name := range []string{"importer", "crasher", "longcommand"} {
		p.visit(d.url + "program.html?processname=" + name)
		p.until("the page is ready", `document.querySelector("#connection.live") && document.querySelector(".chart strong").textContent`)
		if over := value[[]string](p, `[...document.querySelectorAll(".scroll")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute("aria-label"))`); len(over) > 0 {
			t.Errorf("of %s, %q is cut off", name, over)
		}
	}
}

// A daemon's page that stays open through an update and a restart says what is so now.
func TestDaemonPageIsRenewed(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url + "daemon.html")
	const facts = `document.querySelector("#facts").innerText.replace(/\s+/g, " ")`
	p.until("it has counted", facts+`.includes("Programs 5 in 3 groups")`)
	p.until("the connection is live", `document.querySelector("#connection.live")`)
	d.configure(pets + program("more", "/bin/cat"))
	d.begin(false)
	p.until("it has counted again", facts+`.includes("Programs 6 in 4 groups")`)
	d.stop()
	p.until("the loss is shown", `document.querySelector("#connection.lost")`)
	d.launch()
	p.until("it is another process", fmt.Sprintf(facts+`.includes("PID %d")`, d.pid))
	p.click("#recheck")
	p.until("looking again is answered", `toasted.includes("nothing has changed")`)
}
