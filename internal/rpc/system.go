package rpc

import (
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// systemMethods is the introspection API; it works in every state.
func systemMethods() []method {
	return []method{
		{name: "listMethods", signature: []string{"array"}, always: true, call: (*Server).listMethods,
			help: "The names of all methods, sorted."},
		{name: "methodHelp", signature: []string{"string", "string"}, always: true, call: (*Server).methodHelp,
			help: "What a method does."},
		{name: "methodSignature", signature: []string{"array", "string"}, always: true, call: (*Server).methodSignature,
			help: "The type of a method's result, then those of its parameters."},
		{name: "multicall", signature: []string{"array", "array"}, always: true, call: (*Server).multicall,
			help: "Call several methods, one after the other: an array of structs with methodName and params. The result has each method's result as it is, or a struct with faultCode and faultString."},
	}
}

func (s *Server) listMethods(*args) (any, error) { return s.methods.names(), nil }

func (s *Server) methodHelp(a *args) (any, error) {
	m, known := s.methods[a.text(0)]
	if !known {
		return nil, wire.NewFault(wire.SignatureUnsupported, "")
	}
	return m.helpText(), nil
}

func (s *Server) methodSignature(a *args) (any, error) {
	m, known := s.methods[a.text(0)]
	if !known {
		return nil, wire.NewFault(wire.SignatureUnsupported, "")
	}
	return texts(m.signature), nil
}

// maxMulticall bounds how much one request may ask for.
const maxMulticall = 10_000

func (s *Server) multicall(a *args) (any, error) {
	calls, ok := a.values[0].([]any)
	if !ok || len(calls) > maxMulticall {
		return nil, wire.NewFault(wire.IncorrectParameters, "")
	}
	results := make([]any, len(calls))
	for i, c := range calls {
		value, err := s.oneOfMany(c)
		if err != nil {
			fault := faultOf(err)
			value = xmlrpc.Struct{{Name: "faultCode", Value: int(fault.Code)}, {Name: "faultString", Value: fault.Text}}
		}
		results[i] = value
	}
	return results, nil
}

// oneOfMany makes one call of a multicall.
func (s *Server) oneOfMany(value any) (any, error) {
	call, _ := value.(xmlrpc.Struct)
	name, _ := call.Get("methodName").(string)
	switch name {
	case "":
		return nil, wire.NewFault(wire.IncorrectParameters, "No methodName")
	case "system.multicall":
		return nil, wire.NewFault(wire.IncorrectParameters, "Recursive system.multicall forbidden")
	}
	params, _ := call.Get("params").([]any)
	return s.call(name, params)
}
