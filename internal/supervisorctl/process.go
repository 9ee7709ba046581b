package supervisorctl

import (
	"context"

	"supervisor/internal/wire"
)

// allProcesses returns every process, in the order of the server.
func (s *session) allProcesses(ctx context.Context) ([]wire.ProcessInfo, error) {
	answer, err := s.call(ctx, wire.GetAllProcessInfo)
	if err != nil {
		return nil, err
	}
	return wire.ParseProcessInfos(answer)
}

// processInfo returns one process; a group is a bad name.
func (s *session) processInfo(ctx context.Context, name string) (wire.ProcessInfo, error) {
	answer, err := s.call(ctx, wire.GetProcessInfo, name)
	if err != nil {
		return wire.ProcessInfo{}, err
	}
	return wire.ParseProcessInfo(answer)
}

// ofGroup returns the processes of a group.
func ofGroup(all []wire.ProcessInfo, group string) []wire.ProcessInfo {
	var found []wire.ProcessInfo
	for _, p := range all {
		if p.Group == group {
			found = append(found, p)
		}
	}
	return found
}

// findProcess returns the process of a name.
func findProcess(all []wire.ProcessInfo, name namespec) (wire.ProcessInfo, bool) {
	for _, p := range all {
		if p.Group == name.group && p.Name == name.process {
			return p, true
		}
	}
	return wire.ProcessInfo{}, false
}
