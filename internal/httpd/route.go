package httpd

import (
	"net/http"
	"strings"

	"supervisor/internal/config"
)

// Routes says who answers what (rpc.md, section 1.3).
type Routes struct {
	RPC         http.Handler // POST /RPC2
	LogTail     http.Handler // GET /logtail/...
	MainLogTail http.Handler // GET /mainlogtail
	UI          http.Handler // everything else
}

// handler is what a server answers with. From the outside in: what all answers
// have in common, who may ask, and who answers.
func (s *Servers) handler(server config.Server, routes Routes) http.Handler {
	places := make(chan struct{}, maxStreams)
	routes.RPC = ownSite(routes.RPC)
	routes.LogTail = ownSite(placed(places, routes.LogTail))
	routes.MainLogTail = ownSite(placed(places, routes.MainLogTail))
	return s.observed(s.paced(authenticated(s.ctx, server, guarded(server, s.hostname, routes))))
}

// placed lets requests through as long as there are places: of those that do not
// end by themselves there must not be so many that nobody else can ask anything.
func placed(places chan struct{}, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next.ServeHTTP(w, r)
		default:
			Error(w, http.StatusServiceUnavailable)
		}
	})
}

// ServeHTTP implements http.Handler. It looks at the path as it is after
// %-decoding.
func (routes Routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case under(path, "/RPC2"):
		only(http.MethodPost, sized(routes.RPC)).ServeHTTP(w, r)
	case under(path, "/logtail"):
		only(http.MethodGet, routes.LogTail).ServeHTTP(w, r)
	case under(path, "/mainlogtail"):
		only(http.MethodGet, routes.MainLogTail).ServeHTTP(w, r)
	default:
		sized(routes.UI).ServeHTTP(w, r)
	}
}

// under reports whether a path is a place or below it.
func under(path, place string) bool {
	rest, ok := strings.CutPrefix(path, place)
	return ok && (rest == "" || rest[0] == '/')
}

// only lets requests of one method through.
func only(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			Error(w, http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sized lets requests through whose body, if they have one, has a length that
// is known and acceptable.
func sized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := r.Header.Get("Content-Length") != ""
		switch {
		case r.ContentLength < 0, r.Method == http.MethodPost && !known:
			Error(w, http.StatusLengthRequired)
		case r.ContentLength > maxBody:
			Error(w, http.StatusRequestEntityTooLarge)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
