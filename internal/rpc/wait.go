package rpc

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"time"

	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// longestWait is how long a call may wait. A client that wants to wait longer
// calls again; one that has gone unnoticed is forgotten by then.
const longestWait = 60 * time.Second

// waitForChange answers with what is known about processes when that is not what
// the client knows already.
func (s *Server) waitForChange(a *args) (any, error) {
	names, known, limit := a.texts(0), a.text(1), a.number(2)
	if a.fault != nil {
		return nil, a.fault
	}
	// What changes after this wakes us, so what is looked at below is never old.
	changes, stop := s.supervisor.Changes()
	defer stop()
	over := time.NewTimer(min(max(0, time.Duration(min(limit, 3600))*time.Second), longestWait))
	defer over.Stop()
	var hurry <-chan struct{}
	if s.hurry != nil && a.turn.asker != nil {
		hurry = s.hurry(a.turn.asker)
	}
	for late := false; ; {
		infos, err := s.selected(names)
		if err != nil {
			return nil, err
		}
		if token := tokenOf(infos); token != known || late {
			return changed(token, infos, time.Now()), nil
		}
		select {
		case <-changes:
		case <-over.C:
			late = true
		case <-hurry:
			late = true
		case <-a.ctx.Done():
			return nil, a.ctx.Err()
		case <-s.supervisor.Done():
			return nil, supervisor.ErrShutdown
		}
		if s.supervisor.State() != supervisor.Running {
			return nil, supervisor.ErrShutdown
		}
	}
}

// selected returns what is known about the named processes and groups, in the
// order of the names; about all if there are none.
func (s *Server) selected(names []string) ([]supervisor.Info, error) {
	if len(names) == 0 {
		return s.supervisor.Processes(), nil
	}
	var infos []supervisor.Info
	for _, name := range names {
		group, process := supervisor.SplitName(name)
		if process != "" {
			info, err := s.supervisor.Process(name)
			if err != nil {
				return nil, err
			}
			infos = append(infos, info)
			continue
		}
		before := len(infos)
		s.supervisor.Visit(func(info *supervisor.Info) {
			if info.Config.Group == group {
				infos = append(infos, *info)
			}
		})
		if len(infos) == before {
			return nil, wire.Fault(wire.BadName, name)
		}
	}
	return infos, nil
}

// tokenOf stands for what is known about processes: if anything of it changes, so
// does the token.
func tokenOf(infos []supervisor.Info) string {
	h := fnv.New64a()
	var number [8]byte
	add := func(n int64) {
		binary.LittleEndian.PutUint64(number[:], uint64(n))
		h.Write(number[:])
	}
	for i := range infos {
		v := &infos[i].Vars
		h.Write([]byte(infos[i].Config.Group))
		add(-1) // no letter of a name
		h.Write([]byte(infos[i].Config.Name))
		add(-1)
		h.Write([]byte(v.Trouble))
		add(int64(v.State))
		add(int64(v.PID))
		add(int64(v.ExitStatus))
		add(v.Started.UnixNano())
		add(v.Stopped.UnixNano())
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// changed is the answer of waitForChange.
func changed(token string, infos []supervisor.Info, now time.Time) xmlrpc.Struct {
	processes := make(wire.ProcessInfos, len(infos))
	for i := range infos {
		processes[i] = processInfo(&infos[i], now)
	}
	return xmlrpc.Struct{{Name: "token", Value: token}, {Name: "processes", Value: processes}}
}
