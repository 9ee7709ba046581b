package console

import (
	"io"
	"net/http"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// The daemon's page: what it is, what differs, the update, events and log.
func TestDaemon(t *testing.T) {
	d := boot(t, program("keeper", "/bin/cat")+program("changing", "/bin/cat", "priority=1")+program("leaving", "/bin/cat"))
	p := open(t)
	p.visit(d.url + "daemon.html")
	p.until("it knows itself", `["4.3.0", "RUNNING", "supervisord.conf"].every(w => document.querySelector("dl").textContent.includes(w))`)
	p.until("nothing differs", `document.querySelector("#drift").textContent.includes("is what the file says")`)
	p.until("its log is there", lines+`.textContent.includes("supervisord started with pid")`)
	p.until("the connection is live", `document.querySelector("#connection.live")`)

	changed := program("keeper", "/bin/cat") + program("changing", "/bin/cat", "priority=2") + program("fresh", "/bin/cat")
	d.configure(changed)
	p.click("#recheck")
	p.until("it says what an update does", `["remove leaving, which stops leaving", "update changing, which restarts changing", "priority: 1 2", "add fresh"].every(w => document.querySelector("#drift").textContent.replace(/\s+/g, " ").includes(w))`)
	keeper := value[string](p, `fetch("program.html?processname=keeper").then(r => r.text()).then(x => /id="pid">(\d+)/.exec(x)[1])`)
	d.configure(changed + program("late", "/bin/cat")) // after the page was looked at
	p.click("#drift .act")
	p.until("it asks about what the file says now", `["remove leaving", "add late"].every(w => document.querySelector("dialog")?.textContent.includes(w))`)
	p.click("dialog .yes")
	p.until("it is done", `toasted.includes("Updated: 2 added, 1 restarted, 1 removed")`)
	p.until("nothing differs any more", `document.querySelector("#drift").textContent.includes("is what the file says")`)
	p.until("events were seen", `["PROCESS_GROUP_REMOVED", "PROCESS_GROUP_ADDED", "PROCESS_STATE_STOPPED"].every(w => document.querySelector("#events").textContent.includes(w))`)
	if again := value[string](p, `fetch("program.html?processname=keeper").then(r => r.text()).then(x => /id="pid">(\d+)/.exec(x)[1])`); again != keeper {
		t.Errorf("keeper was restarted: its pid was %s and is %s", keeper, again)
	}

	d.configure("[program:bad]\n")
	p.click("#recheck")
	p.until("a bad file is explained", `document.querySelector("#drift [role=alert]")?.textContent.includes("does not specify a command")`)
}

// notice is what the overview says above all programs.
const notice = `[...document.querySelectorAll(".notice")].filter(e => e.checkVisibility()).map(e => e.textContent).join()`

// Regression: who restarted a program on the overview was not told that the file had
// been edited and never applied.
func TestDriftIsSeen(t *testing.T) {
	sections := program("keeper", "/bin/cat") + program("changing", "/bin/cat")
	d := boot(t, sections)
	p := open(t)
	p.visit(d.url)
	p.until("all run", state("keeper")+` === "running" && `+state("changing")+` === "running"`)
	if said := value[string](p, notice); said != "" {
		t.Errorf("nothing differs, and it says %q", said)
	}
	d.configure(program("keeper", "/bin/cat") + program("changing", "/bin/cat -u") + program("fresh", "/bin/cat"))
	p.until("it is said", notice+`.includes("1 changed, 1 added, 0 removed")`)
	d.configure("[program:bad]\n")
	p.until("a bad file, too", notice+`.includes("cannot be used")`)
	d.configure(sections)
	p.until("all is well again", notice+` === ""`)
	d.configure(sections + program("fresh", "/bin/cat"))
	p.until("it is said once more", notice+`.includes("0 changed, 1 added, 0 removed")`)
	p.click(".notice:not([hidden]) a")
	p.until("the page of the daemon has the rest", `document.querySelector("#drift")?.textContent.includes("add fresh") && document.querySelector("#connection.live")`)
	d.configure(sections)
	p.until("it follows", `document.querySelector("#drift").textContent.includes("is what the file says")`)
}

// After a kill of the daemon the console says what runs on without it, and how to end
// that, until it has ended.
func TestLeftoversAreSeen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what is left over is found in /proc")
	}
	d := boot(t, program("job", "/bin/sleep 1000"))
	p := open(t)
	p.visit(d.url)
	p.until("it runs", state("job")+` === "running"`)
	if err := syscall.Kill(d.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-d.done
	d.launch()
	p.until("it is said", notice+`.includes("A program of an earlier supervisord runs on, supervised by nobody.")`)
	p.click(".notice:not([hidden]) a")
	p.until("there is a way to end it", `document.querySelector("#leftovers")?.textContent.includes("job, pid ") && document.querySelector("#connection.live")`)
	if out, err := exec.Command("/bin/sh", "-c", value[string](p, `document.querySelector("#leftovers code").textContent`)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p.until("it is seen to be gone", `document.querySelector("#leftovers").textContent === ""`)
	p.visit(d.url)
	p.until("the other one runs", state("job")+` === "running" && `+notice+` === ""`)
}

// An upgrade is no new start: the page goes on by itself, and says since when the
// daemon has been up.
func TestUpgradeIsSeen(t *testing.T) {
	d := boot(t, program("keeper", "/bin/cat"))
	p := open(t)
	p.visit(d.url + "daemon.html")
	p.until("the log is followed", `document.querySelector("#log .status")?.textContent === "following"`)
	const since = `document.querySelector("dd [data-uptime]").dataset.uptime`
	before := value[string](p, since)
	if err := syscall.Kill(d.pid, syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	p.until("the log says it", lines+`.textContent.includes("upgraded:")`)
	p.until("the connection is back", `document.querySelector("#connection.live")`)
	p.visit(d.url + "daemon.html")
	p.until("the page is there", `document.querySelector("#connection.live")`)
	if after := value[string](p, since); after != before {
		t.Errorf("before the upgrade it was up since %s, now since %s", before, after)
	}
}

// A log that there is not is no empty page.
func TestNoLog(t *testing.T) {
	d := boot(t, program("one", "/bin/cat", "redirect_stderr=true"))
	p := open(t)
	p.visit(d.url + "log.html?processname=one&channel=stderr")
	p.until("it says where to look", `document.querySelector("#missing")?.textContent.includes("in the log of stdout")`)
	p.until("the connection is live", `document.querySelector("#connection.live")`)
	p.click("#missing a")
	p.until("there it is", `document.querySelector("#log .status")?.textContent === "following"`)
}

// Who may act: a page of another site may not, nor one that came by a name that
// is not ours; a script may.
func TestOtherSites(t *testing.T) {
	d := boot(t, pets)
	for _, c := range []struct {
		name    string
		headers map[string]string
		host    string
		status  int
	}{
		{"a script", nil, "", http.StatusSeeOther},
		{"a script, by any name", nil, "build.example.com", http.StatusSeeOther},
		{"another site", map[string]string{"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, "", http.StatusForbidden},
		{"a name that is made to point here", map[string]string{"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, "evil.example", http.StatusForbidden},
	} {
		r, err := http.NewRequest("POST", d.url+"console/act", strings.NewReader("action=stop&processname=web"))
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range c.headers {
			r.Header.Set(key, value)
		}
		r.Host = c.host
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.Body.Close() != nil || answer.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d: %v %s", c.name, answer.StatusCode, c.status, err, text)
		}
	}
}

// Nothing comes from elsewhere, and the policy of the pages allows no script
// that is not a file of ours.
func TestPolicy(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("there are rows", row("web"))
	if foreign := value[[]string](p, `performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith(location.origin))`); len(foreign) > 0 {
		t.Errorf("something was fetched from %q", foreign)
	}
	if ran := value[bool](p, `new Promise(done => { window.ran = false; const s = document.createElement("script"); s.textContent = "window.ran = true"; document.body.append(s); setTimeout(() => done(window.ran), 50); })`); ran {
		t.Error("a script ran that is no file of ours")
	}
}
