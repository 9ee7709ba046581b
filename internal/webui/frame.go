package webui

import (
	"strconv"

	"supervisor/internal/xhtml"
)

// doctype is what dashboards have always found at the start of a page.
const doctype = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">` + "\n"

// document returns a whole page.
func document(title string, body ...*xhtml.Node) []byte {
	meta := func(name, content string) *xhtml.Node {
		return xhtml.El("meta", xhtml.Attr("name", name), xhtml.Attr("content", content))
	}
	file := func(rel, kind, href string) *xhtml.Node {
		return xhtml.El("link", xhtml.Attr("rel", rel), xhtml.Attr("type", kind), xhtml.Attr("href", href))
	}
	return xhtml.El("html", xhtml.Attr("xmlns", "http://www.w3.org/1999/xhtml"), xhtml.Attr("lang", "en"),
		xhtml.El("head",
			xhtml.El("title", xhtml.Text(title)),
			meta("viewport", "width=device-width, initial-scale=1"),
			meta("color-scheme", "light dark"),
			file("stylesheet", "text/css", "stylesheets/supervisor.css"),
			file("stylesheet", "text/css", "stylesheets/narrow.css"),
			file("icon", "image/png", "images/icon.png"),
			xhtml.El("script", xhtml.Attr("src", "console/boot.js"))),
		xhtml.El("body", body...),
	).Append([]byte(doctype))
}

// mainPart is what a page is about.
func mainPart(content ...*xhtml.Node) *xhtml.Node {
	return div("", id("main"), xhtml.Attr("role", "main"), xhtml.Group(content...))
}

// header leads from page to page; here is the one that this is. What only works
// with scripts is hidden until they run.
func header(here string) *xhtml.Node {
	hidden := xhtml.Attr("aria-hidden", "true")
	tool := func(name, title, label string, more ...*xhtml.Node) *xhtml.Node {
		return xhtml.El("button", id(name), xhtml.Attr("type", "button"), xhtml.Attr("title", title), xhtml.Group(more...), xhtml.Text(label))
	}
	icon := xhtml.El("img", xhtml.Attr("src", "images/icon.png"), xhtml.Attr("alt", ""), xhtml.Attr("width", "28"), xhtml.Attr("height", "28"))
	return xhtml.Group(
		anchor("#main", xhtml.Attr("class", "skip"), xhtml.Text("Skip to content")),
		div("", id("header"),
			xhtml.El("h1", anchor("index.html", icon, xhtml.Text(" "), span("", xhtml.Text("Supervisor")))),
			div("nav", xhtml.Attr("role", "navigation"), xhtml.Attr("aria-label", "Pages"),
				anchor("index.html", current(here == "overview"), xhtml.Text("Programs")), xhtml.Text("\n"),
				anchor("daemon.html", current(here == "daemon"), xhtml.Text("Daemon"))),
			div("tools scripted",
				span("connecting", id("connection"), xhtml.Attr("role", "status"),
					span("dot", hidden), xhtml.Text(" "), span("word", xhtml.Text("connecting"))), xhtml.Text("\n"),
				tool("theme", "Light, dark, or as the system", "Theme"), xhtml.Text("\n"),
				tool("help", "Keyboard shortcuts (?)", "?", xhtml.Attr("aria-label", "Keyboard shortcuts")))),
		div("unseen", id("announcer"), xhtml.Attr("aria-live", "polite")),
		div("", id("toasts"), xhtml.Attr("role", "status")))
}

// message says what became of the last action.
func message(text string) *xhtml.Node {
	return xhtml.If(text != "", div("status_msg", xhtml.Attr("role", "status"), xhtml.Text(text)))
}

// footer says what this is, as the status page always has.
func footer(version string, year int) *xhtml.Node {
	return div("", id("footer"),
		span("left", anchor("http://supervisord.org", xhtml.Text("Supervisor")), xhtml.Text(" "), span("", xhtml.Text(version))), xhtml.Text("\n"),
		span("right", xhtml.Text("2006-"), span("", xhtml.Text(strconv.Itoa(year)))))
}

// actionForm is a button that works without scripts. look is its class, link the
// name of the process that it is for, quoted (empty: none), and back the page to
// come back to. The name is part of the address, since a field cannot hold all
// that a name can.
func actionForm(action, look, label, link, back string) *xhtml.Node {
	address := "console/act"
	if link != "" {
		address += "?processname=" + link
	}
	return xhtml.El("form", xhtml.Attr("method", "post"), xhtml.Attr("action", address),
		xhtml.El("input", xhtml.Attr("type", "hidden"), xhtml.Attr("name", "back"), xhtml.Attr("value", back)),
		xhtml.El("button", xhtml.Attr("class", "act "+look),
			xhtml.Attr("name", "action"), xhtml.Attr("value", action), xhtml.Attr("type", "submit"), xhtml.Text(label)))
}
