package console

import (
	"net/http"
	"testing"
)

// A program that is taken out of the configuration while its pages are open is
// not shown as if it went on, and it is seen when it comes back.
func TestProgramIsRemoved(t *testing.T) {
	d := boot(t, pets)
	for _, path := range []string{"program.html", "log.html"} {
		p := open(t)
		p.visit(d.url + path + "?processname=web")
		p.until("the connection is live", `document.querySelector("#connection.live")`)
		for _, offline := range []bool{false, true} {
			if offline { // the daemon is another one when the page is back
				d.stop()
				p.until("the loss is shown", `document.querySelector("#connection.lost")`)
			}
			d.configure(program("other", "/bin/cat"))
			d.begin(offline)
			p.until("it is said", `document.querySelector("#main.removed .gone")?.textContent.startsWith("web is not configured any more")`)
			p.until("nothing can be done", `[...document.querySelectorAll(".title .act")].every(b => !b.checkVisibility())`)
			if offline {
				d.stop()
				p.until("the loss is shown", `document.querySelector("#connection.lost")`)
			}
			d.configure(pets)
			d.begin(offline)
			p.until("it is back", `document.querySelector("#main:not(.removed)") && !document.querySelector(".gone")`)
		}
	}
}

// begin makes the configuration that of the file: by a new daemon, or in this one.
func (d *daemon) begin(anew bool) {
	d.t.Helper()
	if anew {
		d.launch()
		return
	}
	r, err := http.PostForm(d.url+"console/act", map[string][]string{"action": {"update"}})
	if err != nil {
		d.t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		d.t.Fatal(err)
	}
}

// The overview of a daemon that comes back with other programs shows those alone.
func TestOtherPrograms(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url)
	p.until("web runs", state("web")+` === "running"`)
	d.stop()
	p.until("the loss is shown", `document.querySelector("#connection.lost")`)
	d.configure(program("other", "/bin/cat") + program("web", "/bin/cat", "autostart=false"))
	d.launch()
	p.until("only those are there", names+` === "other web"`)
	p.until("web has no load", state("web")+` === "stopped" && `+cell("web", "memory")+` === ""`)
	p.until("other has one", cell("other", "memory")+` !== ""`)
}

// Who comes to a program that there is not is told so, and sees it when it comes.
func TestNoSuchProgram(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	for _, path := range []string{"program.html", "log.html"} {
		d.configure(pets)
		d.begin(false)
		p.visit(d.url + path + "?processname=later")
		p.until("it is said", `document.querySelector("#missing")?.textContent.includes("There is no program later.")`)
		p.until("the connection is live", `document.querySelector("#connection.live")`)
		d.configure(pets + program("later", "/bin/cat"))
		d.begin(false)
		p.until("there it is", `document.querySelector("h2")?.textContent.includes("later")`)
	}
	p.visit(d.url + "program.html")
	p.until("no name is no program", `document.querySelector("#missing")?.textContent.includes("No program is named.")`)
}
