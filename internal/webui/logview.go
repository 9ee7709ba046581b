package webui

import (
	"strconv"

	"supervisor/internal/xhtml"
)

// page renders the page of a log. Its script replaces the plain text.
func (p logPage) page() []byte {
	title, of := "daemon", anchor("daemon.html", xhtml.Text("the daemon"))
	var tabs *xhtml.Node
	if p.Name != "" {
		title, of = p.Name, anchor("program.html?processname="+p.Link, xhtml.Text(p.Name))
		tabs = div("tabs", xhtml.Attr("role", "navigation"), xhtml.Attr("aria-label", "Channels"),
			xhtml.If(p.HasStdout, logLink(p.Link, "stdout", current(p.Channel == "stdout"))), xhtml.Text("\n"),
			xhtml.If(p.HasStderr, logLink(p.Link, "stderr", current(p.Channel == "stderr"))))
	}
	return document(title+" log - Supervisor", header("log"),
		div("wide", id("main"), xhtml.Attr("role", "main"), xhtml.Attr("data-process", p.Link),
			div("title", xhtml.El("h2", xhtml.Text("Log of "), of), tabs),
			p.content()),
		script("logpage.js"))
}

// content is the end of the log, or why there is none.
func (p logPage) content() *xhtml.Node {
	if p.Missing == "" {
		return xhtml.Group(
			div("scripted full", id("log"), xhtml.Attr("data-channel", p.Channel)),
			xhtml.El("pre", id("plain"), xhtml.Attr("class", "words"), xhtml.Text(p.Text)))
	}
	other := xhtml.If(p.HasStdout && p.Channel == "stderr", xhtml.Text(" "), anchor("log.html?processname="+p.Link, xhtml.Text("Show stdout")))
	return para("card empty", id("missing"), xhtml.Text(p.Missing), other)
}

// logLink leads to the log of a channel of a process.
func logLink(link, channel string, more ...*xhtml.Node) *xhtml.Node {
	href := "log.html?processname=" + link
	if channel != "stdout" {
		href += "&channel=" + channel
	}
	return anchor(href, xhtml.Group(more...), xhtml.Text(channel))
}

// page renders the end of a log, as it has always been.
func (p tailPage) page() []byte {
	button := func(href, label string) *xhtml.Node {
		return xhtml.El("li", xhtml.Attr("class", "action-button"), anchor(href, xhtml.Text(label)))
	}
	buttons := []*xhtml.Node{id("buttons"), button("index.html", "Status")}
	if p.Link != "" {
		buttons = []*xhtml.Node{id("buttons"),
			button("tail.html?processname="+p.Link+"&limit="+strconv.FormatInt(p.Limit, 10), "Refresh"),
			button("index.html", "Status"),
			button("program.html?processname="+p.Link, "Program"),
			button("log.html?processname="+p.Link, "Log")}
	}
	return document("Supervisor tail of process "+p.Name, xhtml.El("pre", xhtml.Text(p.Text)), xhtml.El("ul", buttons...))
}
