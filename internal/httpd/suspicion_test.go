package httpd

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/config"
)

// guess sends a request with a password.
func guess(t *testing.T, c net.Conn, password string) {
	t.Helper()
	send(t, c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: Basic "+basic("u:"+password)+"\r\n\r\n")
}

// answered reads an answer and returns when it came.
func answered(t *testing.T, c net.Conn, status string) time.Time {
	t.Helper()
	answer := make([]byte, 1000)
	if n, err := c.Read(answer); err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 "+status) {
		t.Errorf("got %q, %v; want %s", answer[:n], err, status)
	}
	return time.Now()
}

// Who hung up instead of waiting for the answer could guess as often as there is
// processor time.
func TestGuessingWithoutWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conns := serveAll(t, config.Server{Path: "pipe", Username: "u", Password: "p"}, maxConnections)
		connect := func() net.Conn {
			client, server := net.Pipe()
			conns <- server
			return client
		}
		known := connect()
		defer known.Close()
		begin := time.Now()
		guess(t, known, "p")
		if took := answered(t, known, "200").Sub(begin); took != 0 {
			t.Errorf("the right password waited for %v though nobody had guessed", took)
		}
		for range 100 { // in no time
			c := connect()
			guess(t, c, "wrong")
			synctest.Wait()
			c.Close()
		}

		guess(t, known, "p")
		if took := answered(t, known, "200").Sub(begin); took != 0 {
			t.Errorf("a connection that has given the right password waited for %v", took)
		}
		lucky := connect()
		defer lucky.Close()
		guess(t, lucky, "p")
		if took := answered(t, lucky, "200").Sub(begin); took != failureDelay {
			t.Errorf("the right guess was told from the others after %v", took)
		}

		time.Sleep(failureDelay) // those who hung up are looked at, too
		begin = time.Now()
		last := connect()
		defer last.Close()
		guess(t, last, "p")
		if took := answered(t, last, "200").Sub(begin); took != 0 {
			t.Errorf("the right password waited for %v though nobody guesses any more", took)
		}
	})
}

func TestSuspicionIsOfOneSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // or the suspicion might be over before it is looked at
		s := newSuspicion()
		s.raise("192.0.2.1:1000")
		if s.left("192.0.2.1:2000") <= 0 {
			t.Error("another port is another source")
		}
		innocent := 0
		for i := range 250 {
			if s.left(fmt.Sprintf("198.51.100.%d:1000", i)) <= 0 {
				innocent++
			}
		}
		if innocent < 200 {
			t.Errorf("of 250 others only %d are innocent", innocent)
		}
	})
}

func TestSource(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1:80":                "192.0.2.1",
		"[::ffff:192.0.2.1]:80":       "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:80":   "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::1]:8080": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":           "fe80::/64",
		"@":                           "",
		"":                            "",
		"pipe":                        "",
	} {
		if got := source(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
