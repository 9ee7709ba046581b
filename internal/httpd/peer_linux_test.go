package httpd

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"supervisor/internal/config"
)

// Who comes by a unix socket is known; of who comes by a port nobody can be sure.
func TestPeer(t *testing.T) {
	path := t.TempDir() + "/s"
	s, _, _, err := open(t, unixServer(path), config.Server{Section: "inet_http_server", Host: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(Routes{UI: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		uid, ok := Peer(r)
		fmt.Fprint(w, uid, ok)
	})})
	for _, by := range []struct{ network, address, want string }{
		{"unix", path, fmt.Sprint(os.Geteuid(), true)},
		{"tcp", s.listeners[1].Addr().String(), fmt.Sprint(0, false)},
	} {
		c, err := net.Dial(by.network, by.address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
		answer, err := io.ReadAll(c)
		if err != nil || !strings.HasSuffix(string(answer), "\r\n\r\n"+by.want) {
			t.Errorf("by %s: %q, %v, want %q", by.network, answer, err, by.want)
		}
	}
}
