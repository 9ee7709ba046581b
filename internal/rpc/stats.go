package rpc

import (
	"sync"
	"time"

	"supervisor/internal/procstat"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
)

const (
	// statsFresh is how long a measurement serves others who ask, too: a look
	// costs as much as the system has processes.
	statsFresh = 500 * time.Millisecond
	// statsStale is how old a measurement may be to be what the next one is
	// compared with. Who asks after a longer pause wants to know what is used
	// now, not what was used on average since yesterday.
	statsStale = 10 * time.Second
)

// stats measures what processes use when somebody asks, and only then.
type stats struct {
	mu       sync.Mutex // guards what follows
	meter    *procstat.Meter
	at       time.Time // of the last measurement
	compared bool      // it was compared with an earlier one, so processor time is known
	usage    map[int]procstat.Usage
}

// measure returns what the processes with these pids use. Where that cannot be
// found out, nothing is known.
func (s *stats) measure(pids []int, now time.Time) (usage map[int]procstat.Usage, compared bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := now.Sub(s.at)
	if s.meter != nil && age < statsFresh {
		return s.usage, s.compared
	}
	s.compared = s.meter != nil && age < statsStale
	if !s.compared {
		s.meter = new(procstat.Meter)
	}
	measured, err := s.meter.Measure(pids)
	if err != nil {
		measured = nil
	}
	s.usage, s.at = measured, now
	return s.usage, s.compared
}

func (s *Server) processStats(*args) (any, error) {
	var all wire.ProcessStats
	var pids []int
	s.supervisor.Histories(func(info supervisor.Info, past supervisor.History) {
		all = append(all, wire.ProcessStat{Name: info.Config.Name, Group: info.Config.Group, PID: info.Vars.PID, Restarts: past.Restarts})
		if info.Vars.PID != 0 {
			pids = append(pids, info.Vars.PID)
		}
	})
	usage, compared := s.stats.measure(pids, time.Now())
	for i := range all {
		u, known := usage[all[i].PID]
		if !known {
			continue
		}
		all[i].Measured, all[i].CPUKnown = true, compared
		all[i].CPU, all[i].Memory, all[i].Processes = u.Tree.CPU, u.Tree.Memory>>10, u.Processes
	}
	return all, nil
}
