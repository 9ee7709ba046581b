package httpd

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"supervisor/internal/config"
)

// guarded refuses browsers that were lured here under a foreign name.
//
// A page of another site can make its own name point at this machine (DNS
// rebinding); to the browser, our answers are then its own. What it cannot do is
// to make the browser send another Host, or leave out the headers that only
// browsers send. So a request that has such a header must name this machine by
// an address or by a name that nobody can register elsewhere: the configured
// one, the host's own, or one that means something only in this network.
//
// Where the server asks for a password nothing of this is needed: the browser
// gives the password to no other name. Nor does a browser get to a unix socket
// by itself; a proxy in front of one has a name of its own, which it knows
// better than we do. Whoever is no browser is not asked, so scripts and the
// servers of dashboards work as ever, by any name.
func guarded(server config.Server, hostname string, next http.Handler) http.Handler {
	if server.Unix() || server.Username != "" {
		return next
	}
	g := newGuard(server, hostname)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.lured(r) {
			http.Error(w, fmt.Sprintf("Refused: this daemon does not know itself by the name %q. Use its address or its host name,"+
				" configure the name in port= of [inet_http_server], or set a username and a password there.", r.Host), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// guard knows the names of a server.
type guard struct{ names []string } // in lower case

func newGuard(server config.Server, hostname string) guard {
	return guard{names: []string{strings.ToLower(hostname), strings.ToLower(server.Host)}}
}

// lured reports whether a request has to be refused.
func (g guard) lured(r *http.Request) bool { return fromBrowser(r) && !g.ours(r.Host) }

// fromBrowser reports whether a request comes from a browser, by the headers that
// browsers always send and other clients have no reason for. Origin is sent with
// every POST, Accept-Language with everything, and a page may have it say what it
// likes, but not leave it out.
func fromBrowser(r *http.Request) bool {
	h := r.Header
	if h.Get("Sec-Fetch-Site") != "" || h.Get("Origin") != "" {
		return true
	}
	return len(h["Accept-Language"]) > 0 && !fromLibrary(h)
}

// fromLibrary reports whether a request is one of those libraries that say that
// they speak all languages. A page can say that, too, but it can neither name a mode,
// as Node does, nor choose the encodings, as Deno does: over plain HTTP no browser takes
// br, and one that does takes deflate.
func fromLibrary(h http.Header) bool {
	encodings := h.Get("Accept-Encoding")
	deno := strings.Contains(encodings, "br") && !strings.Contains(encodings, "deflate")
	return h.Get("Accept-Language") == "*" && (deno || h.Get("Sec-Fetch-Mode") != "")
}

// ourDomains are those in which nobody can register a name (RFC 6761, RFC 6762,
// RFC 8375, and what ICANN has set aside).
var ourDomains = []string{"localhost", "local", "internal", "home.arpa", "lan", "test"}

// ours reports whether a Host header names this machine and no other site.
func (g guard) ours(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if !strings.Contains(host, ".") || net.ParseIP(strings.Trim(host, "[]")) != nil {
		return true // a single word is no name of the internet
	}
	for _, domain := range ourDomains {
		if strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return slices.Contains(g.names, host)
}
