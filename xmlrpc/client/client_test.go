package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"supervisor/xmlrpc"
)

var answer = string(xmlrpc.AppendResponse(nil, "3.0"))

// server answers each request on each connection with the next text, and then
// closes the connection if closes is true. It counts its connections.
type server struct {
	net.Listener
	answers     []string
	closes      bool
	connections atomic.Int32
	requests    chan string
}

func newServer(t *testing.T, closes bool, answers ...string) (*server, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Listener: l, answers: answers, closes: closes, requests: make(chan string, 100)}
	var serving sync.WaitGroup
	serving.Go(s.serve)
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return s, "unix://" + path
}

func (s *server) serve() {
	for {
		c, err := s.Accept()
		if err != nil {
			return
		}
		s.connections.Add(1)
		in := bufio.NewReader(c)
		for len(s.answers) > 0 {
			r, err := http.ReadRequest(in)
			if err != nil {
				break
			}
			body, _ := io.ReadAll(r.Body)
			s.requests <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + string(body)
			io.WriteString(c, s.answers[0])
			s.answers = s.answers[1:]
			if s.closes {
				break
			}
		}
		c.Close()
	}
}

func newClient(t *testing.T, url string) *Client {
	t.Helper()
	c, err := New(url, "user", "pass:word")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCall(t *testing.T) {
	sized := fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(answer), answer)
	for _, test := range []struct {
		name, head string
		closes     bool
		want       string // the value, or a part of the error
	}{
		{"sized", "HTTP/1.1 200 OK\r\n" + sized, false, "3.0"},
		{"bare newlines", strings.ReplaceAll("HTTP/1.1 200 OK\n"+sized, "\r", ""), false, "3.0"},
		{"closed at the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + answer, true, "3.0"},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n" + answer, true, "3.0"},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunks(answer, 7) + "0\r\nTrailer: x\r\n\r\n", false, "3.0"},
		{"chunk extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.ReplaceAll(chunks(answer, 7), "7\r\n", "7;a=b\r\n") + "0\r\n\r\n", false, "3.0"},
		{"informational first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + sized, false, "3.0"},
		{"no reason", "HTTP/1.1 200\r\n" + sized, false, "3.0"},

		{"status", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", false, "401 Unauthorized"},
		{"fault", response(string(xmlrpc.AppendFault(nil, 10, "BAD_NAME: x"))), false, "fault 10: BAD_NAME: x"},
		{"not XML-RPC", response("<html></html>"), false, "not a methodResponse"},
		{"cut short", "HTTP/1.1 200 OK\r\n" + sized[:len(sized)-10], true, "unexpected EOF"},
		{"cut short in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nabc", true, "unexpected EOF"},
		{"cut short between chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(answer, 7), true, "unexpected EOF"},
		{"malformed chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", true, "a malformed chunk"},
		{"chunk too long", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", true, "a chunk that does not end"},
		{"enormous chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", true, "a malformed chunk"},
		{"malformed length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", true, "a malformed answer"},
		{"unknown encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", true, "unknown encoding"},
		{"not HTTP", "220 mail.example.com ESMTP\r\n", true, "does not speak HTTP"},
		{"nothing", "", true, "unexpected EOF"},
		{"endless head", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2*maxHead), true, "too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, url := newServer(t, test.closes, test.head)
			value, err := newClient(t, url).Call(t.Context(), "supervisor.getVersion")
			if got := fmt.Sprint(value, err); !strings.Contains(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func chunks(s string, size int) string {
	var b strings.Builder
	for len(s) > 0 {
		n := min(size, len(s))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, s[:n])
		s = s[n:]
	}
	return b.String()
}

func response(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func TestRequest(t *testing.T) {
	s, url := newServer(t, false, response(answer))
	if _, err := newClient(t, url).Call(t.Context(), "a.b", "x"); err != nil {
		t.Fatal(err)
	}
	want := "POST /RPC2 Basic dXNlcjpwYXNzOndvcmQ= " + string(xmlrpc.AppendCall(nil, "a.b", "x"))
	if got := <-s.requests; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// RPC-073
func TestConnectionIsKept(t *testing.T) {
	s, url := newServer(t, false, response(answer), response(answer), response(answer))
	c := newClient(t, url)
	for range 3 {
		if _, err := c.Call(t.Context(), "m"); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A server may close a connection between two calls without saying so.
func TestClosedConnectionIsReplaced(t *testing.T) {
	s, url := newServer(t, true, response(answer), response(answer))
	c := newClient(t, url)
	for range 2 {
		if _, err := c.Call(t.Context(), "m"); err != nil {
			t.Fatal(err)
		}
		for c.idle != nil && c.idle.alive() { // wait until the end of the connection has arrived
			var b [1]byte
			c.idle.Conn.Read(b[:])
		}
	}
	if n := s.connections.Load(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

func TestCallsAtTheSameTime(t *testing.T) {
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		call, err := xmlrpc.ParseCall(body)
		if err != nil {
			panic(err)
		}
		w.Write(xmlrpc.AppendResponse(nil, call.Method))
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	c := newClient(t, "http://"+l.Addr().String()+"/ignored")
	var calls sync.WaitGroup
	for i := range 8 {
		calls.Go(func() {
			method := fmt.Sprint("m", i)
			for range 50 {
				if v, err := c.Call(t.Context(), method); v != method || err != nil {
					t.Errorf("got %v, %v", v, err)
				}
			}
		})
	}
	calls.Wait()
}

func TestErrorsKeepTheirCause(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		url   string
		cause error
	}{
		{"http://" + deaf(t), syscall.ECONNREFUSED},
		{"unix://" + filepath.Join(dir, "missing"), syscall.ENOENT},
	} {
		if _, err := newClient(t, test.url).Call(t.Context(), "m"); !errors.Is(err, test.cause) {
			t.Errorf("%s: got %v", test.url, err)
		}
	}
	_, url := newServer(t, false, "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc")
	_, err := newClient(t, url).Call(t.Context(), "m")
	var status *StatusError
	if !errors.As(err, &status) || *status != (StatusError{404, "404 Not Found", url + "/RPC2"}) {
		t.Errorf("got %v", err)
	}
}

// deaf returns the address of a socket that does not listen, which nobody else gets
// meanwhile.
func deaf(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	address, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint("127.0.0.1:", address.(*syscall.SockaddrInet4).Port)
}

func TestURL(t *testing.T) {
	for url, want := range map[string]string{
		"http://localhost:9001":       "tcp localhost:9001",
		"http://localhost:9001/RPC2":  "tcp localhost:9001",
		"HTTP://example.com":          "tcp example.com:80",
		"http://[::1]:9001":           "tcp [::1]:9001",
		"unix:///run/supervisor.sock": "unix /run/supervisor.sock",
		"unix://relative.sock":        "unix relative.sock",
	} {
		c, err := New(url, "", "")
		if err != nil || c.network+" "+c.address != want || c.authorization != "" {
			t.Errorf("%s: got %+v, %v", url, c, err)
		}
	}
	for _, url := range []string{"https://x", "x", "", "localhost:9001"} {
		if _, err := New(url, "", ""); !errors.Is(err, ErrUnknownProtocol) {
			t.Errorf("%s: got %v", url, err)
		}
	}
}

// What is streamed arrives piece by piece, and ends with the context.
func TestStream(t *testing.T) {
	_, url := newServer(t, false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	var got bytes.Buffer
	err := newClient(t, url).Stream(ctx, "/mainlogtail", writer(func(p []byte) (int, error) {
		if got.Write(p); got.Len() == 5 {
			cancel(enough)
		}
		return len(p), nil
	}))
	if got.String() != "hello" || !errors.Is(err, enough) {
		t.Errorf("got %q, %v", got.String(), err)
	}
}

func TestStreamToWriterThatFails(t *testing.T) {
	_, url := newServer(t, false, response("hello"))
	full := errors.New("full")
	err := newClient(t, url).Stream(t.Context(), "/x", writer(func(p []byte) (int, error) { return 0, full }))
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// FuzzAnswer lets a server say anything.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(response(answer)))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(answer, 70) + "0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		client, server := net.Pipe()
		go io.Copy(io.Discard, server)
		go func() {
			server.Write(text)
			server.Close()
		}()
		c := newConn(client)
		defer c.Close()
		c.exchange(nil, func(code int, status string, body io.Reader) error {
			_, err := io.Copy(io.Discard, body)
			return err
		})
	})
}
