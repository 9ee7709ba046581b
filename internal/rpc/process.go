package rpc

import (
	"errors"

	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
)

func (s *Server) startProcess(a *args) (any, error) {
	name, wait := a.text(0), a.flag(1)
	if a.fault != nil {
		return nil, a.fault
	}
	if group, process := supervisor.SplitName(name); process == "" {
		return whole(name)(s.supervisor.StartGroup(group, wait))
	}
	return true, s.supervisor.Start(name, wait)
}

func (s *Server) startProcessGroup(a *args) (any, error) {
	name, wait := a.text(0), a.flag(1)
	if a.fault != nil {
		return nil, a.fault
	}
	return results(s.supervisor.StartGroup(name, wait))
}

func (s *Server) startAllProcesses(a *args) (any, error) {
	wait := a.flag(0)
	if a.fault != nil {
		return nil, a.fault
	}
	return results(s.supervisor.StartAll(wait))
}

func (s *Server) stopProcess(a *args) (any, error) {
	name, wait := a.text(0), a.flag(1)
	if a.fault != nil {
		return nil, a.fault
	}
	if group, process := supervisor.SplitName(name); process == "" {
		return whole(name)(s.supervisor.StopGroup(group, wait))
	}
	return true, s.supervisor.Stop(name, wait)
}

func (s *Server) stopProcessGroup(a *args) (any, error) {
	name, wait := a.text(0), a.flag(1)
	if a.fault != nil {
		return nil, a.fault
	}
	return results(s.supervisor.StopGroup(name, wait))
}

func (s *Server) stopAllProcesses(a *args) (any, error) {
	wait := a.flag(0)
	if a.fault != nil {
		return nil, a.fault
	}
	return results(s.supervisor.StopAll(wait))
}

func (s *Server) signalProcess(a *args) (any, error) {
	name, signal := a.text(0), a.signal(1)
	if a.fault != nil {
		return nil, a.fault
	}
	if group, process := supervisor.SplitName(name); process == "" {
		return whole(name)(s.supervisor.SignalGroup(group, signal))
	}
	return true, s.supervisor.Signal(name, signal)
}

func (s *Server) signalProcessGroup(a *args) (any, error) {
	name, signal := a.text(0), a.signal(1)
	if a.fault != nil {
		return nil, a.fault
	}
	return results(s.supervisor.SignalGroup(name, signal))
}

func (s *Server) signalAllProcesses(a *args) (any, error) {
	signal := a.signal(0)
	if a.fault != nil {
		return nil, a.fault
	}
	return results(s.supervisor.SignalAll(signal))
}

func (s *Server) sendProcessStdin(a *args) (any, error) {
	name, chars := a.text(0), a.text(1)
	if a.fault != nil {
		return nil, a.fault
	}
	return true, s.supervisor.SendStdin(name, chars)
}

func (s *Server) sendRemoteCommEvent(a *args) (any, error) {
	kind, data := a.text(0), a.text(1)
	if a.fault != nil {
		return nil, a.fault
	}
	return true, s.supervisor.SendRemoteEvent(kind, data)
}

// whole renders the results of a method about one process that was asked for a
// whole group as "group:*". If there is none, the fault shows the name as it
// was asked for.
func whole(name string) func([]supervisor.Result, error) (any, error) {
	return func(of []supervisor.Result, err error) (any, error) {
		if errors.Is(err, supervisor.ErrBadName) {
			return nil, wire.Fault(wire.BadName, name)
		}
		return results(of, err)
	}
}
