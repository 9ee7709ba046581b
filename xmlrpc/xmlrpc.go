// Package xmlrpc is the XML-RPC encoding, as a client and as a server need it.
//
// It is pure: text in, values out, and the other way round. It knows no method
// and no transport; package client carries calls over HTTP. Whatever the input,
// decoding ends with a value or an error: it does not panic, follows no
// reference out of the document, expands no entity that the document defines,
// and its depth and the number of its elements are bounded.
//
// Values are string, int, bool, float64, time.Time, []byte, []any, Struct and
// nil. The form that is written, and what is tolerated in what is read, are
// those of Supervisor (rpc.md, section 3), to the byte.
package xmlrpc

import (
	"errors"
	"fmt"
)

// Struct is a struct, its members in the order of the document.
type Struct []Member

// Member is one member of a struct.
type Member struct {
	Name  string
	Value any
}

// Get returns the value of a member. If the name occurs more than once, the
// last one counts.
func (s Struct) Get(name string) (value any, ok bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].Name == name {
			return s[i].Value, true
		}
	}
	return nil, false
}

// Marshaler is a value that knows how to write itself. AppendXMLRPC appends
// exactly one value, as the Append functions of this package do.
type Marshaler interface {
	AppendXMLRPC(dst []byte) []byte
}

// Call is a request.
type Call struct {
	Method string
	Params []any
}

// Fault is the answer of a method that failed.
type Fault struct {
	Code int
	Text string
}

// Error returns code and text.
func (f *Fault) Error() string { return fmt.Sprintf("fault %d: %s", f.Code, f.Text) }

// ErrNoMethodName is returned for a document that is well-formed but does not
// say which method it calls.
var ErrNoMethodName = errors.New("no method name")

// SyntaxError is returned for a document that cannot be understood.
type SyntaxError struct {
	Offset int // in bytes, about where the trouble is
	Reason string
}

// Error returns reason and place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid XML-RPC at byte %d: %s", e.Offset, e.Reason)
}
