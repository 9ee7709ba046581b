package rpc

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
)

func (s *Server) processInfo(a *args) (any, error) {
	name := a.text(0)
	if a.fault != nil {
		return nil, a.fault
	}
	info, err := s.supervisor.Process(name)
	if err != nil {
		return nil, err
	}
	return processInfo(info, time.Now()), nil
}

func (s *Server) allProcessInfo(*args) (any, error) {
	now := time.Now()
	infos := s.supervisor.Processes()
	values := make(wire.ProcessInfos, len(infos))
	for i, info := range infos {
		values[i] = processInfo(info, now)
	}
	return values, nil
}

// processInfo is what clients are told about a process (rpc.md, section 7).
func processInfo(info supervisor.Info, now time.Time) wire.ProcessInfo {
	v := info.Vars
	return wire.ProcessInfo{
		Name:          info.Config.Name,
		Group:         info.Config.Group,
		Start:         seconds(v.Started),
		Stop:          seconds(v.Stopped),
		Now:           seconds(now),
		State:         int(v.State),
		StateName:     v.State.String(),
		SpawnErr:      v.Trouble,
		ExitStatus:    v.ExitStatus,
		StdoutLogfile: info.Stdout,
		StderrLogfile: info.Stderr,
		PID:           v.PID,
		Description:   info.Description(now),
	}
}

// seconds returns a moment as seconds since the epoch; never is 0. XML-RPC
// knows integers of 32 bits only.
func seconds(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return int(min(t.Unix(), math.MaxInt32))
}

// results is what clients are told about a request about many processes.
func results(of []supervisor.Result, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	values := make([]any, len(of))
	for i, r := range of {
		value := wire.Result{Name: r.Process.Name, Group: r.Process.Group, Status: wire.Success, Description: "OK"}
		if r.Err != nil {
			fault := faultOf(r.Err)
			value.Status, value.Description = fault.Code, fault.Text
		}
		values[i] = value
	}
	return values, nil
}

func (s *Server) allConfigInfo(*args) (any, error) {
	active := make(map[string]bool)
	for _, g := range s.supervisor.Groups() {
		active[g.Name] = true
	}
	var infos []wire.ConfigInfo
	for _, g := range s.supervisor.Config().Groups {
		for _, p := range g.Processes {
			info := configInfo(g, p)
			info.InUse = active[g.Name]
			infos = append(infos, info)
		}
	}
	slices.SortStableFunc(infos, func(a, b wire.ConfigInfo) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Group, b.Group))
	})
	values := make([]any, len(infos))
	for i, info := range infos {
		values[i] = info
	}
	return values, nil
}

// configInfo is what clients are told about the configuration of a process
// (rpc.md, section 8).
func configInfo(g *config.Group, p *config.Process) wire.ConfigInfo {
	info := wire.ConfigInfo{
		Name:           p.Name,
		Group:          g.Name,
		Autostart:      p.Autostart,
		Autorestart:    autorestart(p.Autorestart),
		GroupPriority:  g.Priority,
		Priority:       p.Priority,
		Command:        p.Command,
		Directory:      p.Directory,
		ExitCodes:      p.ExitCodes,
		KillAsGroup:    p.KillAsGroup,
		RedirectStderr: p.RedirectStderr,
		StartRetries:   p.StartRetries,
		StartSecs:      int(p.StartSecs / time.Second),
		StopSignal:     int(p.StopSignal),
		StopWaitSecs:   int(p.StopWait / time.Second),
		ServerURL:      p.ServerURL,
		Stdout:         streamInfo(p.Stdout),
		Stderr:         streamInfo(p.Stderr),
	}
	if p.User != nil {
		info.UID = &p.User.UID
	}
	return info
}

func autorestart(a config.Autorestart) any {
	if a == config.IfUnexpected {
		return "unexpected"
	}
	return a == config.Always
}

func streamInfo(s config.Stream) wire.StreamInfo {
	path := s.Log.Path
	if s.Log.Auto {
		path = "auto"
	}
	return wire.StreamInfo{
		CaptureMaxBytes: int(s.CaptureMax),
		EventsEnabled:   s.Events,
		Logfile:         path,
		LogfileBackups:  s.Backups,
		LogfileMaxBytes: int(s.MaxBytes),
		Syslog:          s.Syslog,
	}
}
