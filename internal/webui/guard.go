package webui

import (
	"net"
	"net/http"
	"strings"

	"supervisor/internal/config"
)

// guard refuses browsers that were lured here under a foreign name.
//
// A page of another site can make its own name point at this machine (DNS
// rebinding); to the browser, our answers are then its own. What it cannot do is
// to make the browser send another Host, or leave out the headers that only
// browsers send. So a request that has such a header, and wants something done,
// must name this machine by an address or by a name that nobody can register
// elsewhere: the configured one, the host's own, or one that means something
// only in this network.
//
// Where all servers ask for a password nothing of this is needed: the browser
// gives the password to no other name. Whoever is no browser is not asked, so
// scripts and the servers of dashboards work as ever, by any name.
type guard struct {
	open  bool     // somebody may come without a password
	names []string // by which this machine is known, in lower case
}

func newGuard(servers []config.Server, hostname string) guard {
	g := guard{names: []string{strings.ToLower(hostname)}}
	for _, s := range servers {
		if s.Unix() {
			continue // no browser gets there
		}
		g.open = g.open || s.Username == ""
		if s.Host != "" {
			g.names = append(g.names, strings.ToLower(s.Host))
		}
	}
	return g
}

// lured reports whether a request has to be refused.
func (g guard) lured(r *http.Request) bool {
	return g.open && fromBrowser(r) && !g.ours(r.Host)
}

// fromBrowser reports whether a request has a header that browsers always send
// and other clients have no reason for.
func fromBrowser(r *http.Request) bool {
	for _, header := range []string{"Sec-Fetch-Site", "Sec-Fetch-Mode", "Origin", "Accept-Language"} {
		if r.Header.Get(header) != "" {
			return true
		}
	}
	return false
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
	for _, name := range g.names {
		if host == name {
			return true
		}
	}
	return false
}
