package webui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

func TestRoutes(t *testing.T) {
	const css = "/stylesheets/supervisor.css"
	for _, c := range []struct {
		id, method, target string
		status             int
		contentType        string
		body               string // empty: not compared
	}{
		{"HTT-001", "GET", "/ok.html", 200, "text/plain", "OK"},
		{"HTT-001", "POST", "/ok.html", 200, "text/plain", "OK"},
		{"HTT-001", "GET", "//ok.html?x=1", 200, "text/plain", "OK"},
		{"HTT-001", "GET", "/%6fk.html", 200, "text/plain", "OK"},
		{"HTT-002", "GET", "/", 200, "text/html;charset=utf-8", ""},
		{"HTT-002", "GET", "/index.html", 200, "text/html;charset=utf-8", ""},
		{"HTT-002", "POST", "///index.html", 200, "text/html;charset=utf-8", ""},
		{"HTT-017", "GET", css, 200, "text/css", ""},
		{"HTT-017", "HEAD", css, 200, "text/css", ""},
		{"HTT-017", "GET", "/images/icon.png", 200, "image/png", ""},
		{"HTT-018", "GET", "/nope", 404, "text/html", "error page 404"},
		{"HTT-018", "HEAD", "/nope", 404, "text/html", ""},
		{"HTT-018", "GET", "/index.html/", 404, "text/html", "error page 404"},
		{"HTT-018", "GET", "/OK.html", 404, "text/html", "error page 404"},
		{"HTT-018", "GET", "/images/", 404, "text/html", "error page 404"},
		{"HTT-018", "GET", "/images/nope.png", 404, "text/html", "error page 404"},
		{"HTT-018", "HEAD", "/", 404, "text/html", ""},
		{"HTT-018", "HEAD", "/index.html", 404, "text/html", ""},
		{"HTT-018", "HEAD", "/tail.html", 404, "text/html", ""},
		{"HTT-018", "HEAD", "/ok.html", 404, "text/html", ""},
		{"HTT-019", "GET", "/../templates/status.html", 404, "text/html", "error page 404"},
		{"HTT-019", "GET", "/stylesheets/../../webui.go", 404, "text/html", "error page 404"},
		{"HTT-019", "GET", "/stylesheets/..%2f..%2f..%2fetc/passwd", 404, "text/html", "error page 404"},
		{"HTT-019", "GET", "/%2e%2e/%2e%2e/etc/passwd", 404, "text/html", "error page 404"},
		{"HTT-019", "GET", "//etc/passwd", 404, "text/html", "error page 404"},
		{"HTT-019", "GET", "/stylesheets/supervisor.css%00", 404, "text/html", "error page 404"},
		{"HTT-020", "PUT", "/", 400, "text/html", "error page 400"},
		{"HTT-020", "OPTIONS", "/index.html", 400, "text/html", "error page 400"},
		{"HTT-020", "OPTIONS", "*", 400, "text/html", "error page 400"},
		{"HTT-020", "DELETE", "/ok.html", 400, "text/html", "error page 400"},
		{"HTT-020", "POST", css, 400, "text/html", "error page 400"},
		{"HTT-020", "PUT", "/nope", 400, "text/html", "error page 400"},
		{"HTT-020", "POST", "/nope", 400, "text/html", "error page 400"},
	} {
		t.Run(c.id+" "+c.method+" "+c.target, func(t *testing.T) {
			r := visit(newUI(running()), c.method, c.target, "")
			if got := r.Header.Get("Content-Type"); r.StatusCode != c.status || got != c.contentType {
				t.Errorf("status %d, type %s; want %d, %s", r.StatusCode, got, c.status, c.contentType)
			}
			if got := body(t, r); c.body != "" && got != c.body {
				t.Errorf("body %q, want %q", got, c.body)
			}
		})
	}
}

// HTT-002: nobody may keep a page that will be wrong in a second.
func TestPagesAreNotCached(t *testing.T) {
	for _, target := range []string{"/", "/index.html", "/tail.html", "/?action=refresh"} {
		r := get(newUI(running()), target)
		for name, want := range map[string]string{
			"Pragma":        "no-cache",
			"Cache-Control": "no-cache",
			"Expires":       "Thu, 01 Jan 1970 00:00:00 GMT",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("HTT-002 %s: %s is %q, want %q", target, name, got, want)
			}
		}
	}
}

// HTT-017: a browser that has the file gets nothing but a yes.
func TestUnmodified(t *testing.T) {
	const css = "/stylesheets/supervisor.css"
	ui := newUI(running())
	modified := get(ui, css).Header.Get("Last-Modified")
	at, err := http.ParseTime(modified)
	if err != nil {
		t.Fatalf("HTT-017 Last-Modified %q: %v", modified, err)
	}
	for since, want := range map[string]int{
		modified: http.StatusNotModified,
		at.Add(time.Hour).Format(http.TimeFormat):  http.StatusNotModified,
		at.Add(-time.Hour).Format(http.TimeFormat): http.StatusOK,
		"yesterday": http.StatusOK,
	} {
		r := get(ui, css, "If-Modified-Since: "+since)
		if r.StatusCode != want || (len(body(t, r)) == 0) != (want == http.StatusNotModified) {
			t.Errorf("HTT-017 If-Modified-Since %s: status %d, want %d", since, r.StatusCode, want)
		}
	}
}

// Every answer carries the headers that keep a browser from harm, and every
// page keeps to them: no script, no style of its own, nothing from elsewhere.
func TestPolicy(t *testing.T) {
	ui := newUI(running(info("a", lifecycle.Running)))
	for _, target := range []string{"/", "/tail.html?processname=a", "/ok.html", "/nope", "/?action=refresh", "/images/icon.png"} {
		r := get(ui, target)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "same-origin",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
		text := body(t, r)
		if n := strings.Count(text, "<script"); n != strings.Count(text, `<script src="console/`)+strings.Count(text, `<script type="module" src="console/`) {
			t.Errorf("%s: there is a script that is no file of ours", target)
		}
		for _, forbidden := range []string{"<style", "style=", "onclick=", `src="http`, "javascript:"} {
			if strings.Contains(text, forbidden) {
				t.Errorf("%s: the page contains %s", target, forbidden)
			}
		}
	}
}

// While the daemon goes down, there is no status page and no action, but a
// health check still finds somebody there.
func TestShutdown(t *testing.T) {
	for _, state := range []supervisor.State{supervisor.Shutdown, supervisor.Restarting} {
		f := running(info("a", lifecycle.Running))
		f.state = state
		ui := newUI(f)
		for target, want := range map[string]int{
			"/": 500, "/?action=refresh": 500, "/?action=start&processname=a": 500, "/?action=bogus": 500,
			"/ok.html": 200, "/stylesheets/supervisor.css": 200, "/tail.html?processname=a": 200,
		} {
			if got := get(ui, target).StatusCode; got != want {
				t.Errorf("%v: %s has status %d, want %d", state, target, got, want)
			}
		}
		if len(f.asked) > 0 {
			t.Errorf("%v: the supervisor was asked to %q", state, f.asked)
		}
	}
}
