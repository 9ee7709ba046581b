package xmlrpc

import (
	"bytes"
	"unicode/utf8"
)

// ParseCall reads a call. Its error is ErrNoMethodName if only the name is
// missing or empty, and a *SyntaxError otherwise.
//
// The text is UTF-8, or ISO 8859-1 if it says so and is not UTF-8. A base64
// value is the text that it holds, as Supervisor has it.
func ParseCall(body []byte) (Call, error) {
	body, err := toUTF8(body)
	if err != nil {
		return Call{}, err
	}
	d := &decoder{scanner: scanner{doc: body, limit: maxCallElements}}
	var call Call
	err = d.document("methodCall", func() (err error) {
		switch string(d.name) {
		case "methodName":
			call.Method, err = d.text()
		case "params":
			call.Params, err = d.items()
		default:
			_, err = d.element()
		}
		return err
	})
	switch {
	case err != nil:
		return Call{}, err
	case call.Method == "":
		return Call{}, ErrNoMethodName
	}
	return call, nil
}

// ParseResponse reads the answer to a call and returns its value, a *Fault, or
// a *SyntaxError.
//
// It is more tolerant than ParseCall: Supervisor puts the bytes of log files
// into its answers, and it is better to have them than an error.
func ParseResponse(body []byte) (any, error) {
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	d := &decoder{scanner: scanner{doc: trimMark(body), limit: maxResponseElements, lenient: true}, binary: true}
	var (
		values []any
		fault  *Fault
	)
	err := d.document("methodResponse", func() (err error) {
		switch string(d.name) {
		case "params":
			values, err = d.items()
		case "fault":
			fault, err = d.fault()
		default:
			_, err = d.element()
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case fault != nil:
		return nil, fault
	case len(values) == 0:
		return nil, d.fail("an answer without a value")
	}
	return values[0], nil
}

// document reads a whole document: visit is called for each element in its
// root, which must have the given name.
func (d *decoder) document(root string, visit func() error) error {
	if _, err := d.next(); err != nil { // it can only be the start tag of the root
		return err
	}
	if string(d.name) != root {
		return d.fail("not a " + root)
	}
	if err := d.each(visit); err != nil {
		return err
	}
	_, err := d.next()
	return err
}

func (d *decoder) fault() (*Fault, error) {
	v, err := d.only()
	if err != nil {
		return nil, err
	}
	members, _ := v.(Struct)
	code, _ := members.Get("faultCode")
	text, _ := members.Get("faultString")
	f := &Fault{}
	var ok1, ok2 bool
	f.Code, ok1 = code.(int)
	f.Text, ok2 = text.(string)
	if !ok1 || !ok2 {
		return nil, d.fail("a fault without code and text")
	}
	return f, nil
}

// toUTF8 makes a document UTF-8 by what its first line says.
func toUTF8(body []byte) ([]byte, error) {
	body = trimMark(body)
	if utf8.Valid(body) {
		return body, nil
	}
	declaration, _, _ := bytes.Cut(body[:min(len(body), 256)], []byte("?>"))
	declaration = bytes.ToLower(declaration)
	if !bytes.HasPrefix(declaration, []byte("<?xml")) || !bytes.Contains(declaration, []byte("iso-8859-1")) {
		return nil, &SyntaxError{0, "the text is not UTF-8"}
	}
	wide := make([]byte, 0, 2*len(body))
	for _, c := range body {
		wide = utf8.AppendRune(wide, rune(c))
	}
	return wide, nil
}

// trimMark removes a byte order mark.
func trimMark(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\uFEFF")) }
