package webui

import (
	"embed"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

//go:embed assets
var assets embed.FS

// scripts returns the names of the embedded scripts.
func scripts() []string {
	names, err := fs.Glob(assets, "assets/console/*.js")
	if err != nil {
		panic(err) // the pattern is not one
	}
	for i, name := range names {
		names[i] = strings.TrimPrefix(name, "assets/")
	}
	return names
}

// asset returns what serves one embedded file. Browsers are told to ask each
// time whether it is still the same, so that a new daemon never meets an old
// style sheet.
func asset(name, contentType string, modified time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// An embedded file can be read where it is (embed.FS, Open).
		file, err := assets.Open("assets/" + name)
		if err != nil {
			panic(err) // the table of routes names a file that was not built in
		}
		defer file.Close()
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", modified, file.(io.ReadSeeker))
	}
}
