package webui

import "net/http"

// protect forbids browsers what the pages do not do themselves: to run scripts
// that are not files of ours, to load anything from elsewhere, to be shown inside the page of
// another site (where a click could be stolen), to guess types, and to tell
// other sites where a visitor came from.
//
// The referrer policy is not no-referrer, because then browsers would send the
// pages' own forms with "Origin: null", and their own links like those of others.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "+
		"img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

// refuse answers an action that a page of another site asked for; it reports
// whether it has. Such a page may not make the daemon do anything: an action is
// no more than a link.
func (u *UI) refuse(w http.ResponseWriter, r *http.Request) bool {
	if !u.otherSite(r) {
		return false
	}
	http.Error(w, "Refused: a page of another site asked for this action. Open the status page and act there.", http.StatusForbidden)
	return true
}
