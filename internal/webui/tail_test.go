package webui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/internal/lifecycle"
	"supervisor/internal/supervisor"
)

// logged returns a supervisor with one process, whose log holds text.
func logged(t testing.TB, text string) *fake {
	t.Helper()
	p := info("g:p", lifecycle.Running)
	p.Stdout = filepath.Join(t.TempDir(), "p.log")
	if err := os.WriteFile(p.Stdout, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return running(p)
}

// HTT-015: how much of the log there is to see.
func TestTail(t *testing.T) {
	text := strings.Repeat("0123456789abcde\n", 256) // 4096 bytes
	for limit, want := range map[string]int{
		"": 1024, "&limit=1024": 1024, "&limit=1025": 1025, "&limit=2000": 2000, "&limit=99999": 4096,
		"&limit=5": 1024, "&limit=0": 1024, "&limit=-3000": 1024, "&limit=abc": 1024, "&limit=1e9": 1024, "&limit=": 1024,
		"&limit=99999999999999999999": 4096, "&limit=-99999999999999999999": 1024,
	} {
		doc := parse(t, body(t, get(newUI(logged(t, text)), "/tail.html?processname=g:p"+limit)))
		if got := doc.one(t, "pre", "").text; got != text[len(text)-want:] {
			t.Errorf("HTT-015 %q: shows %d bytes, want %d", limit, len(got), want)
		}
	}
}

func TestTailPage(t *testing.T) {
	doc := parse(t, body(t, visit(newUI(logged(t, "x")), "POST", "/tail.html?processname=nope", "processname=g%3Ap&limit=5000")))
	if got := doc.one(t, "title", "").text; got != "Supervisor tail of process g:p" {
		t.Errorf("HTT-015: the title is %q", got)
	}
	if got := doc.all("a", "")[0].link(); got != "Refresh -> tail.html?processname=g%3Ap&limit=5000" {
		t.Errorf("HTT-015: the first link is %q", got)
	}
}

// HTT-015: a page is not there to hold a whole disk.
func TestTailLimit(t *testing.T) {
	if got := tailLimit("9999999999"); got != mostTail {
		t.Errorf("HTT-015: %d bytes, want %d", got, mostTail)
	}
}

// HTT-016: why there is nothing to see.
func TestNoTail(t *testing.T) {
	p := info("silent", lifecycle.Running)
	gone := info("gone", lifecycle.Running)
	gone.Stdout = filepath.Join(t.TempDir(), "gone.log")
	odd := info("odd", lifecycle.Running)
	odd.Stdout = "a path with a \x00 in it"
	for _, state := range []supervisor.State{supervisor.Running, supervisor.Shutdown} {
		f := running(p, gone, odd)
		f.state = state
		for query, want := range map[string]string{
			"":                      "No process name found",
			"?processname=":         "No process name found",
			"?processname=silent":   "No file for silent",
			"?processname=gone":     "No file for gone",
			"?processname=odd":      "ERROR: unexpected rpc fault [30] FAILED",
			"?processname=nope":     "ERROR: unexpected rpc fault [10] BAD_NAME: nope",
			"?processname=g:*":      "ERROR: unexpected rpc fault [10] BAD_NAME: g:*",
			"?processname=%3Cb%3E&": "ERROR: unexpected rpc fault [10] BAD_NAME: <b>",
		} {
			if state != supervisor.Running && want != "No process name found" {
				want = "ERROR: unexpected rpc fault [6] SHUTDOWN_STATE"
			}
			r := get(newUI(f), "/tail.html"+query)
			text := body(t, r)
			if got := parse(t, text).one(t, "pre", "").text; r.StatusCode != 200 || got != want {
				t.Errorf("HTT-016 %v %q: status %d, shows %q, want %q", state, query, r.StatusCode, got, want)
			}
			if named := !strings.Contains(want, "No process name"); named != strings.Contains(text, "Refresh") {
				t.Errorf("HTT-016 %v %q: has a link to refresh: %v", state, query, !named)
			}
		}
	}
}

// FuzzTail: nothing in a log can leave the place where logs are shown.
func FuzzTail(f *testing.F) {
	for _, seed := range []string{"plain\n", "</pre><script>alert(1)</script>", "&lt;\x00\x1b[1m\xff\xfe\xc3", "]]>--><!--", "{{.}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		page := body(t, get(newUI(logged(t, text)), fmt.Sprintf("/tail.html?processname=g:p&limit=%d", len(text))))
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(printable(text)) // as XML reads line ends
		if got := parse(t, page).one(t, "pre", "").text; got != want {
			t.Errorf("the page shows %q, want %q", got, want)
		}
	})
}
