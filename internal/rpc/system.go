package rpc

import (
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// systemMethods is the introspection API; it works in every state.
func systemMethods() []method {
	return []method{
		{name: wire.ListMethods, signature: []string{"array"}, always: true, call: (*Server).listMethods,
			help: "The names of all methods, sorted."},
		{name: wire.MethodHelp, signature: []string{"string", "string"}, always: true, call: (*Server).methodHelp,
			help: "What a method does."},
		{name: wire.MethodSignature, signature: []string{"array", "string"}, always: true, call: (*Server).methodSignature,
			help: "The type of a method's result, then those of its parameters."},
		{name: wire.Multicall, signature: []string{"array", "array"}, always: true, call: (*Server).multicall,
			help: "Call several methods, one after the other: an array of structs with methodName and params. The result has each method's result as it is, or a struct with faultCode and faultString."},
	}
}

func (s *Server) listMethods(*args) (any, error) { return s.methods.names(), nil }

func (s *Server) methodHelp(a *args) (any, error) {
	m, known := s.methods[a.text(0)]
	if !known {
		return nil, wire.Fault(wire.SignatureUnsupported, "")
	}
	return m.helpText(), nil
}

func (s *Server) methodSignature(a *args) (any, error) {
	m, known := s.methods[a.text(0)]
	if !known {
		return nil, wire.Fault(wire.SignatureUnsupported, "")
	}
	return m.signature, nil
}

// maxMulticall bounds how much one request may ask for.
const maxMulticall = 10_000

func (s *Server) multicall(a *args) (any, error) {
	calls, ok := a.values[0].([]any)
	if !ok || len(calls) > maxMulticall {
		return nil, wire.Fault(wire.IncorrectParameters, "")
	}
	var results encoded
	for _, c := range calls {
		value, err := s.oneOfMany(a.turn, c)
		if err != nil {
			fault := faultOf(err)
			value = xmlrpc.Struct{{Name: "faultCode", Value: fault.Code}, {Name: "faultString", Value: fault.Text}}
		}
		results = results.append(value)
	}
	return results, nil
}

// oneOfMany makes one call of a multicall.
func (s *Server) oneOfMany(t *turn, value any) (any, error) {
	call, _ := value.(xmlrpc.Struct)
	name := member[string](call, "methodName")
	switch name {
	case "":
		return nil, wire.Fault(wire.IncorrectParameters, "No methodName")
	case wire.System + "." + wire.Multicall:
		return nil, wire.Fault(wire.IncorrectParameters, "Recursive system.multicall forbidden")
	}
	return s.call(t, nil, name, member[[]any](call, "params"))
}

// member returns a member of a struct; none, or one of another type, is zero.
func member[T any](s xmlrpc.Struct, name string) T {
	value, _ := s.Get(name)
	typed, _ := value.(T)
	return typed
}
