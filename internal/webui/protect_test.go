package webui

import (
	"strings"
	"testing"

	"supervisor/internal/lifecycle"
)

// Who may act, by what the browser says of where the request comes from.
func TestOtherSites(t *testing.T) {
	const host = "Host: here:9001"
	for _, c := range []struct {
		name    string
		headers []string
		refused bool
	}{
		{"a script", nil, false},
		{"a link on the page", []string{"Sec-Fetch-Site: same-origin"}, false},
		{"typed in", []string{"Sec-Fetch-Site: none"}, false},
		{"a link elsewhere", []string{"Sec-Fetch-Site: cross-site"}, true},
		{"another port or name of the site", []string{"Sec-Fetch-Site: same-site"}, true},
		{"what nobody knows yet", []string{"Sec-Fetch-Site: new"}, true},
		{"a form on the page", []string{"Sec-Fetch-Site: same-origin", "Origin: http://here:9001"}, false},
		{"a form, old browser", []string{"Origin: http://here:9001"}, false},
		{"a form, behind TLS", []string{"Origin: https://here:9001"}, false},
		{"a form, in other letters", []string{"Origin: http://HERE:9001"}, false},
		{"a form elsewhere", []string{"Sec-Fetch-Site: cross-site", "Origin: http://there"}, true},
		{"a form elsewhere, old browser", []string{"Origin: http://there"}, true},
		{"a form on another port", []string{"Origin: http://here:8080"}, true},
		{"a form that hides", []string{"Origin: null"}, true},
		{"a form that talks nonsense", []string{"Origin: http://here:9001%zz"}, true},
		{"a link on the page, over HTTP", []string{"Accept-Language: en", "Referer: http://here:9001/?message=hello"}, false},

		// Regression: over plain HTTP to another machine, a page of any site could have
		// programs stopped, by showing a picture.
		{"a picture elsewhere, over HTTP", []string{"Accept-Language: en", "Referer: http://there/"}, true},
		{"a picture elsewhere that hides", []string{"Accept-Language: en"}, true},
		{"a picture elsewhere that talks nonsense", []string{"Accept-Language: en", "Referer: http://here:9001%zz"}, true},
		{"headers that disagree", []string{"Sec-Fetch-Site: same-origin", "Origin: http://there"}, true},
	} {
		for method, target := range map[string]string{"GET": "/?action=stop&processname=a", "POST": "/index.html"} {
			t.Run(c.name+" "+method, func(t *testing.T) {
				f := running(info("a", lifecycle.Running))
				form := ""
				if method == "POST" {
					form = "action=stopall"
				}
				r := visit(newUI(f), method, target, form, append(c.headers, host)...)
				text := body(t, r)
				if c.refused && (r.StatusCode != 403 || !strings.HasPrefix(text, "Refused: a page of another site") || len(f.asked) > 0) {
					t.Errorf("status %d, %q, asked to %q; want a refusal", r.StatusCode, text, f.asked)
				}
				if !c.refused && (r.StatusCode != 301 || len(f.asked) != 1) {
					t.Errorf("status %d, asked to %q; want it done", r.StatusCode, f.asked)
				}
			})
		}
	}
}

// Looking is for everybody: a dashboard may link to the pages.
func TestOtherSitesMayLook(t *testing.T) {
	ui := newUI(running(info("a", lifecycle.Running)))
	for _, target := range []string{"/", "/?message=hello", "/tail.html?processname=a", "/ok.html", "/stylesheets/supervisor.css", "/stylesheets/narrow.css"} {
		if r := get(ui, target, "Sec-Fetch-Site: cross-site", "Origin: http://there"); r.StatusCode != 200 {
			t.Errorf("%s: status %d, want 200", target, r.StatusCode)
		}
	}
}

// A port that every browser leaves out is the same as none.
func TestOriginPort80(t *testing.T) {
	f := running()
	if r := get(newUI(f), "/?action=stopall", "Host: here:80", "Origin: http://here"); r.StatusCode != 301 {
		t.Errorf("status %d, want 301", r.StatusCode)
	}
}
