package httpd

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"supervisor/internal/config"
)

func TestRoutes(t *testing.T) {
	w := start(t, config.Server{}, echoes)
	for _, test := range []struct {
		id, request string
		status      int
		answer      string // "" for an error page
	}{
		{"RPC-072", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 2\n\nhi", 200, "rpc POST /RPC2 hi"},
		{"", "POST /RPC2/ HTTP/1.1\nHost: x\nContent-Length: 0\n\n", 200, "rpc POST /RPC2/ "},
		{"", "POST /%52PC2 HTTP/1.1\nHost: x\nContent-Length: 0\n\n", 200, "rpc POST /RPC2 "},
		{"", "POST /RPC2?x=y HTTP/1.0\nContent-Length: 0\n\n", 200, "rpc POST /RPC2 "},
		{"", "POST /RPC2foo HTTP/1.1\nHost: x\nContent-Length: 0\n\n", 200, "ui POST /RPC2foo "},
		{"HTT-021", "GET /RPC2 HTTP/1.1\nHost: x\n\n", 400, ""},
		{"HTT-021", "POST /RPC2 HTTP/1.1\nHost: x\n\n", 411, ""},
		{"HTT-021", "POST /RPC2 HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n0\n\n", 411, ""},
		{"", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 67108865\n\n", 413, ""},
		{"HTT-028", "GET /logtail/g%3Ap/stderr HTTP/1.1\nHost: x\n\n", 200, "logtail GET /logtail/g:p/stderr "},
		{"HTT-032", "POST /logtail/x HTTP/1.1\nHost: x\nContent-Length: 0\n\n", 400, ""},
		{"", "HEAD /logtail/x HTTP/1.1\nHost: x\n\n", 400, ""},
		{"HTT-033", "GET /mainlogtail HTTP/1.1\nHost: x\n\n", 200, "mainlogtail GET /mainlogtail "},
		{"HTT-032", "POST /mainlogtail HTTP/1.1\nHost: x\nContent-Length: 0\n\n", 400, ""},
		{"", "GET /mainlogtailx HTTP/1.1\nHost: x\n\n", 200, "ui GET /mainlogtailx "},
		{"", "GET / HTTP/1.1\nHost: x\n\n", 200, "ui GET / "},
		{"", "GET //stylesheets/../x HTTP/1.1\nHost: x\n\n", 200, "ui GET //stylesheets/../x "},
		{"", "POST /index.html HTTP/1.1\nHost: x\nContent-Length: 3\n\na=b", 200, "ui POST /index.html a=b"},
		{"", "POST /index.html HTTP/1.1\nHost: x\n\n", 411, ""},
		{"HTT-020", "OPTIONS * HTTP/1.1\nHost: x\n\n", 200, "ui OPTIONS * "}, // the UI refuses it
		{"HTT-036", "nonsense\n\n", 400, "400 Bad Request"},
		{"HTT-036", "GET / HTTP/9.9\n\n", 505, "505 HTTP Version Not Supported: unsupported protocol version"},
		{"HTT-036", "GET /%zz HTTP/1.1\nHost: x\n\n", 400, "400 Bad Request"},
		{"HTT-036", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: -1\n\n", 400, "400 Bad Request"},
	} {
		t.Run(test.id+" "+test.request, func(t *testing.T) {
			r, body := w.ask(t, test.request)
			want := test.answer
			if want == "" && !strings.HasPrefix(test.request, "HEAD") {
				want = page(test.status)
			}
			if r.StatusCode != test.status || body != want {
				t.Errorf("got %d %q, want %d %q", r.StatusCode, body, test.status, want)
			}
		})
	}
}

func page(status int) string {
	return fmt.Sprintf("<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n"+
		"<p>Error code %d.\r\n<p>Message: %s.\r\n</body>\r\n", status, http.StatusText(status))
}

func TestErrorPage(t *testing.T) {
	w := start(t, config.Server{}, Routes{UI: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		Error(w, http.StatusMovedPermanently)
	})})
	t.Run("HTT-018", func(t *testing.T) {
		r, body := w.ask(t, "GET /nope HTTP/1.1\nHost: x\n\n")
		if r.Header.Get("Content-Type") != "text/html" || body != page(301) || r.Header.Get("Location") != "/elsewhere" {
			t.Errorf("got %v %q", r.Header, body)
		}
		if r.Header.Get("Server") != "Medusa/1.12" || r.Header.Get("Date") == "" {
			t.Errorf("got %v", r.Header)
		}
	})
}

func TestConnectionsAreKept(t *testing.T) {
	w := start(t, config.Server{}, echoes)
	for _, test := range []struct {
		name, request string
		kept          bool
	}{
		{"HTT-022 RPC-073 HTTP/1.1", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 2\n\nhi", true},
		{"HTT-022 HTTP/1.1 close", "GET / HTTP/1.1\nHost: x\nConnection: close\n\n", false},
		{"HTT-022 HTTP/1.0", "GET / HTTP/1.0\n\n", false},
		{"HTTP/1.0 keep-alive", "GET / HTTP/1.0\nConnection: keep-alive\n\n", true},
		{"an error", "GET /RPC2 HTTP/1.1\nHost: x\n\n", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, w.path)
			c.send(test.request).answer(t)
			if !test.kept {
				if !c.closed() {
					t.Error("the connection is still open")
				}
				return
			}
			if _, body := c.send("GET /again HTTP/1.0\n\n").answer(t); body != "ui GET /again " {
				t.Errorf("got %q", body)
			}
		})
	}
}

func TestPanic(t *testing.T) {
	w := start(t, config.Server{}, Routes{
		RPC: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Half", "done")
			panic("early")
		}),
		UI: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, strings.Repeat("x", 1<<20))
			panic("late")
		}),
	})
	r, body := w.ask(t, "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 0\n\n")
	if r.StatusCode != 500 || body != page(500) || r.Header.Get("X-Half") != "" || r.Header.Get("Server") != "Medusa/1.12" {
		t.Errorf("got %d %v %q", r.StatusCode, r.Header, body)
	}
	w.log.wait(t, "^ERRO Server Error: POST /RPC2: early$")
	r, err := http.ReadResponse(dial(t, w.path).send("GET / HTTP/1.1\nHost: x\n\n").in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r.Body); err == nil {
		t.Error("half an answer looks like a whole one")
	}
	w.log.wait(t, "^ERRO Server Error: GET /: late$")
}

func TestAccessLog(t *testing.T) {
	w := start(t, config.Server{}, echoes)
	c := dial(t, w.path).send("GET /a?b=%22c HTTP/1.0\n\n")
	sent, err := io.Copy(io.Discard, c)
	if err != nil {
		t.Fatal(err)
	}
	w.log.wait(t, fmt.Sprintf(`^TRAC localhost:0 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET /a\?b=%%22c HTTP/1\.0" 200 %d$`, sent))

	// Each request on a kept connection has its own line and its own count.
	c = dial(t, w.path)
	for range 2 {
		c.send("GET /RPC2 HTTP/1.1\nHost: x\n\n").answer(t)
	}
	c.Close()
	w.log.wait(t, `(?s)"GET /RPC2 HTTP/1\.1" 400 (\d\d\d)$.*"GET /RPC2 HTTP/1\.1" 400 (\d\d\d)$`)
}

func TestClientOverTCPIsNamed(t *testing.T) {
	log := newJournal()
	port := freePort(t)
	s, err := Open(Options{Servers: []config.Server{{Section: "inet_http_server", Host: "127.0.0.1", Port: port}}, Log: slog.New(log)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Serve(echoes)
	r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/x", port)) // RPC-072
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	log.wait(t, `^TRAC 127\.0\.0\.1:\d+ - - .*"GET /x HTTP/1\.1" 200 \d+$`)
}

// freePort returns a port that is free, and that nobody gets who asks for any: between
// this and its use, others make connections. It is none of those that are taken.
func freePort(t *testing.T, taken ...int) int {
	t.Helper()
	for range 1000 {
		const first, last = 10_000, 32_767 // below those that the system gives
		port := first + rand.IntN(last-first)
		if slices.Contains(taken, port) {
			continue
		}
		if l, err := net.Listen("tcp", fmt.Sprint(":", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// The answer to a request that asks for the end arrives; whoever has said
// nothing, or is only listening, does not hold up the end.
func TestClose(t *testing.T) {
	asked, goOn := make(chan struct{}), make(chan struct{})
	w := start(t, config.Server{}, Routes{
		RPC: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(asked)
			<-goOn
			io.WriteString(w, "done")
		}),
		MainLogTail: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}),
	})
	silent := dial(t, w.path)
	stream := dial(t, w.path).send("GET /mainlogtail HTTP/1.1\nHost: x\n\n")
	r, err := http.ReadResponse(stream.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	call := dial(t, w.path).send("POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 0\n\n")
	<-asked
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Close()
	}()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Errorf("the stream ends with %v", err)
	}
	if !silent.closed() {
		t.Error("a silent connection stays open")
	}
	close(goOn)
	if _, body := call.answer(t); body != "done" {
		t.Errorf("got %q", body)
	}
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the server does not end")
	}
	if _, err := os.Lstat(w.path); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	if w.log.matches("^ERRO") {
		t.Errorf("the log complains:\n%s", w.log)
	}
}

// HTT-034: clients that stream, or that take nothing, do not block others.
func TestClientsDoNotBlockEachOther(t *testing.T) {
	big := bytes.Repeat([]byte("x"), 8<<20)
	w := start(t, config.Server{}, Routes{
		RPC: echo("rpc"),
		UI: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Write(big)
		}),
	})
	for range 8 {
		dial(t, w.path).send("GET / HTTP/1.1\nHost: x\n\n")
	}
	if _, body := w.ask(t, "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 0\n\n"); body != "rpc POST /RPC2 " {
		t.Errorf("got %q", body)
	}
}
