package webui

import (
	"strconv"
	"strings"

	"supervisor/internal/explain"
	"supervisor/internal/xhtml"
)

// page renders the page of a program.
func (p programPage) page() []byte {
	return document(p.Name+" - Supervisor", header("program"),
		div("", id("main"), xhtml.Attr("role", "main"), xhtml.Attr("data-process", p.Link),
			message(p.Message),
			p.title(),
			div("", id("why"), p.why()),
			div("columns",
				div("card", xhtml.El("h3", xhtml.Text("Now")), p.facts()),
				div("card scripted", xhtml.El("h3", xhtml.Text("Load")), div("", id("charts")))),
			p.logs(),
			div("columns",
				div("card", xhtml.El("h3", xhtml.Text("History")), p.history()),
				div("card", xhtml.El("h3", xhtml.Text("Options")), p.options()))),
		script("program.js"))
}

// title says what it is, how it is, and offers what can be done.
func (p programPage) title() *xhtml.Node {
	note := uptime(p.View.Since, "")
	if p.View.Note != "" {
		note = xhtml.Text(p.View.Note)
	}
	act := func(action, label string) *xhtml.Node {
		return actionForm(action, action, label, p.Link, "program")
	}
	now := act("stop", "Stop")
	switch {
	case p.Running:
		now = xhtml.Group(act("restart", "Restart"), xhtml.Text("\n"), act("stop", "Stop"))
	case p.Startable:
		now = act("start", "Start")
	}
	return div("title",
		xhtml.El("h2", id("name"), xhtml.Text(p.Name)), xhtml.Text("\n"),
		span("", id("state"), badge(p.Class, p.State, p.View.Failed)), xhtml.Text("\n"),
		span("", id("note"), note), xhtml.Text("\n"),
		div("acts", xhtml.Attr("role", "group"), xhtml.Attr("aria-label", "Actions"), now, xhtml.Text("\n"),
			xhtml.If(p.Stdout || p.Stderr, act("clearlog", "Clear logs"))))
}

// why explains why it is down, if it is.
func (p programPage) why() *xhtml.Node {
	if p.Why == nil {
		return nil
	}
	trouble := xhtml.If(p.Trouble != "", para("faint", xhtml.Text("On record: ", p.Trouble),
		xhtml.If(p.View.Exit != "", xhtml.Text("; ", p.View.Exit, " on ", stamp(p.ExitAt)))))
	return div("card why",
		xhtml.El("h3", xhtml.Text("Why?")),
		para("advice", xhtml.Text(p.Why.Answer)),
		xhtml.Each(p.Why.Evidence, evidence.show),
		xhtml.If(len(p.Why.Steps) > 0, xhtml.El("ol", xhtml.Attr("class", "steps"), xhtml.Each(p.Why.Steps, step))),
		trouble)
}

func (e evidence) show() *xhtml.Node {
	return xhtml.Group(
		xhtml.If(e.Say != "", para("", xhtml.Text(e.Say))),
		xhtml.If(len(e.Words) > 0, xhtml.El("pre", xhtml.Attr("class", "words"), region("region", "What it wrote"),
			xhtml.Text(strings.Join(e.Words, "\n"), "\n"))))
}

func step(s explain.Step) *xhtml.Node {
	var how *xhtml.Node
	switch {
	case s.Key != "":
		how = xhtml.Group(xhtml.Text("; in "), code("["+s.Section+"]"), xhtml.Text(" write: "), code(s.Key+"="+s.Value))
	case s.Run != "":
		how = xhtml.Group(xhtml.Text(": "), code(s.Run))
	}
	return xhtml.El("li", xhtml.Text(s.Say), how)
}

func (p programPage) facts() *xhtml.Node {
	pid, exit := "none", "none"
	if p.View.PID != 0 {
		pid = strconv.Itoa(p.View.PID)
	}
	if p.View.Exit != "" {
		exit = p.View.Exit + ", " + stamp(p.ExitAt)
	}
	return xhtml.El("dl", id("facts"),
		fact("Command", typed(), xhtml.Text(p.Command)),
		fact("Directory", xhtml.If(p.Directory != "", typed()), xhtml.Text(or(p.Directory, "that of the daemon"))),
		fact("User", xhtml.Text(or(p.User, "that of the daemon"))),
		fact("PID", id("pid"), xhtml.Text(pid)),
		fact("Restarts", id("restarts"), xhtml.Text(strconv.Itoa(p.View.Restarts))),
		fact("Last exit", id("exit"), xhtml.Text(exit)))
}

func (p programPage) logs() *xhtml.Node {
	none := func(why string) *xhtml.Node { return xhtml.If(why != "", para("faint", xhtml.Text(why))) }
	return div("card", id("logs"),
		div("cardhead",
			xhtml.El("h3", xhtml.Text("Logs")),
			para("", id("channels"),
				xhtml.If(p.Stdout, logLink(p.Link, "stdout")), xhtml.Text("\n"), xhtml.If(p.Stderr, logLink(p.Link, "stderr")))),
		none(p.NoStdout), none(p.NoStderr),
		div("scripted", id("log"), xhtml.Attr("data-channel", "stdout"),
			xhtml.Attr("data-stdout", strconv.FormatBool(p.Stdout)), xhtml.Attr("data-stderr", strconv.FormatBool(p.Stderr))))
}

func (p programPage) history() *xhtml.Node {
	content := para("empty", xhtml.Text("It has not been started since the daemon knows it."))
	if len(p.Moments) > 0 {
		content = xhtml.El("table", heads("When", "State", "For", "PID", "Why"), xhtml.El("tbody", xhtml.Each(p.Moments, moment.tr)))
	}
	return div("scroll", id("history"), region("region", "History"), content)
}

func (m moment) tr() *xhtml.Node {
	cell := func(content ...*xhtml.Node) *xhtml.Node { return xhtml.El("td", content...) }
	pid := ""
	if m.PID != 0 {
		pid = strconv.Itoa(m.PID)
	}
	return xhtml.El("tr", cell(span("when", xhtml.Text(stamp(m.At)))), cell(badge(m.Class, m.State, false)),
		cell(xhtml.Text(or(m.Lasted, "until now"))), cell(xhtml.Text(pid)), cell(xhtml.Text(m.Why)))
}

func (p programPage) options() *xhtml.Node {
	return div("scroll", region("region", "Options"),
		xhtml.El("table", id("options"), heads("Option", "Value"), xhtml.El("tbody", xhtml.Each(p.Options, option.tr))))
}

func (o option) tr() *xhtml.Node {
	look, mark := "", (*xhtml.Node)(nil)
	if o.Default {
		look, mark = "default", xhtml.Group(xhtml.Text(" "), span("tag", xhtml.Text("default")))
	}
	return xhtml.El("tr", xhtml.Attr("class", look),
		xhtml.El("th", xhtml.Attr("scope", "row"), xhtml.Attr("title", o.Meaning), xhtml.Text(o.Key)),
		xhtml.El("td", span("value", xhtml.Text(o.Value)), mark))
}
