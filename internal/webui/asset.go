package webui

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"time"
)

//go:embed assets
var assets embed.FS

//go:embed templates
var templates embed.FS

// pages are the templates, by the names of their files.
var pages = template.Must(template.ParseFS(templates, "templates/*.html"))

// asset returns what serves one embedded file. Browsers are told to ask each
// time whether it is still the same, so that a new daemon never meets an old
// style sheet.
func asset(name, contentType string, modified time.Time) http.HandlerFunc {
	content, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // the table of routes names a file that was not built in
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", modified, bytes.NewReader(content))
	}
}
