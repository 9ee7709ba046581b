package httpd

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"supervisor/internal/config"
)

// Requests that are written so as to mean one thing to a proxy, or to whoever
// checks the password, and another to whoever answers.
func TestAmbiguousRequests(t *testing.T) {
	for _, test := range []struct {
		name, request string
		statuses      []int // of the answers; none: the connection is broken, maybe before the answer
	}{
		{"two lengths", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 0\nContent-Length: 2\n\nGET /evil HTTP/1.1\nHost: x\n\n", []int{400}},
		{"a list of lengths", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 0, 2\n\nab", []int{400}},
		{"a signed length", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: +2\n\nab", []int{400}},
		{"an endless length", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 99999999999999999999\n\nab", []int{400}},
		// Chunked wins, as RFC 9112, section 6.3, wants it; then there is no length, which we want.
		{"chunked and a length", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\nGET /next HTTP/1.0\n\n", []int{411}},
		{"some other coding", "POST /RPC2 HTTP/1.1\nHost: x\nTransfer-Encoding: xchunked\n\n0\n\n", []int{501}},
		{"chunked twice", "POST /RPC2 HTTP/1.1\nHost: x\nTransfer-Encoding: chunked, chunked\n\n0\n\n", []int{501}},
		{"a blank before the colon", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length : 2\n\nab", []int{400}},
		{"a folded header", "POST /RPC2 HTTP/1.1\nHost: x\n Content-Length: 2\nContent-Length: 0\n\n", []int{400}},
		{"a bare carriage return", "GET / HTTP/1.1\nHost: x\rX: y\n\n", []int{400}},
		{"NUL in a header", "GET / HTTP/1.1\nHost: x\nX: a\x00b\n\n", []int{400}},
		{"NUL in the path", "GET /\x00 HTTP/1.1\nHost: x\n\n", []int{400}},
		{"two hosts", "GET / HTTP/1.1\nHost: x\nHost: y\n\n", []int{400}},
		{"a body that is a request", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 18\n\nGET /e HTTP/1.0\n\n\n\n\n\nGET /next HTTP/1.0\n\n", []int{200}},
		{"too many headers", "GET / HTTP/1.1\nHost: x\n" + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\n", 100) + "\n", nil},
		{"a long path", "GET /" + strings.Repeat("x", 100_000) + " HTTP/1.1\nHost: x\n\n", nil},
		{"HTTP/2", "PRI * HTTP/2.0\n\nSM\n\n", []int{411}}, // net/http passes it on, as any other request
	} {
		t.Run(test.name, func(t *testing.T) {
			w := start(t, config.Server{}, Routes{
				RPC: echo("rpc"),
				UI: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/evil" || len(test.statuses) == 0 {
						t.Error("the hidden request was answered")
					}
				}),
			})
			c := dial(t, w.path).send(test.request)
			for _, want := range test.statuses {
				if r, _ := c.answer(t); r.StatusCode != want {
					t.Errorf("got %d, want %d", r.StatusCode, want)
				}
			}
			if len(test.statuses) == 0 {
				if _, err := io.Copy(io.Discard, c.in); os.IsTimeout(err) {
					t.Error("the connection stays open")
				}
			}
		})
	}
}

// However a path is written, the password is asked for before it is looked at.
func TestNoWayAroundThePassword(t *testing.T) {
	var reached http.HandlerFunc = func(http.ResponseWriter, *http.Request) { t.Error("a handler was reached") }
	w := start(t, config.Server{Username: "u", Password: "p"}, Routes{reached, reached, reached, reached})
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "CONNECT", "PROPFIND", "get"} {
		for _, target := range []string{
			"/", "//", "/RPC2", "/%52PC2", "/RPC2/../", "/./RPC2", "/%2e%2e/RPC2", "/logtail/%2e%2e%2fetc%2fpasswd",
			"/ok.html", "http://x/RPC2", "http://u:p@x/RPC2", "//u:p@x/RPC2", "/RPC2?u:p", "/RPC2;x", "/stylesheets/supervisor.css",
		} {
			if method == "CONNECT" && !strings.HasPrefix(target, "/") {
				target = "x:80"
			}
			r, _ := w.ask(t, method+" "+target+" HTTP/1.1\nHost: x\nContent-Length: 0\n\n")
			if r.StatusCode != 401 && r.StatusCode != 400 { // 400: net/http could not make sense of it
				t.Errorf("%s %s: got %d", method, target, r.StatusCode)
			}
		}
	}
	for _, header := range []string{
		"Authorization: Basic " + basic("u:") + "\nAuthorization: Basic " + basic("u:p"), // the first one counts
		"Authorization: Basic " + basic("u:p\x00"),
		"Authorization: Basic " + basic("u:p") + basic("x"),
		"Proxy-Authorization: Basic " + basic("u:p"),
		"Cookie: Authorization=Basic " + basic("u:p"),
	} {
		if r, _ := w.ask(t, "GET / HTTP/1.1\nHost: x\n"+header+"\n\n"); r.StatusCode != 401 {
			t.Errorf("%q: got %d", header, r.StatusCode)
		}
	}
}

// Whatever a client says: no handler is reached without the password, none
// panics, and what comes back are answers of ours until the connection ends, as
// it does at last if the client has no more to say.
func FuzzServe(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /RPC2 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dTpw\r\nContent-Length: 3\r\n\r\nabcGET /logtail/x HTTP/1.0\r\n\r\n",
		"POST /RPC2 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dTpw\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"GET /%2e%2e/RPC2;x?y HTTP/1.0\r\nAuthorization: bASIC dTpw\r\nOrigin: http://y\r\nAccept-Language: en\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
		"CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	credentials := []byte(basic("u:p"))
	f.Fuzz(func(t *testing.T, said []byte) {
		synctest.Test(t, func(t *testing.T) {
			l := newListener(config.Server{Path: "pipe", Username: "u", Password: "p"}, 1)
			l.Listener = pipes{make(chan net.Conn, 1), make(chan struct{})}
			s := &Servers{log: slog.New(slog.DiscardHandler), listeners: []*listener{l}}
			s.bodies.left.Store(maxBodies)
			s.ctx, s.end = context.WithCancel(t.Context())
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !bytes.Contains(said, credentials) {
					t.Errorf("%s %s was reached without the password", r.Method, r.URL)
				}
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					Error(w, http.StatusBadRequest)
				}
			})
			client, server := net.Pipe()
			l.Listener.(pipes).made <- server
			s.Serve(Routes{handler, handler, handler, handler})
			go client.Write(said) // it fails if the server has heard enough
			in := bufio.NewReader(client)
			for {
				r, err := http.ReadResponse(in, nil)
				if err != nil {
					break
				}
				if r.Header.Get("Server") != serverName && r.StatusCode < 400 && r.StatusCode != http.StatusContinue {
					t.Errorf("an answer that is not ours: %v", r)
				}
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					break
				}
			}
			client.Close()
			s.Close()
			if left := s.bodies.left.Load(); left != maxBodies {
				t.Errorf("%d bytes are not given back", maxBodies-left)
			}
		})
	})
}
