package httpd

import (
	"net/http"
	"net/url"
	"strings"
)

// OtherSite reports whether a browser sent the request on behalf of a page
// of another site. Such a page may not make the daemon do anything: the browser
// would add the password that its user has once entered, and an action is no
// more than a link.
//
// Browsers say where a request comes from in Sec-Fetch-Site (Fetch Metadata;
// what is typed in or bookmarked is "none") and in Origin (RFC 6454), and let no
// page forge either. Whoever sends neither, like a script or an old dashboard's
// server, has to know the password itself, and works as ever.
//
// Sec-Fetch-Site comes only over HTTPS and to loopback, and Origin only with forms: a
// link to a daemon elsewhere over plain HTTP passes. That will do for looking; for
// acting see OtherSiteActs. A foreign name that is made to point at this machine is
// not foreign to the browser; see guarded.
func OtherSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return true
	}
	sent := r.Header.Get("Origin")
	if sent == "" {
		return false
	}
	return !fromHere(r, sent)
}

// OtherSiteActs reports whether a browser asks for an action on behalf of a page of
// another site, or does not say on whose: then it may be one, and the action may have
// been asked for without a click, as if it were a picture. Our own pages are told from
// that by Referer, which they have browsers send (Referrer-Policy) and which no other
// page can forge.
func OtherSiteActs(r *http.Request) bool {
	h := r.Header
	if OtherSite(r) {
		return true
	}
	said := h.Get("Sec-Fetch-Site") != "" || h.Get("Origin") != ""
	return !said && fromBrowser(r) && !fromHere(r, h.Get("Referer"))
}

// fromHere reports whether a URL, or an origin, is of the host that was asked.
func fromHere(r *http.Request, page string) bool {
	u, err := url.Parse(page)
	return err == nil && strings.EqualFold(withoutPort80(u.Host), withoutPort80(r.Host))
}

// withoutPort80 leaves out a port that browsers leave out, too.
func withoutPort80(host string) string { return strings.TrimSuffix(host, ":80") }

// ownSite refuses what a page of another site wants to have or to be done. Such a
// page may make a browser send what looks like an XML-RPC call, since its type is
// not asked for. A link to a log may stand anywhere, as long as it is a person
// who follows it.
func ownSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		followed := r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate"
		if OtherSite(r) && !followed {
			http.Error(w, "Refused: a page of another site asked for this.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
