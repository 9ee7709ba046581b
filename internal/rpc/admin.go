package rpc

import (
	"supervisor/internal/config"
	"supervisor/internal/supervisor"
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

func (s *Server) configDrift(*args) (any, error) {
	drift, err := s.supervisor.Drift()
	if err != nil {
		return nil, err
	}
	return &wire.Drift{Added: drift.Added, Changed: drifted(drift.Changed), Removed: drifted(drift.Removed)}, nil
}

func drifted(groups []supervisor.Drifted) []wire.Drifted {
	list := make([]wire.Drifted, len(groups))
	for i, g := range groups {
		list[i] = wire.Drifted{Group: g.Group, Stops: g.Stops, Starts: g.Starts}
		for _, o := range g.Options {
			list[i].Options = append(list[i].Options, wire.OptionChange{Process: o.Process, Key: o.Key, From: o.Old, To: o.New})
		}
	}
	return list
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

func (s *Server) configSource(*args) (any, error) { return s.source().Value(), nil }
