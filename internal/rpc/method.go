package rpc

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"supervisor/internal/wire"
)

// method is one row of the table of what clients may call.
type method struct {
	name    string
	aliases []string
	// signature is the type of the result, then those of the parameters, as
	// system.methodSignature shows them.
	signature []string
	optional  int // how many of the last parameters may be left out
	help      string
	always    bool // may be called while the supervisor is going down
	call      func(*Server, *args) (any, error)
}

// accepts reports whether the method may be called with that many arguments.
func (m method) accepts(n int) bool {
	most := len(m.signature) - 1
	return n <= most && n >= most-m.optional
}

// registry is all methods by their full names.
type registry map[string]method

// newRegistry publishes the main methods under each namespace of the
// configuration, and those of the namespace system.
func newRegistry(namespaces []string) registry {
	r := make(registry)
	r.add(wire.System, systemMethods())
	for _, ns := range namespaces {
		r.add(ns, mainMethods())
		r.add(ns, ownMethods())
	}
	return r
}

func (r registry) add(namespace string, methods []method) {
	for _, m := range methods {
		for _, name := range append([]string{m.name}, m.aliases...) {
			r[namespace+"."+name] = m
		}
	}
}

// names returns all full names, sorted.
func (r registry) names() []string { return slices.Sorted(maps.Keys(r)) }

// helpText is what system.methodHelp shows.
func (m method) helpText() string {
	return m.help + "\n\nReturns " + m.signature[0] + "; parameters: " + cmp.Or(strings.Join(m.signature[1:], ", "), "none") + "."
}
