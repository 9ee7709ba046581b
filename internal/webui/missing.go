package webui

import (
	"net/http"
	"strconv"

	"supervisor/internal/xhtml"
)

// showMissing answers for a process that there is not: people come by bookmarks,
// and by links of pages that are older than the configuration.
func (u *UI) showMissing(w http.ResponseWriter, name string) {
	page, h := missingPage(name), w.Header()
	h.Set("Content-Type", "text/html;charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	forbidCaching(h)
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(page) // as in send
}

// missingPage renders that page. Its script looks out for the process.
func missingPage(name string) []byte {
	what := "No program is named."
	if name != "" {
		what = "There is no program " + name + "."
	}
	return document("No such program - Supervisor", header("missing"),
		div("", id("main"), xhtml.Attr("role", "main"), xhtml.Attr("data-process", quote(name)),
			para("card empty", id("missing"), xhtml.Text(what, " "), anchor("index.html", xhtml.Text("Show all programs")))),
		script("missing.js"))
}
