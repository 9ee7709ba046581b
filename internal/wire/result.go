package wire

import "supervisor/xmlrpc"

// Result is what a method that acts on several processes says of one of them
// (rpc.md, section 9).
type Result struct {
	Name, Group string
	Status      Code
	Description string // OK, or the text of the fault
}

// AppendXMLRPC implements xmlrpc.Marshaler.
func (r *Result) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendStructStart(dst)
	dst = xmlrpc.AppendStringMember(dst, "name", r.Name)
	dst = xmlrpc.AppendStringMember(dst, "group", r.Group)
	dst = xmlrpc.AppendIntMember(dst, "status", int64(r.Status))
	dst = xmlrpc.AppendStringMember(dst, "description", r.Description)
	return xmlrpc.AppendStructEnd(dst)
}

// Results is what a method that acts on several processes returns.
type Results []Result

// AppendXMLRPC implements xmlrpc.Marshaler.
func (rs Results) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendArrayStart(dst)
	for i := range rs {
		dst = rs[i].AppendXMLRPC(dst)
	}
	return xmlrpc.AppendArrayEnd(dst)
}

// ParseResults reads what a method that acts on several processes returned.
func ParseResults(v any) (Results, error) {
	return list(v, "results", func(v any) (Result, error) {
		s, err := members(v, "a result")
		if err != nil {
			return Result{}, err
		}
		var r Result
		for _, m := range s {
			switch m.Name {
			case "name":
				r.Name = text(m.Value)
			case "group":
				r.Group = text(m.Value)
			case "status":
				r.Status = Code(number(m.Value))
			case "description":
				r.Description = text(m.Value)
			}
		}
		return r, nil
	})
}
