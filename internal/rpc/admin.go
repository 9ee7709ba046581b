package rpc

import (
	"supervisor/internal/config"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

func (s *Server) apiVersion(*args) (any, error)        { return wire.APIVersion, nil }
func (s *Server) supervisorVersion(*args) (any, error) { return s.version, nil }
func (s *Server) pid(*args) (any, error)               { return s.processID, nil }

func (s *Server) identification(*args) (any, error) {
	return s.supervisor.Identifier(), nil
}

func (s *Server) supervisorState(*args) (any, error) {
	state := s.supervisor.State()
	return xmlrpc.Struct{{Name: "statecode", Value: int(state)}, {Name: "statename", Value: state.String()}}, nil
}

func (s *Server) shutdown(*args) (any, error) { return true, s.supervisor.Shutdown() }

func (s *Server) restart(*args) (any, error) { return true, s.supervisor.Restart() }

func (s *Server) reloadConfig(*args) (any, error) {
	diff, err := s.supervisor.Reload()
	if err != nil {
		return nil, err
	}
	return []any{[]any{diff.Added, changedNames(diff), diff.Removed}}, nil
}

func changedNames(diff config.Diff) []string {
	names := make([]string, len(diff.Changed))
	for i, c := range diff.Changed {
		names[i] = c.Group
	}
	return names
}

func (s *Server) addProcessGroup(a *args) (any, error) {
	name := a.text(0)
	if a.fault != nil {
		return nil, a.fault
	}
	return true, s.supervisor.AddGroup(name)
}

func (s *Server) removeProcessGroup(a *args) (any, error) {
	name := a.text(0)
	if a.fault != nil {
		return nil, a.fault
	}
	return true, s.supervisor.RemoveGroup(name)
}
