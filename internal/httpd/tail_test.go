package httpd

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/internal/config"
	"supervisor/internal/logfile"
)

// tailed starts a server that streams the file log below its directory.
func tailed(t *testing.T) (w *world, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "log")
	tail := Tail(func(r *http.Request) (string, bool) {
		return path, !strings.HasSuffix(r.URL.Path, "/unknown")
	}, logfile.Follow, logfile.FollowFrom)
	return start(t, config.Server{}, Routes{LogTail: tail, MainLogTail: tail}), path
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// expect reads what must come next.
func expect(t *testing.T, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Fatalf("got %q, %v, want %q", got[:n], err, want)
	}
}

func TestTail(t *testing.T) {
	t.Run("HTT-027 HTT-029 HTT-033", func(t *testing.T) {
		for _, url := range []string{"/logtail/x", "/mainlogtail"} {
			w, path := tailed(t)
			add(t, path, strings.Repeat("a", 2000)+strings.Repeat("b", 1023)+"\n")
			c := dial(t, w.path).send("GET " + url + " HTTP/1.1\nHost: x\n\n")
			r, err := http.ReadResponse(c.in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.StatusCode != 200 || len(r.TransferEncoding) != 1 || r.TransferEncoding[0] != "chunked" ||
				r.Header.Get("Content-Type") != "text/plain;charset=utf-8" || r.Header.Get("X-Accel-Buffering") != "no" ||
				r.Header.Get("Last-Modified") == "" {
				t.Errorf("got %v", r)
			}
			expect(t, r.Body, strings.Repeat("b", 1023)+"\n")
			add(t, path, "new \xff\x00\n") // raw bytes
			expect(t, r.Body, "new \xff\x00\n")
			w.Close()
			if rest, err := io.ReadAll(r.Body); len(rest) > 0 || err != nil {
				t.Errorf("at the end: %q, %v", rest, err)
			}
		}
	})
}

func TestTailFollowsTheFile(t *testing.T) {
	w, path := tailed(t)
	add(t, path, "one\n")
	r, err := http.ReadResponse(dial(t, w.path).send("GET /logtail/x HTTP/1.1\nHost: x\n\n").in, nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, r.Body, "one\n")
	// HTT-030
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	add(t, path, "two\n")
	expect(t, r.Body, "two\n")
	// HTT-031
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	expect(t, r.Body, "==> File truncated <==\n")
	add(t, path, "three\n")
	expect(t, r.Body, "three\n")
}

// A client that has been away goes on where it was.
func TestTailFrom(t *testing.T) {
	w, path := tailed(t)
	add(t, path, strings.Repeat("a", 5000)+"bcd")
	for from, want := range map[string]string{"5000": "bcd", "5001": "cd", "0": strings.Repeat("a", 5000) + "bcd"} {
		r, err := http.ReadResponse(dial(t, w.path).send("GET /logtail/x?from="+from+" HTTP/1.1\nHost: x\n\n").in, nil)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, r.Body, want)
	}
	for _, bad := range []string{"-1", "x", "99999999999999999999"} {
		if r, _ := w.ask(t, "GET /logtail/x?from="+bad+" HTTP/1.1\nHost: x\n\n"); r.StatusCode != 400 {
			t.Errorf("from=%s: status %d", bad, r.StatusCode)
		}
	}
}

// HTT-035
func TestTailForHTTP10(t *testing.T) {
	w, path := tailed(t)
	add(t, path, "one\n")
	c := dial(t, w.path).send("GET /logtail/x HTTP/1.0\nConnection: keep-alive\n\n")
	r, err := http.ReadResponse(c.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.TransferEncoding) > 0 || r.ContentLength >= 0 || !r.Close {
		t.Errorf("got %v", r)
	}
	expect(t, r.Body, "one\n")
	add(t, path, "two\n")
	expect(t, r.Body, "two\n")
}

// A log that is empty so far is there all the same: its headers come at once.
func TestTailOfEmptyFile(t *testing.T) {
	w, path := tailed(t)
	add(t, path, "")
	if _, err := http.ReadResponse(dial(t, w.path).send("GET /logtail/x HTTP/1.1\nHost: x\n\n").in, nil); err != nil {
		t.Fatal(err)
	}
}

// HTT-032
func TestTailOfNothing(t *testing.T) {
	w, path := tailed(t)
	for _, url := range []string{"/logtail/x", "/logtail/unknown", "/mainlogtail"} {
		if r, body := w.ask(t, "GET "+url+" HTTP/1.1\nHost: x\n\n"); r.StatusCode != 404 || body != page(404) {
			t.Errorf("%s: got %d %q", url, r.StatusCode, body)
		}
	}
	if err := os.Mkdir(path, 0700); err != nil {
		t.Fatal(err)
	}
	if r, _ := w.ask(t, "GET /mainlogtail HTTP/1.1\nHost: x\n\n"); r.StatusCode != 404 {
		t.Errorf("a directory: got %d", r.StatusCode)
	}
}

// HTT-034: a client that takes nothing holds up neither other streams nor calls.
func TestStreamsDoNotBlock(t *testing.T) {
	w, path := tailed(t)
	add(t, path, "start\n")
	for range 4 {
		dial(t, w.path).send("GET /logtail/x HTTP/1.1\nHost: x\n\n") // reads nothing
	}
	r, err := http.ReadResponse(dial(t, w.path).send("GET /logtail/x HTTP/1.1\nHost: x\n\n").in, nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, r.Body, "start\n")
	big := string(bytes.Repeat([]byte("x"), 1<<20))
	add(t, path, big)
	expect(t, r.Body, big)
}
