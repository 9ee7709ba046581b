package webui

import "supervisor/internal/xhtml"

// page renders the status page. Its scripts replace what is plain by the console.
func (p statusPage) page() []byte {
	button := func(action, label string) *xhtml.Node {
		return xhtml.El("li", xhtml.Attr("class", "action-button"), anchor("index.html?action="+action, xhtml.Text(label)))
	}
	head := func(class, label string) *xhtml.Node {
		return xhtml.El("th", xhtml.Attr("class", class), xhtml.Text(label))
	}
	programs := para("empty", xhtml.Text("No programs to manage"))
	if len(p.Rows) > 0 {
		programs = xhtml.El("table",
			xhtml.El("thead", xhtml.El("tr", head("state", "State"), head("desc", "Description"), head("name", "Name"), head("action", "Action"))),
			xhtml.El("tbody", xhtml.Each(p.Rows, row.tr)))
	}
	return document("Supervisor Status", header("overview"),
		mainPart(
			message(p.Message),
			div("scripted", id("overview")),
			div("", id("plain"),
				xhtml.El("ul", id("buttons"), button("refresh", "Refresh"), button("restartall", "Restart All"), button("stopall", "Stop All")),
				programs)),
		footer(p.Version, p.Year),
		script("overview.js"))
}

// tr is the row of the table. A place in the list of actions that is empty now
// keeps the others in line.
func (r row) tr() *xhtml.Node {
	item := func(label, href string, more ...*xhtml.Node) *xhtml.Node {
		return xhtml.El("li", anchor(href, xhtml.Attr("name", label), xhtml.Group(more...), xhtml.Text(label)))
	}
	action := func(label, verb string) *xhtml.Node {
		return item(label, "index.html?processname="+r.Link+"&action="+verb)
	}
	elsewhere := xhtml.Attr("target", "_blank")
	nothing := xhtml.El("li", anchor("#", xhtml.Attr("class", "hidden"), xhtml.Attr("name", "#"),
		xhtml.Attr("tabindex", "-1"), xhtml.Attr("aria-hidden", "true"), xhtml.Text("Action")))
	first, second := nothing, nothing
	switch {
	case r.Running:
		first, second = action("Restart", "restart"), action("Stop", "stop")
	case r.Startable:
		first = action("Start", "start")
	}
	shade := ""
	if r.Shade {
		shade = "shade"
	}
	cell := func(class string, content *xhtml.Node) *xhtml.Node {
		return xhtml.El("td", xhtml.Attr("class", class), content)
	}
	return xhtml.El("tr", xhtml.Attr("class", shade),
		cell("status", span(r.Class, xhtml.Text(r.State))),
		cell("desc", span("", xhtml.Text(r.Description))),
		cell("name", anchor("tail.html?processname="+r.Link, elsewhere, xhtml.Text(r.Name))),
		cell("action", xhtml.El("ul", first, second,
			action("Clear Log", "clearlog"),
			item("Tail -f Stdout", "logtail/"+r.Link, elsewhere),
			item("Tail -f Stderr", "logtail/"+r.Link+"/stderr", elsewhere))))
}
