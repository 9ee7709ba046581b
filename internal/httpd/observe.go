package httpd

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
)

// serverName is what the reference calls itself (rpc.md, section 1.1).
const serverName = "Medusa/1.12"

// observed gives every answer the name of the server, has it logged, and
// catches what handlers throw.
func (s *Servers) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", serverName)
		c := connOf(r)
		a := &answer{ResponseWriter: w, still: &c.still}
		ctx, end := context.WithCancel(r.Context())
		defer end()
		c.still.begin(&doing{what: r.Method + " " + r.URL.Path, end: end}, r.ContentLength)
		defer func() {
			problem := recover()
			if problem != nil {
				s.log.Error(fmt.Sprintf("Server Error: %s %s: %v\n%s", r.Method, r.RequestURI, problem, debug.Stack()))
			}
			unfinished := problem != nil && a.status != 0
			if problem != nil && !unfinished {
				clear(w.Header())
				w.Header().Set("Server", serverName)
				Error(a, http.StatusInternalServerError)
			}
			s.note(r, cmp.Or(a.status, http.StatusOK))
			if unfinished {
				panic(http.ErrAbortHandler) // net/http cuts the connection, so that nobody takes the answer for whole
			}
		}()
		next.ServeHTTP(a, r.WithContext(ctx))
	})
}
