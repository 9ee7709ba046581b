package httpd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/severity"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// journal is a log that tests read.
type journal struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{} // has room for one
}

func newJournal() *journal { return &journal{more: make(chan struct{}, 1)} }

func (j *journal) Enabled(context.Context, slog.Level) bool { return true }
func (j *journal) WithAttrs([]slog.Attr) slog.Handler       { return j }
func (j *journal) WithGroup(string) slog.Handler            { return j }
func (j *journal) Handle(_ context.Context, r slog.Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, severity.Tag(r.Level)+" "+r.Message)
	select {
	case j.more <- struct{}{}:
	default:
	}
	return nil
}

// wait waits for a line that matches.
func (j *journal) wait(t *testing.T, pattern string) {
	t.Helper()
	deadline := time.After(patience)
	for {
		if j.matches(pattern) {
			return
		}
		select {
		case <-j.more:
		case <-deadline:
			t.Fatalf("nothing in the log matches %s:\n%s", pattern, j)
		}
	}
}

func (j *journal) matches(pattern string) bool {
	return regexp.MustCompile("(?m)" + pattern).MatchString(j.String())
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

// echo answers with what was asked for, and by whom it was asked.
func echo(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			Error(w, http.StatusBadRequest)
			return
		}
		answer := fmt.Sprintf("%s %s %s %s", name, r.Method, r.URL.Path, body)
		w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
		io.WriteString(w, answer)
	})
}

var echoes = Routes{RPC: echo("rpc"), LogTail: echo("logtail"), MainLogTail: echo("mainlogtail"), UI: echo("ui")}

// world is a running server on a unix socket.
type world struct {
	*Servers
	log  *journal
	path string
}

func start(t *testing.T, server config.Server, routes Routes) *world {
	t.Helper()
	w := &world{log: newJournal(), path: filepath.Join(t.TempDir(), "s")}
	server.Section, server.Path, server.Mode, server.Owner = "unix_http_server", w.path, 0700, config.KeepOwner
	var err error
	w.Servers, err = Open(Options{
		Servers: []config.Server{server},
		Log:     slog.New(w.log),
		Stale:   func(path string) { t.Errorf("%s is taken for stale", path) },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Serve(routes)
	t.Cleanup(w.Close)
	return w
}

// client is one connection to a server.
type client struct {
	net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, path string) *client {
	t.Helper()
	c, err := net.Dial("unix", path)
	// Where few may wait to be accepted, the next one is told at once that he has to.
	for end := time.Now().Add(patience); errors.Is(err, syscall.EAGAIN) && time.Now().Before(end); {
		runtime.Gosched()
		c, err = net.Dial("unix", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &client{c, bufio.NewReader(c)}
}

// send sends a request, and does not mind if the server has gone.
func (c *client) send(request string) *client {
	io.WriteString(c, strings.ReplaceAll(request, "\n", "\r\n"))
	return c
}

// answer reads an answer: its status line, its headers, and its body.
func (c *client) answer(t *testing.T) (*http.Response, string) {
	t.Helper()
	return c.answerTo(t, http.MethodGet)
}

func (c *client) answerTo(t *testing.T, method string) (*http.Response, string) {
	t.Helper()
	r, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

// closed reports whether the server closes the connection, and waits for that.
func (c *client) closed() bool {
	_, err := c.in.ReadByte()
	return err != nil && !os.IsTimeout(err)
}

// ask sends one request on a connection of its own.
func (w *world) ask(t *testing.T, request string) (*http.Response, string) {
	t.Helper()
	method, _, _ := strings.Cut(request, " ")
	return dial(t, w.path).send(request).answerTo(t, method)
}
