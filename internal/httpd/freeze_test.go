package httpd

import (
	"io"
	"net/http"
	"testing"

	"supervisor/internal/config"
)

// A request that only waits is answered when the servers come to a stand; one that
// comes while they stand still waits for the thaw, and then for what it waits for.
func TestFreezeHurriesWhoWaits(t *testing.T) {
	asked, goOn := make(chan struct{}), make(chan struct{})
	w := start(t, config.Server{}, Routes{
		RPC: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			answer := "early"
			select {
			case <-Hurry(r):
			case <-goOn:
				answer = "in time"
			}
			io.WriteString(w, answer)
		}),
	})
	const request = "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 0\n\n"
	c := dial(t, w.path).send(request)
	<-asked
	if err := w.Freeze(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, body := c.answer(t); body != "early" {
		t.Errorf("got %q", body)
	}
	c.send(request)
	w.Thaw()
	<-asked
	close(goOn)
	if _, body := c.answer(t); body != "in time" {
		t.Errorf("after the thaw: got %q", body)
	}
}
