package webui

import (
	"strconv"
	"time"

	"supervisor/internal/xhtml"
)

// The elements that pages are mostly made of. class is empty: none.

func div(class string, content ...*xhtml.Node) *xhtml.Node  { return tag("div", class, content) }
func span(class string, content ...*xhtml.Node) *xhtml.Node { return tag("span", class, content) }
func para(class string, content ...*xhtml.Node) *xhtml.Node { return tag("p", class, content) }

func tag(name, class string, content []*xhtml.Node) *xhtml.Node {
	return xhtml.El(name, xhtml.If(class != "", xhtml.Attr("class", class)), xhtml.Group(content...))
}

// code is something as it would be typed.
func code(s string) *xhtml.Node { return xhtml.El("code", xhtml.Text(s)) }

// anchor is a link to a path of ours.
func anchor(href string, content ...*xhtml.Node) *xhtml.Node {
	return xhtml.El("a", xhtml.Attr("href", href), xhtml.Group(content...))
}

// id is the attribute by which scripts find an element.
func id(name string) *xhtml.Node { return xhtml.Attr("id", name) }

// current marks the link to where the reader is.
func current(is bool) *xhtml.Node { return xhtml.If(is, xhtml.Attr("aria-current", "page")) }

// region lets somebody without a mouse scroll an element.
func region(role, label string) *xhtml.Node {
	return xhtml.Group(xhtml.Attr("tabindex", "0"), xhtml.Attr("role", role), xhtml.Attr("aria-label", label))
}

// script is one of our scripts.
func script(name string) *xhtml.Node {
	return xhtml.El("script", xhtml.Attr("type", "module"), xhtml.Attr("src", "console/"+name))
}

// heads are the headings of the columns of a table.
func heads(names ...string) *xhtml.Node {
	return xhtml.El("thead", xhtml.El("tr", xhtml.Each(names, func(name string) *xhtml.Node {
		return xhtml.El("th", xhtml.Attr("scope", "col"), xhtml.Text(name))
	})))
}

// fact is a row of a list of facts.
func fact(name string, value ...*xhtml.Node) *xhtml.Node {
	return div("", xhtml.El("dt", xhtml.Text(name)), xhtml.El("dd", value...))
}

// typed marks a fact that is a path, an address or a command.
func typed() *xhtml.Node { return xhtml.Attr("class", "code") }

// or returns s, or what to say if there is none.
func or(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// stamp is a time as the pages show it.
func stamp(t time.Time) string { return t.Local().Format("Jan 02 15:04:05") }

// uptime is what scripts fill with the time since then, in milliseconds since
// 1970, and keep up to date.
func uptime(since int64, class string) *xhtml.Node {
	return span(class, xhtml.Attr("data-uptime", strconv.FormatInt(since, 10)))
}

// badge is a state: colour, shape and word. An end that was not expected looks
// like what it is.
func badge(class, state string, failed bool) *xhtml.Node {
	if failed {
		class += " failed"
	}
	return span("badge "+class, xhtml.Attr("data-state", state), span("shape", xhtml.Attr("aria-hidden", "true")), xhtml.Text(state))
}
