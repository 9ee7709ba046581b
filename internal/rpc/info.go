package rpc

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/supervisor"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
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
	value := processInfo(&info, time.Now())
	return &value, nil
}

func (s *Server) allProcessInfo(*args) (any, error) {
	return everyProcess{s.supervisor, time.Now()}, nil
}

// everyProcess is what clients are told about all processes. It is rendered
// from what the supervisor has published, process by process: with thousands
// of them, a list in between would cost as much as the answer.
type everyProcess struct {
	supervisor *supervisor.Supervisor
	now        time.Time
}

// AppendXMLRPC implements xmlrpc.Marshaler.
func (e everyProcess) AppendXMLRPC(dst []byte) []byte {
	dst = xmlrpc.AppendArrayStart(dst)
	e.supervisor.Visit(func(info *supervisor.Info) {
		value := processInfo(info, e.now)
		dst = value.AppendXMLRPC(dst)
	})
	return xmlrpc.AppendArrayEnd(dst)
}

// processInfo is what clients are told about a process (rpc.md, section 7).
func processInfo(info *supervisor.Info, now time.Time) wire.ProcessInfo {
	v := &info.Vars
	return wire.ProcessInfo{
		Name:        info.Config.Name,
		Group:       info.Config.Group,
		Start:       seconds(v.Started),
		Stop:        seconds(v.Stopped),
		Now:         seconds(now),
		State:       wire.ProcessState(v.State),
		SpawnErr:    v.Trouble,
		ExitStatus:  v.ExitStatus,
		StdoutLog:   info.Stdout,
		StderrLog:   info.Stderr,
		PID:         v.PID,
		Description: info.Description(now),
	}
}

// seconds returns a moment as seconds since the epoch; never is 0.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// results is what clients are told about a request about many processes.
func results(of []supervisor.Result, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	values := make(wire.Results, len(of))
	for i, r := range of {
		value := wire.Result{Name: r.Process.Name, Group: r.Process.Group, Status: wire.Success, Description: "OK"}
		if r.Err != nil {
			fault := faultOf(r.Err)
			value.Status, value.Description = wire.Code(fault.Code), fault.Text
		}
		values[i] = value
	}
	return values, nil
}

func (s *Server) allConfigInfo(*args) (any, error) {
	active := make(map[string]*config.Group)
	for _, g := range s.supervisor.Groups() {
		active[g.Name] = g
	}
	var infos wire.ConfigInfos
	for _, g := range s.supervisor.Config().Groups {
		for _, p := range g.Processes {
			info := configInfo(g, p)
			info.InUse = active[g.Name] != nil
			if active[g.Name] == g { // what was read last is what runs, so it is known where automatic logs are
				s.showLogs(&info)
			}
			infos = append(infos, info)
		}
	}
	slices.SortStableFunc(infos, func(a, b wire.ConfigInfo) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Group, b.Group))
	})
	return infos, nil
}

// showLogs replaces automatic logs by their paths.
func (s *Server) showLogs(info *wire.ConfigInfo) {
	running, err := s.supervisor.Process(info.Group + ":" + info.Name)
	if err != nil {
		return // it has just been removed
	}
	if info.Stdout.LogFile == wire.Auto {
		info.Stdout.LogFile = running.Stdout
	}
	if info.Stderr.LogFile == wire.Auto && running.Stderr != "" {
		info.Stderr.LogFile = running.Stderr
	}
}

// configInfo is what clients are told about the configuration of a process
// (rpc.md, section 8).
func configInfo(g *config.Group, p *config.Process) wire.ConfigInfo {
	info := wire.ConfigInfo{
		Name:           p.Name,
		Group:          g.Name,
		Autostart:      p.Autostart,
		Autorestart:    p.Autorestart == config.Always,
		GroupPrio:      g.Priority,
		ProcessPrio:    p.Priority,
		Command:        p.Command,
		Directory:      cmp.Or(p.Directory, wire.None),
		UID:            wire.None,
		ExitCodes:      p.ExitCodes,
		KillAsGroup:    p.KillAsGroup,
		RedirectStderr: p.RedirectStderr,
		StartRetries:   p.StartRetries,
		StartSecs:      int(p.StartSecs / time.Second),
		StopSignal:     int(p.StopSignal),
		StopWaitSecs:   int(p.StopWait / time.Second),
		ServerURL:      cmp.Or(p.ServerURL, wire.None),
		Stdout:         streamInfo(p.Stdout),
		Stderr:         streamInfo(p.Stderr),
	}
	if p.Autorestart == config.IfUnexpected {
		info.Autorestart = wire.Unexpected
	}
	if p.User != nil {
		info.UID = p.User.UID
	}
	return info
}

func streamInfo(s config.Stream) wire.StreamInfo {
	path := cmp.Or(s.Log.Path, wire.None)
	if s.Log.Auto {
		path = wire.Auto
	}
	return wire.StreamInfo{
		LogFile:         path,
		LogFileBackups:  s.Backups,
		LogFileMaxBytes: int64(s.MaxBytes),
		CaptureMaxBytes: int64(s.CaptureMax),
		EventsEnabled:   s.Events,
		Syslog:          s.Syslog,
	}
}
