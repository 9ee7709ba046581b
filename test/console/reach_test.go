package console

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"supervisor/xmlrpc/client"
)

const lock = "username=user\npassword=p:ss wörd%%\n"

// A server with a password: the browser asks for it once, and all of the console
// works, the streams too. Without it there is nothing.
func TestPassword(t *testing.T) {
	d := bootLocked(t, lock, pets)
	for _, path := range []string{"", "program.html?processname=web", "log.html", "daemon.html", "console/events", "console/log", "console/follow"} {
		if r := d.get(path); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("/%s without a password is status %d", path, r.StatusCode)
		}
	}
	p := open(t)
	asked := p.answer("user", "p:ss wörd%")
	p.visit(d.url)
	p.until("web runs", state("web")+` === "running"`)
	value[any](p, row("web")+`.querySelector(".act.stop").click()`)
	p.until("web is stopped", state("web")+` === "stopped"`)
	p.visit(d.url + "log.html?processname=web")
	p.until("a log is followed", `document.querySelector(".status").textContent === "following"`)
	p.visit(d.url + "daemon.html")
	p.until("the daemon is live", `document.querySelector("#connection.live")`)
	if n := asked(); n != 1 {
		t.Errorf("the browser asked for the password %d times", n)
	}
}

// A wrong password is not a page that waits for ever: the browser says so.
func TestWrongPassword(t *testing.T) {
	d := bootLocked(t, lock, pets)
	p := open(t)
	p.answer("user", "wrong")
	p.visit(d.url)
	p.until("it is said", `document.body.textContent.includes("401")`)
}

// An address that holds user and password, as people keep them in bookmarks.
func TestPasswordInTheAddress(t *testing.T) {
	d := bootLocked(t, "username=user\npassword=secret\n", pets)
	p := open(t)
	p.visit(strings.Replace(d.url, "://", "://user:secret@", 1))
	p.until("web runs", state("web")+` === "running"`)
	value[any](p, row("web")+`.querySelector(".act.stop").click()`)
	p.until("web is stopped", state("web")+` === "stopped"`)
	p.click(`a[href^="daemon.html"]`)
	p.until("its log is there", `document.querySelectorAll(".line").length > 0`)
	p.visit(strings.Replace(d.url, "://", "://user:secret@", 1) + "program.html?processname=web")
	p.click(".act.start")
	p.until("it runs, and the page knows", `document.querySelector("#state").textContent.includes("running")`)
	p.until("its log is followed", `document.querySelector(".status").textContent === "following"`)
}

// answer gives the browser a user and a password whenever it asks for them, once
// for each request. asked tells how often that was.
func (p *tab) answer(user, password string) (asked func() int) {
	p.t.Helper()
	given := make(map[fetch.RequestID]bool)
	events := make(chan any, 1000)
	listening := chromedp.Listen(p.ctx, func(event any) {
		switch event.(type) {
		case *fetch.EventAuthRequired, *fetch.EventRequestPaused:
			events <- event
		}
	})
	if listening != nil {
		p.t.Fatal(listening)
	}
	yes := true
	p.do("watch for the question", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, fetch.Enable, fetch.EnableParams{HandleAuthRequests: &yes})
		return err
	}))
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-p.ctx.Done():
				return
			case event := <-events:
				// A request may have been given up meanwhile, so errors mean nothing.
				_ = chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
					if e, ok := event.(*fetch.EventRequestPaused); ok {
						_, err := cdp.Call(ctx, target, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
						return err
					}
					e := event.(*fetch.EventAuthRequired)
					response := &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseProvideCredentials, Username: user, Password: password}
					if given[e.RequestID] {
						response = &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
					}
					given[e.RequestID] = true
					_, err := cdp.Call(ctx, target, fetch.ContinueWithAuth, fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: response})
					return err
				}))
			}
		}
	}()
	return func() int {
		_ = chromedp.Cancel(p.ctx) // the page has been seen
		<-stopped
		return len(given)
	}
}

// Browsers that stop reading the stream of events, in their dozens, cost neither
// memory nor anybody else's time.
func TestStalledBrowsers(t *testing.T) {
	const stalled, events, size = 40, 1000, 20 << 10
	d := boot(t, pets)
	p := open(t)
	p.visit(d.url + "daemon.html")
	p.until("the connection is live", `document.querySelector("#connection.live")`)
	for range stalled {
		c, err := net.Dial("tcp", "127.0.0.1:"+d.port)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "GET /console/events?happenings=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 200)); err != nil { // it is being told, and reads no more
			t.Fatal(err)
		}
	}
	before := d.memory()
	c, err := client.New(strings.TrimSuffix(d.url, "/"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range events {
		if _, err := c.Call(context.Background(), "supervisor.sendRemoteCommEvent", fmt.Sprint("event ", i), strings.Repeat("x", size)); err != nil {
			t.Fatal(err)
		}
	}
	p.until("another browser has seen the last event", fmt.Sprintf(`document.querySelector("#events").textContent.includes("event %d")`, events-1))
	if more := d.memory() - before; more > 64<<20 {
		t.Errorf("for %d browsers that read nothing of %d MB, the daemon has taken %d MB", stalled, events*size>>20, more>>20)
	}
	p.visit(d.url)
	p.until("web runs", state("web")+` === "running"`)
	value[any](p, row("web")+`.querySelector(".act.stop").click()`)
	p.until("web is stopped", state("web")+` === "stopped"`)
}

// memory returns the bytes that the daemon holds in memory.
func (d *daemon) memory() (bytes int64) {
	d.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.pid))
	if err != nil {
		d.t.Skip("this system does not tell:", err)
	}
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	if _, err := fmt.Sscan(rest, &bytes); err != nil {
		d.t.Fatal(err)
	}
	return bytes << 10
}
