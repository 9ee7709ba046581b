package webui

import (
	"strconv"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/fold"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
	"supervisor/internal/xhtml"
)

// page renders the page of the daemon.
func (p daemonPage) page() []byte {
	log := xhtml.Text("no file")
	if p.Log != "" {
		log = anchor("log.html", xhtml.Text(p.Log))
	}
	return document("Daemon - Supervisor", header("daemon"),
		mainPart(
			message(p.Message),
			div("title", xhtml.El("h2", xhtml.Text(p.Identifier)), xhtml.Text(" "), span("", xhtml.Text("Supervisor ", p.Version))),
			div("", id("leftovers"), p.leftovers()),
			div("columns",
				div("card",
					xhtml.El("h3", xhtml.Text("Now")),
					xhtml.El("dl", id("facts"),
						fact("Version", xhtml.Text(p.Version)),
						fact("State", id("daemonstate"), xhtml.Text(p.State)),
						fact("PID", xhtml.Text(strconv.Itoa(p.PID))),
						fact("Up since", xhtml.Text(stamp(p.Started), " "), uptime(p.Started.UnixMilli(), "faint")),
						fact("Configuration", typed(), xhtml.Text(p.File)),
						fact("Log", typed(), log),
						fact("Servers", typed(), xhtml.Each(p.Servers, func(s string) *xhtml.Node { return div("", xhtml.Text(s)) })),
						fact("Programs", xhtml.Text(strconv.Itoa(p.Processes), " in ", strconv.Itoa(p.Groups), " groups")))),
				div("card",
					div("cardhead",
						xhtml.El("h3", xhtml.Text("On disk and running")),
						anchor("daemon.html", xhtml.Attr("class", "button"), id("recheck"), xhtml.Text("Look again"))),
					div("", id("drift"), p.drift()),
					para("faint", xhtml.Text("Options of the daemon itself, like its servers and its log, need a restart of it.")))),
			div("card scripted",
				xhtml.El("h3", xhtml.Text("Events")),
				div("scroll tall", id("events"), region("log", "Events"), xhtml.Attr("aria-live", "off"),
					para("empty", xhtml.Text("Nothing has happened since you came.")))),
			div("card scripted", id("logs"),
				xhtml.El("h3", xhtml.Text("The daemon's log")),
				div("", id("log"), xhtml.Attr("data-process", ""), xhtml.Attr("data-channel", "stdout")))),
		script("daemon.js"))
}

// leftovers names the programs that an earlier daemon has left over, and how to end
// them.
func (p daemonPage) leftovers() *xhtml.Node {
	return xhtml.If(len(p.Leftovers) > 0, div("card",
		xhtml.El("h3", xhtml.Text("Left over")),
		para("", xhtml.Text("These were started by an earlier supervisord, which died without them. Nobody supervises them, and they may run twice now.")),
		xhtml.El("ul", xhtml.Each(p.Leftovers, func(o wire.Orphan) *xhtml.Node {
			return xhtml.El("li", xhtml.El("strong", xhtml.Text(o.Display())), xhtml.Text(", pid ", strconv.Itoa(o.PID), "; to end it: "), xhtml.El("code", xhtml.Text(o.Cleanup)))
		}))))
}

// drift says what the file says and does not run, and offers to apply it.
func (p daemonPage) drift() *xhtml.Node {
	switch {
	case p.Trouble != "":
		return para("advice", xhtml.Attr("role", "alert"), xhtml.Text("The file cannot be used: ", p.Trouble))
	case p.Same:
		return para("", xhtml.Text("What runs is what the file says."))
	}
	item := func(verb, look, group string, more ...*xhtml.Node) *xhtml.Node {
		return xhtml.El("li", xhtml.El("strong", xhtml.Attr("class", look), xhtml.Text(verb)), xhtml.Text(" ", group), xhtml.Group(more...))
	}
	return xhtml.Group(
		para("", xhtml.Text("The file has changed since it was applied. An update will:")),
		xhtml.El("ul", xhtml.Attr("class", "drift"),
			xhtml.Each(p.Removed, func(d supervisor.Drifted) *xhtml.Node { return item("remove", "remove", d.Group, stops(d.Stops)) }),
			xhtml.Each(p.Changed, func(d supervisor.Drifted) *xhtml.Node {
				return item("update", "change", d.Group, becomes(d), xhtml.El("ul", xhtml.Each(once(d.Options), changedOption)))
			}),
			xhtml.Each(p.Added, func(group string) *xhtml.Node { return item("add", "add", group) })),
		actionForm("update", "main", "Update", "", "daemon"))
}

// stops names the processes that an update stops.
func stops(names []string) *xhtml.Node {
	return xhtml.If(len(names) > 0, xhtml.Text(", which stops ", strings.Join(fold.Names(names), ", ")))
}

// becomes names the processes that an update starts anew, those that it only stops
// and those that it only starts.
func becomes(d supervisor.Drifted) *xhtml.Node {
	again, ended, begun := fold.Split(d.Stops, d.Starts)
	does := func(verb string, names []string) *xhtml.Node {
		return xhtml.If(len(names) > 0, xhtml.Text(", which "+verb+" ", strings.Join(fold.Names(names), ", ")))
	}
	return xhtml.Group(does("restarts", again), does("stops", ended), does("starts", begun))
}

// once makes one of the changes that are alike in several processes.
func once(all []config.OptionChange) (each []config.OptionChange) {
	whose := make(map[config.OptionChange][]string)
	for _, c := range all {
		alike := c
		alike.Process = ""
		if c.Key == processName {
			alike.Old, alike.New = "", fresh
			if c.New == "" {
				alike.New = gone
			}
		}
		if whose[alike] == nil {
			each = append(each, alike)
		}
		whose[alike] = append(whose[alike], c.Process)
	}
	for i, c := range each {
		each[i].Process = strings.Join(fold.Names(whose[c]), ", ")
	}
	return each
}

// processName is what a process that comes or goes differs in, and gone and fresh
// are what is said of it.
const (
	processName = "process_name"
	gone        = "will be gone"
	fresh       = "new"
)

func changedOption(c config.OptionChange) *xhtml.Node {
	if c.Key == processName {
		return xhtml.El("li", xhtml.Text(c.Process, ": ", c.New))
	}
	return xhtml.El("li",
		xhtml.If(c.Process != "", xhtml.Text(c.Process, " ")), code(c.Key), xhtml.Text(": "),
		xhtml.El("del", xhtml.Text(or(c.Old, "(none)"))), xhtml.Text(" "),
		xhtml.El("ins", xhtml.Text(or(c.New, "(none)"))))
}
