package rpc

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"supervisor/internal/pyrepr"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// args are the arguments of one call. Their number has been checked; the first
// of a wrong type makes the call fail when it is read.
type args struct {
	ctx     context.Context // of the call: it ends when the client has gone
	values  []any
	turn    *turn
	request *http.Request // nil in a multicall
	fault   *xmlrpc.Fault
}

// text returns argument i, which must be a string.
func (a *args) text(i int) string {
	if s, ok := a.values[i].(string); ok {
		return s
	}
	a.refuse(i)
	return ""
}

// texts returns argument i, which must be an array of strings.
func (a *args) texts(i int) []string {
	values, ok := a.values[i].([]any)
	texts := make([]string, len(values))
	for n, v := range values {
		var isText bool
		texts[n], isText = v.(string)
		ok = ok && isText
	}
	if !ok {
		a.refuse(i)
	}
	return texts
}

// number returns argument i, which must be an integer.
func (a *args) number(i int) int64 {
	if n, ok := a.values[i].(int); ok {
		return int64(n)
	}
	a.refuse(i)
	return 0
}

// flag returns argument i, which may be left out and is true then. Clients
// send booleans, but also 0 and 1.
func (a *args) flag(i int) bool {
	if i >= len(a.values) {
		return true
	}
	switch v := a.values[i].(type) {
	case bool:
		return v
	case int:
		return v != 0
	case nil:
		return false
	}
	a.refuse(i)
	return false
}

// signal returns argument i, the name or number of a signal, as text.
func (a *args) signal(i int) string {
	if n, ok := a.values[i].(int); ok {
		return strconv.Itoa(n)
	}
	return a.text(i)
}

func (a *args) refuse(i int) {
	if a.fault != nil {
		return
	}
	text := fmt.Sprint(a.values[i])
	if s, ok := a.values[i].(string); ok {
		text = pyrepr.String(s)
	}
	a.fault = wire.Fault(wire.IncorrectParameters, text)
}
