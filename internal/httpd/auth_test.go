package httpd

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
)

func basic(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestAuthentication(t *testing.T) {
	plain := config.Server{Username: "u", Password: "pass:word"}
	sha := config.Server{Username: "u", Password: "{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d"} // thepassword
	for _, test := range []struct {
		name   string
		server config.Server
		header string
		ok     bool
	}{
		{"HTT-025 plain, with a colon", plain, "Basic " + basic("u:pass:word"), true},
		{"HTT-025 SHA", sha, "Basic " + basic("u:thepassword"), true},
		{"HTT-026 letter case of the scheme", plain, "bAsIc " + basic("u:pass:word"), true},
		{"HTT-026 another scheme", plain, "Digest " + basic("u:pass:word"), false},
		{"HTT-024 none", plain, "", false},
		{"wrong password", plain, "Basic " + basic("u:pass"), false},
		{"wrong name", plain, "Basic " + basic("v:pass:word"), false},
		{"no colon", plain, "Basic " + basic("u"), false},
		{"garbage", plain, "Basic !!!", false},
		{"no credentials", plain, "Basic", false},
		{"the digest is not the password", sha, "Basic " + basic("u:"+sha.Password), false},
		{"wrong password for SHA", sha, "Basic " + basic("u:x"), false},
		{"empty", config.Server{Username: "u"}, "Basic " + basic(":"), false},
		{"no name configured", config.Server{Password: "x"}, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := start(t, test.server, echoes)
			header := ""
			if test.header != "" {
				header = "Authorization: " + test.header + "\n"
			}
			c := dial(t, w.path)
			r, body := c.send("GET /x HTTP/1.1\nHost: x\n" + header + "\n").answer(t)
			if test.ok {
				if r.StatusCode != 200 || body != "ui GET /x " {
					t.Errorf("got %d %q", r.StatusCode, body)
				}
				return
			}
			if r.StatusCode != 401 || body != page(401) {
				t.Errorf("got %d %q", r.StatusCode, body)
			}
			if got := r.Header.Get("WWW-Authenticate"); got != `Basic realm="default"` {
				t.Errorf("challenge %q", got)
			}
			if !c.closed() {
				t.Error("the connection stays open for another guess")
			}
		})
	}
}

// A wrong password costs a second, whatever is wrong about it. Neither a missing
// one nor the right one does, even while others are wrong.
func TestGuessing(t *testing.T) {
	for name, test := range map[string]struct {
		header string
		want   time.Duration
		status string
	}{
		"right":          {"Authorization: Basic " + basic("u:p") + "\r\n", 0, "HTTP/1.1 200"},
		"none":           {"", 0, "HTTP/1.1 401"},
		"wrong password": {"Authorization: Basic " + basic("u:x") + "\r\n", failureDelay, "HTTP/1.1 401"},
		"wrong name":     {"Authorization: Basic " + basic("x:p") + "\r\n", failureDelay, "HTTP/1.1 401"},
		"garbage":        {"Authorization: x\r\n", failureDelay, "HTTP/1.1 401"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := serve(t, config.Server{Path: "pipe", Username: "u", Password: "p"}, func() {})
				began := time.Now()
				send(t, c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"+test.header+"\r\n")
				answer := make([]byte, 1000)
				n, err := c.Read(answer)
				if err != nil || !strings.HasPrefix(string(answer[:n]), test.status) {
					t.Errorf("got %q, %v", answer[:n], err)
				}
				if got := time.Since(began); got != test.want {
					t.Errorf("the answer takes %v, want %v", got, test.want)
				}
				c.Close()
			})
		})
	}
}

// HTT-023: nothing is answered without a password.
func TestEverythingIsAuthenticated(t *testing.T) {
	var secret http.HandlerFunc = func(http.ResponseWriter, *http.Request) { t.Error("the handler was reached") }
	w := start(t, config.Server{Username: "u", Password: "p"}, Routes{secret, secret, secret, secret})
	for _, request := range []string{
		"GET /ok.html", "GET /", "GET /logtail/x", "GET /mainlogtail", "GET /stylesheets/supervisor.css", "GET /nope",
		"POST /RPC2", "GET /RPC2", "OPTIONS *", "PUT /", "POST /logtail/x",
	} {
		if r, _ := w.ask(t, request+" HTTP/1.1\nHost: x\n\n"); r.StatusCode != 401 {
			t.Errorf("%s: got %d", request, r.StatusCode)
		}
	}
}
