package webui

import (
	"net/http"
	"net/url"
	"strings"
)

// protect forbids browsers what the pages do not do themselves: to run scripts
// that are not files of ours, to load anything from elsewhere, to be shown inside the page of
// another site (where a click could be stolen), to guess types, and to tell
// other sites where a visitor came from.
//
// The referrer policy is not no-referrer, because then browsers would send the
// pages' own forms with "Origin: null".
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "+
		"img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

// fromOtherSite reports whether a browser sent the request on behalf of a page
// of another site. Such a page may not make the daemon do anything: the browser
// would add the password that its user has once entered, and an action is no
// more than a link.
//
// Browsers say where a request comes from in Sec-Fetch-Site (Fetch Metadata;
// what is typed in or bookmarked is "none") and in Origin (RFC 6454), and let no
// page forge either. Whoever sends neither, like a script or an old dashboard's
// server, has to know the password itself, and works as ever.
//
// A gap remains. Sec-Fetch-Site comes only over HTTPS and to loopback, and Origin
// only with forms: a link to a daemon elsewhere over plain HTTP passes, as it
// always has. A foreign name that is made to point at this machine is not
// foreign to the browser; see guard.
func fromOtherSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return true
	}
	sent := r.Header.Get("Origin")
	if sent == "" {
		return false
	}
	origin, err := url.Parse(sent)
	return err != nil || !strings.EqualFold(withoutPort80(origin.Host), withoutPort80(r.Host))
}

// refuse answers, with a reason, an action that nobody may ask for; it reports
// whether it has.
func (u *UI) refuse(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case fromOtherSite(r):
		refuse(w)
	case u.guard.lured(r):
		http.Error(w, "Refused: this daemon does not know itself by the name "+r.Host+". Use its address or its host name,"+
			" configure the name in port= of [inet_http_server], or set a username and a password there.", http.StatusForbidden)
	default:
		return false
	}
	return true
}

// refuse answers an action that a page of another site asked for.
func refuse(w http.ResponseWriter) {
	http.Error(w, "Refused: a page of another site asked for this action. Open the status page and act there.", http.StatusForbidden)
}
