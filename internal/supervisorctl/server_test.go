package supervisorctl

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/config"
	"supervisor/xmlrpc"
)

// supervisordOver is as much of a supervisord as following a log needs: it wants
// a name and a password, and sends a line whenever it is asked for one.
func supervisordOver(lines <-chan string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		switch {
		case name != "me" || password != "s:crét":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/RPC2":
			_, _ = w.Write(xmlrpc.AppendResponse(nil, "3.0"))
		case r.URL.Path == "/logtail/g:é%/stderr":
			for line := range lines {
				_, _ = io.WriteString(w, line)
				w.(http.Flusher).Flush()
			}
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
}

// Each piece of a log comes through before the next one is sent, whatever reads
// it, by either kind of address.
func TestFollowOverHTTP(t *testing.T) {
	dir, err := os.MkdirTemp("", "ctl") // a short name, which the address of a socket has room for
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, network := range []string{"tcp", "unix"} {
		t.Run("CTL-105 CTL-107 CTL-108 "+network, func(t *testing.T) {
			address := "127.0.0.1:0"
			if network == "unix" {
				address = filepath.Join(dir, "s")
			}
			listener, err := net.Listen(network, address)
			if err != nil {
				t.Fatal(err)
			}
			url := "unix://" + address
			if network == "tcp" {
				url = "http://" + listener.Addr().String()
			}
			lines := make(chan string)
			daemon := &http.Server{Handler: supervisordOver(lines)}
			served := make(chan error, 1)
			go func() { served <- daemon.Serve(listener) }()

			reader, writer := io.Pipe()
			exit := make(chan int, 1)
			go func() {
				exit <- Run(Invocation{
					Args: []string{"-s", url, "-u", "me", "-p", "s:crét", "tail", "-f", "g:é%", "stderr"},
					Exe:  "/nonexistent/bin/supervisorctl", Cwd: dir, Stdin: strings.NewReader(""),
					Stdout: writer, Stderr: writer, Interruptible: context.WithCancel,
				})
				writer.Close()
			}()
			out := bufio.NewReader(reader)
			expect := func(want string) {
				t.Helper()
				if got, err := out.ReadString('\n'); got != want || err != nil {
					t.Fatalf("%q, %v, want %q", got, err, want)
				}
			}
			expect(pressCtrlC)
			for _, line := range []string{"über\n", "\xff\xfe\n", "日本\n"} {
				lines <- line
				expect(line)
			}
			close(lines)
			if rest, err := io.ReadAll(out); len(rest) > 0 || err != nil {
				t.Errorf("%q follows, %v", rest, err)
			}
			if status := <-exit; status != 0 {
				t.Errorf("ends with status %d", status)
			}
			if err := daemon.Close(); err != nil {
				t.Error(err)
			}
			if err := <-served; !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		})
	}
}

// An error of the real client keeps what the messages need to know of it.
func TestDial(t *testing.T) {
	missing := "unix://" + filepath.Join(t.TempDir(), "none")
	for url, want := range map[string]error{missing: syscall.ENOENT, "http://127.0.0.1:1": syscall.ECONNREFUSED} {
		s, err := dial(config.Ctl{ServerURL: url})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Call(context.Background(), "supervisor.getVersion"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", url, err, want)
		}
	}
	for _, url := range []string{"ftp://x", "x:y", "http://127.0.0.1:x"} {
		var value valueError
		if _, err := dial(config.Ctl{ServerURL: url}); !errors.As(err, &value) {
			t.Errorf("%s: %v", url, err)
		}
	}
}
