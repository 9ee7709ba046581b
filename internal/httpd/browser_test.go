package httpd

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"supervisor/internal/config"
)

// By which names a browser may come.
func TestLured(t *testing.T) {
	const browser = "Accept-Language: en"
	g := newGuard(config.Server{Host: "console.example.org", Port: 9001}, "web.corp.example.com")
	for _, c := range []struct {
		host, header string
		lured        bool
	}{
		{"127.0.0.1:9001", browser, false},
		{"[::1]:9001", browser, false},
		{"localhost:9001", browser, false},
		{"box:9001", browser, false},
		{"box.local", browser, false},
		{"web.corp.example.com.:9001", browser, false},
		{"Console.Example.Org:9001", browser, false},
		{"evil.example:9001", browser, true},
		{"127.0.0.1.evil.example", browser, true},
		{"evil.example", "Origin: http://evil.example", true},
		{"evil.example", "Sec-Fetch-Site: same-origin", true},
		{"evil.example", "Accept: */*", false}, // no browser
		{"evil.example", "Accept-Language: *\nSec-Fetch-Mode: cors\nAccept-Encoding: gzip, deflate", false}, // Node's fetch
		{"evil.example", "Accept-Language: *\nAccept-Encoding: gzip, br", false},                            // Deno's
		{"evil.example", "Sec-Fetch-Mode: cors", false},

		// Regression: a page that asked for all languages, or for none, passed for
		// a library, and could read the logs and act by links.
		{"evil.example", "Accept-Language: *\nAccept-Encoding: gzip, deflate", true},
		{"evil.example", "Accept-Language:\nAccept-Encoding: gzip, deflate", true},
		{"evil.example", "Accept-Language: *\nAccept-Encoding: identity\nRange: bytes=0-", true},
		{"evil.example", "Accept-Language: *", true},
		{"evil.example", "Accept-Language: *\nSec-Fetch-Mode: cors\nSec-Fetch-Site: same-origin", true},
	} {
		r, err := http.NewRequest("POST", "http://"+c.host+"/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(c.header, "\n") {
			name, value, _ := strings.Cut(line, ":")
			r.Header.Set(name, strings.TrimSpace(value))
		}
		if got := g.lured(r); got != c.lured {
			t.Errorf("%s with %s: refused %v, want %v", c.host, c.header, got, c.lured)
		}
	}
}

// Regression: a page that had made its own name point at the daemon could read
// the logs, and call XML-RPC methods; only the actions of the pages were guarded.
func TestLuredBrowsersGetNothing(t *testing.T) {
	open := config.Server{Section: "inet_http_server", Host: "127.0.0.1", Port: freePort(t)}
	closed := config.Server{Section: "inet_http_server", Host: "127.0.0.1", Port: freePort(t, open.Port), Username: "me", Password: "secret"}
	s, err := Open(Options{Servers: []config.Server{open, closed}, Hostname: "box", Log: slog.New(newJournal())})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Serve(echoes)
	ask := func(server config.Server, method, path, host, language string) int {
		r, err := http.NewRequest(method, fmt.Sprintf("http://127.0.0.1:%d%s", server.Port, path), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Accept-Language", language)
		r.SetBasicAuth("me", "secret")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	for _, request := range []string{"GET /", "GET /logtail/x", "GET /mainlogtail", "GET /console/log", "POST /RPC2"} {
		method, path, _ := strings.Cut(request, " ")
		if got := ask(open, method, path, "evil.example", "en"); got != 403 {
			t.Errorf("%s: got %d", request, got)
		}
		if got := ask(open, method, path, "box:9001", "en"); got != 200 {
			t.Errorf("%s by its name: got %d", request, got)
		}
		if got := ask(closed, method, path, "evil.example", "en"); got != 200 { // the browser has no password for that name
			t.Errorf("%s with a password: got %d", request, got)
		}
	}
}

// Regression: a page of another site could send XML-RPC calls, since browsers
// send a text/plain form anywhere and nobody asked for the type.
func TestOtherSites(t *testing.T) {
	w := start(t, config.Server{}, echoes)
	const post, log = "POST /RPC2 HTTP/1.1\nContent-Length: 0\nContent-Type: text/plain\n", "GET /logtail/x HTTP/1.1\n"
	for _, test := range []struct {
		name, request, headers string
		status                 int
	}{
		{"a script", post, "", 200},
		{"a script, later", post, "Sec-Fetch-Mode: cors\n", 200}, // Node's fetch
		{"our own page", post, "Sec-Fetch-Site: same-origin\nOrigin: http://here:9001\n", 200},
		{"another site", post, "Sec-Fetch-Site: cross-site\n", 403},
		{"another site that says navigate", post, "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\n", 403},
		{"another site, over HTTP", post, "Origin: http://evil.example\n", 403},
		{"another port", post, "Origin: http://here:80\n", 403},
		{"a page without a site", post, "Origin: null\n", 403},
		{"a log, from another site", log, "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\n", 403},
		{"a link to a log", log, "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\n", 200},
	} {
		if r, body := w.ask(t, test.request+"Host: here:9001\n"+test.headers+"\n"); r.StatusCode != test.status {
			t.Errorf("%s: got %d %q, want %d", test.name, r.StatusCode, body, test.status)
		}
	}
}
