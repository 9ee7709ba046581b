package httpd

import (
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/config"
)

// fillTheRoom skips a test that makes all the connections that there may be, with both
// ends in this process, where it may not have so many files open.
func fillTheRoom(t *testing.T) {
	t.Helper()
	var limit syscall.Rlimit
	const others = 100
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || uint64(limit.Cur) < 2*maxConnections+others {
		t.Skipf("this user may have too few open files: %d, %v", limit.Cur, err)
	}
}

// Regression: 512 connections on which nothing was said, or only the beginning
// of something, kept everybody else out for half a minute.
func TestWhoDoesNothingMakesRoom(t *testing.T) {
	fillTheRoom(t)
	for _, test := range []struct {
		name, says string
		oldest     bool // it is the first of them that has to go
	}{
		{"nothing at all", "", true},
		{"half a header", "POST /RPC2 HTTP/1.1\nHost: x\nConte", true},
		{"half a body", "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 100\n\nabc", true},
		{"a wrong password", "GET / HTTP/1.1\nHost: x\nAuthorization: Basic " + basic("u:wrong") + "\n\n", false},
		{"an answered request", "GET / HTTP/1.1\nHost: x\nAuthorization: Basic " + basic("u:p") + "\n\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := start(t, config.Server{Username: "u", Password: "p"}, echoes)
			first := dial(t, w.path).send(test.says)
			for range maxConnections - 1 {
				dial(t, w.path).send(test.says)
			}
			late := dial(t, w.path).send("GET /late HTTP/1.0\nAuthorization: Basic " + basic("u:p") + "\n\n")
			if _, body := late.answer(t); body != "ui GET /late " {
				t.Errorf("got %q", body)
			}
			if !test.oldest {
				return
			}
			// The end, or that the connection was broken; not that it takes too long.
			if _, err := io.Copy(io.Discard, first.in); os.IsTimeout(err) {
				t.Error("the first connection stays open")
			}
		})
	}
}

// Regression: 512 connections that asked for a long answer and did not take it kept
// everybody else out for a minute.
func TestWhoTakesNothingMakesRoom(t *testing.T) {
	fillTheRoom(t)
	long := make([]byte, 4<<20) // more than there is room for in a socket
	w := start(t, config.Server{}, Routes{UI: echo("ui"), RPC: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(long)
	})})
	for range maxConnections {
		greedy := dial(t, w.path).send("POST /RPC2 HTTP/1.0\nContent-Length: 0\n\n")
		if _, err := greedy.in.ReadByte(); err != nil { // the answer has begun
			t.Fatal(err)
		}
	}
	if _, body := w.ask(t, "GET /late HTTP/1.0\n\n"); body != "ui GET /late " {
		t.Errorf("got %q", body)
	}
}

// Whom we make wait is not pushed out: then there is no room until somebody has
// been answered.
func TestConnectionsAreBounded(t *testing.T) {
	fillTheRoom(t)
	begun, goOn := make(chan struct{}), make(chan struct{})
	w := start(t, config.Server{}, Routes{UI: echo("ui"), RPC: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-goOn
		io.WriteString(w, "done")
	})})
	callers := make([]*client, maxConnections)
	for i := range callers {
		callers[i] = dial(t, w.path).send("POST /RPC2 HTTP/1.0\nContent-Length: 0\n\n")
	}
	for range callers { // until then it is the client that makes us wait
		<-begun
	}
	late := dial(t, w.path).send("GET /late HTTP/1.0\n\n")
	if n := cap(w.listeners[0].room); n != maxConnections {
		t.Errorf("room for %d", n)
	}
	close(goOn)
	if _, body := late.answer(t); body != "ui GET /late " {
		t.Errorf("got %q", body)
	}
	for i, c := range callers {
		if _, body := c.answer(t); body != "done" {
			t.Fatalf("caller %d got %q", i, body)
		}
	}
}

// Followed logs do not take all connections.
func TestFollowedLogsAreBounded(t *testing.T) {
	follow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	w := start(t, config.Server{}, Routes{UI: echo("ui"), LogTail: follow, MainLogTail: follow})
	open := make([]*client, maxStreams)
	for i := range open {
		open[i] = dial(t, w.path).send("GET /" + []string{"logtail/x", "mainlogtail"}[i%2] + " HTTP/1.1\nHost: x\n\n")
		if r, err := http.ReadResponse(open[i].in, nil); err != nil || r.StatusCode != 200 {
			t.Fatalf("log %d: %v, %v", i, r, err)
		}
	}
	if r, body := w.ask(t, "GET /logtail/x HTTP/1.1\nHost: x\n\n"); r.StatusCode != 503 || body != page(503) {
		t.Errorf("one too many: got %d %q", r.StatusCode, body)
	}
	if _, body := w.ask(t, "GET / HTTP/1.1\nHost: x\n\n"); body != "ui GET / " {
		t.Errorf("got %q", body)
	}
}

// The bodies of all requests together are bounded, but nobody can use that to
// keep ordinary requests out.
func TestBodiesAreBounded(t *testing.T) {
	reading, goOn := make(chan struct{}, 1), make(chan struct{})
	w := start(t, config.Server{}, Routes{RPC: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/RPC2/wait" {
			io.Copy(io.Discard, r.Body)
			reading <- struct{}{}
			<-goOn
			return
		}
		echo("rpc").ServeHTTP(w, r)
	})})
	w.bodies.left.Store(1 << 20)
	body := strings.Repeat("x", 1<<20)
	head := func(path string, size string) string {
		return "POST " + path + " HTTP/1.0\nContent-Length: " + size + "\n\n"
	}
	big := dial(t, w.path).send(head("/RPC2/wait", "1048576") + body)
	<-reading
	if r, _ := w.ask(t, head("/RPC2", "1048576")+body); r.StatusCode != 400 {
		t.Errorf("another big one: got %d", r.StatusCode)
	}
	w.log.wait(t, "^WARN a request was refused: the bodies of all requests together are too big$")
	if r, answer := w.ask(t, head("/RPC2", "65536")+body[:65536]); r.StatusCode != 200 || len(answer) != len("rpc POST /RPC2 ")+65536 {
		t.Errorf("an ordinary one: got %d, %d bytes", r.StatusCode, len(answer))
	}
	close(goOn)
	big.answer(t)
	big.closed() // so that its share has been given back
	if left := w.bodies.left.Load(); left != 1<<20 {
		t.Errorf("%d bytes are left", left)
	}
}
