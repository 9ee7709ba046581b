package rpc

import "supervisor/internal/wire"

func (s *Server) upgradeDaemon(a *args) (any, error) {
	path := ""
	if len(a.values) > 0 {
		path = a.text(0)
		if path != oneLine(path) { // the log will say to what; nobody means such a path
			a.refuse(0)
		}
	}
	switch {
	case a.fault != nil:
		return nil, a.fault
	case s.upgrade == nil:
		return nil, wire.Fault(wire.Failed, "this daemon cannot be upgraded")
	}
	return true, s.upgrade(a.request, path)
}
