package webui

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// detailed is an error as the supervisor returns it.
func detailed(kind error, detail string) error { return &supervisor.Error{Kind: kind, Detail: detail} }

// Every action: what the supervisor is asked for, and the message.
func TestActions(t *testing.T) {
	// When the fake time of synctest begins, as clocks show it here.
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Local().Format("Mon Jan _2 15:04:05 2006")
	start, stop := "start a true", "stop a true"
	for _, c := range []struct {
		id, query string
		fails     error // what is asked for first fails with this
		asked     []string
		message   string // empty: status 500
	}{
		{"HTT-007", "action=refresh", nil, nil, "Page refreshed at " + day},
		{"HTT-007", "action=refresh&processname=nope", nil, nil, "Page refreshed at " + day},
		{"HTT-008", "action=start&processname=a", nil, []string{start}, "Process a started"},
		{"HTT-008", "action=start&processname=a:a", nil, []string{"start a:a true"}, "Process a:a started"},
		{"HTT-008", "action=start&processname=g%3Ap", nil, []string{"start g:p true"}, "Process g:p started"},
		{"HTT-008", "action=start&processname=a", detailed(supervisor.ErrNoFile, "x"), []string{start}, "ERROR: Process a: no such file"},
		{"HTT-008", "action=start&processname=a", detailed(supervisor.ErrNotExecutable, "x"), []string{start}, "ERROR: Process a: file not executable"},
		{"HTT-009", "action=start&processname=a", detailed(supervisor.ErrAlreadyStarted, "a"), []string{start}, "ERROR: Process a: already started"},
		{"HTT-008", "action=start&processname=a", detailed(supervisor.ErrSpawn, "a"), []string{start}, "ERROR: Process a: spawn error"},
		{"HTT-008", "action=start&processname=a", detailed(supervisor.ErrAbnormal, "a"), []string{start}, "ERROR: Process a: abnormal termination"},
		{"HTT-008", "action=start&processname=a", detailed(supervisor.ErrFailed, "a is in an unknown process state"), []string{start},
			"ERROR: Process a: unexpected rpc fault [30] FAILED: a is in an unknown process state"},
		{"HTT-008", "action=start&processname=a", detailed(supervisor.ErrBadName, "a"), []string{start}, "ERROR: Process a: unexpected rpc fault [10] BAD_NAME: a"},
		{"HTT-008", "action=start&processname=a", supervisor.ErrShutdown, []string{start}, "ERROR: Process a: unexpected rpc fault [6] SHUTDOWN_STATE"},
		{"HTT-008", "action=stop&processname=a", nil, []string{stop}, "Process a stopped"},
		{"HTT-010", "action=stop&processname=a", detailed(supervisor.ErrNotRunning, "a"), []string{stop}, "unexpected rpc fault [70] NOT_RUNNING: a"},
		{"HTT-008", "action=stop&processname=a", errors.New("odd"), []string{stop}, "unexpected rpc fault [30] FAILED: odd"},
		{"HTT-008", "action=restart&processname=a", nil, []string{stop, start}, "Process a restarted"},
		{"HTT-008", "action=restart&processname=a", detailed(supervisor.ErrNotRunning, "a"), []string{stop, start}, "Process a restarted"},
		{"HTT-008", "action=clearlog&processname=a", nil, []string{"clear a"}, "Log for a cleared"},
		{"HTT-008", "action=clearlog&processname=a", detailed(supervisor.ErrFailed, "a"), []string{"clear a"}, "unexpected rpc fault [30] FAILED: a"},
		{"HTT-011", "action=start&processname=nope", nil, nil, "No such process named nope"},
		{"HTT-011", "action=stop&processname=nope", nil, nil, "No such process named nope"},
		{"HTT-011", "action=restart&processname=nope", nil, nil, "No such process named nope"},
		{"HTT-011", "action=clearlog&processname=nope", nil, nil, "No such process named nope"},
		{"HTT-011", "action=start&processname=g:*", nil, nil, "No such process named g:*"},
		{"HTT-011", "action=bogus&processname=nope", nil, nil, "No such process named nope"},
		{"HTT-012", "action=bogus&processname=a", nil, nil, ""},
		{"HTT-012", "action=START&processname=a", nil, nil, ""},
		{"HTT-012", "action=bogus", nil, nil, ""},
		{"HTT-012", "action=start", nil, nil, ""},
		{"HTT-012", "action=stop&processname=", nil, nil, ""},
		{"HTT-012", "action=refresh;x=1", nil, nil, ""},
		{"HTT-013", "action=stopall", nil, []string{"stop all true"}, "All stopped at " + day},
		{"HTT-013", "action=stopall&processname=nope", nil, []string{"stop all true"}, "All stopped at " + day},
		{"HTT-013", "action=restartall", nil, []string{"stop all true", "start all true"}, "All restarted at " + day},
	} {
		for _, method := range []string{"GET", "POST"} {
			t.Run(c.id+" "+method+" "+c.query, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := running(info("a", lifecycle.Running), info("g:p", lifecycle.Stopped))
					if len(c.asked) > 0 {
						f.fails[c.asked[0]] = c.fails
					}
					var r *http.Response
					if method == "GET" {
						r = get(newUI(f), "/index.html?"+c.query)
					} else {
						r = visit(newUI(f), "POST", "/", c.query)
					}
					if !slices.Equal(f.asked, c.asked) {
						t.Errorf("the supervisor was asked to %q, want %q", f.asked, c.asked)
					}
					status, location := http.StatusMovedPermanently, "http://example.com/?message="+quote(c.message)
					if c.message == "" {
						status, location = http.StatusInternalServerError, ""
					}
					if got := r.Header.Get("Location"); r.StatusCode != status || got != location {
						t.Errorf("status %d, location %s\nwant %d, %s", r.StatusCode, got, status, location)
					}
				})
			})
		}
	}
}

// HTT-007: the message is quoted as it always was.
func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"Page refreshed at Sun Nov 22 09:58:31 2026":   "Page%20refreshed%20at%20Sun%20Nov%2022%2009%3A58%3A31%202026",
		"No such process named a/b;c~d_e-f.g(h)*i!j'k": "No%20such%20process%20named%20a/b%3Bc~d_e-f.g%28h%29%2Ai%21j%27k",
		"fault [70] n<b>& x\r\nA+\"é":                  "fault%20%5B70%5D%20n%3Cb%3E%26%20x%0D%0AA%2B%22%C3%A9",
	} {
		if got := quote(text); got != want {
			t.Errorf("HTT-007 quote(%q) = %s, want %s", text, got, want)
		}
	}
}

// HTT-014: the client is sent to the server by the name that it knows.
func TestLocation(t *testing.T) {
	for host, want := range map[string]string{
		"example.com":      "http://example.com/",
		"example.com:80":   "http://example.com/",
		"example.com:9001": "http://example.com:9001/",
		"EXAMPLE.com:443":  "http://EXAMPLE.com:443/",
		"[::1]:9001":       "http://[::1]:9001/",
		"[::1]:80":         "http://[::1]/",
		"":                 "http://localhost/",
	} {
		r := get(newUI(running()), "/?action=refresh", "Host: "+host)
		if got, _, _ := strings.Cut(r.Header.Get("Location"), "?"); got != want {
			t.Errorf("HTT-014 Host %q: sent to %s, want %s", host, got, want)
		}
	}
}

// HTT-014: a client that does not say how it knows the server.
func TestLocationWithoutHost(t *testing.T) {
	server := httptest.NewServer(newUI(running()))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /?action=refresh HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, _ := strings.Cut(r.Header.Get("Location"), "?"); got != server.URL+"/" {
		t.Errorf("HTT-014: sent to %s, want %s/", got, server.URL)
	}
}

// The body wins over the query, and its type does not matter.
func TestParameters(t *testing.T) {
	for _, c := range []struct{ query, body, want string }{
		{"a=1", "", "a=1"},
		{"a=1&b=2", "a=3", "a=3&b=2"},
		{"a=1&a=2", "", "a=1"},
		{"", "a=1&a=2", "a=2"},
		{"a=&b", "a=&=", ""},
		{"a=x;y%zz+z", "", "a=x%3By%25zz%2Bz"},
		{"a=x%20y+z", "", "a=x+y+z"},
		{"a=%ff", "", "a=%EF%BF%BD"},
		{"&&a=b=c&", "", "a=b%3Dc"},
	} {
		r := httptest.NewRequest("POST", "/?"+c.query, strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/json")
		parameter, err := parameters(httptest.NewRecorder(), r)
		got := make(url.Values)
		for key, value := range parameter {
			got.Set(key, value)
		}
		if err != nil || got.Encode() != c.want {
			t.Errorf("query %q, body %q: %s, %v; want %s", c.query, c.body, got.Encode(), err, c.want)
		}
	}
}

func TestBodyTooBig(t *testing.T) {
	f := running()
	for size, want := range map[int]int{maxForm: 301, maxForm + 1: 413} {
		form := "action=stopall&x="
		form += strings.Repeat("y", size-len(form))
		if got := visit(newUI(f), "POST", "/", form).StatusCode; got != want {
			t.Errorf("a form of %d bytes: status %d, want %d", size, got, want)
		}
	}
	if len(f.asked) != 1 {
		t.Errorf("the supervisor was asked to %q, want one stop", f.asked)
	}
}

// FuzzParameters: whatever comes is readable text, and what Go encodes is
// understood.
func FuzzParameters(f *testing.F) {
	f.Add("a=1&b=%41+c", "a=%zz")
	f.Add("a;b=%ff", "&=&")
	f.Fuzz(func(t *testing.T, query, body string) {
		r := &http.Request{URL: &url.URL{RawQuery: query}, Body: http.NoBody}
		parameter, err := parameters(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range parameter {
			if value == "" || strings.ToValidUTF8(key+value, "") != key+value {
				t.Errorf("query %q: %q is %q", query, key, value)
			}
		}
		want := strings.ToValidUTF8(body, "\uFFFD")
		r.URL.RawQuery = "key=" + url.QueryEscape(body)
		if parameter, err = parameters(nil, r); err != nil || parameter["key"] != want {
			t.Errorf("%q is read as %q, %v", body, parameter["key"], err)
		}
		if plain, err := url.PathUnescape(quote(body)); err != nil || plain != body {
			t.Errorf("quote(%q) means %q, %v", body, plain, err)
		}
	})
}
