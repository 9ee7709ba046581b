package corpus

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/severity"
)

// load loads a file with our own package and tells what came of it in the
// words of the reference.
func load(t *testing.T, req request, overrides ...config.Override) answer {
	t.Helper()
	var env []string
	for name, value := range req.Env {
		env = append(env, name+"="+value)
	}
	if req.Ctl {
		c, err := config.LoadCtl(config.CtlSource{File: req.File, Cwd: req.Cwd, Env: env, UID: os.Getuid()})
		if err != nil {
			return refused(err)
		}
		return plain(t, answer{"ctl": map[string]any{
			"serverurl": c.ServerURL, "username": c.Username, "password": c.Password,
			"prompt": c.Prompt, "history_file": c.HistoryFile,
		}})
	}
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Source{
		File: req.File, Cwd: req.Cwd, Env: env, UID: os.Getuid(), Hostname: hostname, Overrides: overrides,
	})
	if err != nil {
		return refused(err)
	}
	var warnings, infos []string
	for _, n := range c.Notes {
		if n.Level == severity.Warn {
			warnings = append(warnings, n.Text)
		} else {
			infos = append(infos, n.Text)
		}
	}
	return plain(t, answer{
		"daemon": daemon(c.Daemon), "servers": each(c.Servers, server), "groups": each(c.Groups, group),
		"rpc":      each(c.RPC, func(r config.RPCInterface) any { return r.Namespace }),
		"warnings": warnings, "infos": infos,
	})
}

func refused(err error) answer {
	return answer{"error": "Error: " + err.Error()}
}

// plain makes nothing but JSON values of an answer.
func plain(t *testing.T, a answer) answer {
	t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var p answer
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func each[T any](list []T, f func(T) any) []any {
	all := []any{}
	for _, item := range list {
		all = append(all, f(item))
	}
	return all
}

// orNil is the text, or nothing at all if it is empty.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func userID(u *config.User) any {
	if u == nil {
		return nil
	}
	return u.UID
}

// levels are the reference's numbers for severities.
var levels = map[string]int{"critical": 50, "error": 40, "warn": 30, "info": 20, "debug": 10, "trace": 5, "blather": 3}

func daemon(d config.Daemon) any {
	logfile := d.LogFile
	if d.LogSyslog {
		logfile = "syslog"
	}
	return map[string]any{
		"childlogdir": d.ChildLogDir, "directory": orNil(d.Directory), "identifier": d.Identifier,
		"logfile": logfile, "logfile_backups": d.LogBackups, "logfile_maxbytes": d.LogMaxBytes,
		"loglevel": levels[severity.Word(d.LogLevel)], "minfds": d.MinFDs, "minprocs": d.MinProcs,
		"nocleanup": d.NoCleanup, "nodaemon": d.NoDaemon, "pidfile": d.PIDFile, "silent": d.Silent,
		"strip_ansi": d.StripANSI, "uid": userID(d.User), "umask": d.Umask,
	}
}

func server(s config.Server) any {
	m := map[string]any{"section": s.Section, "username": s.Username, "password": s.Password}
	if s.Unix() {
		m["file"], m["chmod"], m["chown"] = s.Path, s.Mode, []int{s.Owner.UID, s.Owner.GID}
	} else {
		m["host"], m["port"] = s.Host, s.Port
	}
	return m
}

var kinds = map[config.Kind]string{
	config.Programs: "ProcessGroupConfig", config.FastCGI: "FastCGIGroupConfig", config.Listeners: "EventListenerPoolConfig",
}

func group(g *config.Group) any {
	m := map[string]any{
		"name": g.Name, "priority": g.Priority, "kind": kinds[g.Kind], "processes": each(g.Processes, process),
	}
	if g.Pool != nil {
		events := []string{}
		for _, t := range g.Pool.Events {
			events = append(events, t.String())
		}
		slices.Sort(events)
		m["buffer_size"], m["events"] = g.Pool.BufferSize, events
	}
	if g.Kind == config.FastCGI && len(g.Processes) > 0 {
		m["socket"] = socket(g.Processes[0].Socket)
	}
	return m
}

func socket(s *config.Socket) any {
	m := map[string]any{"url": s.URL, "backlog": nil}
	if s.Backlog != 0 {
		m["backlog"] = s.Backlog
	}
	if s.Path == "" {
		m["host"], m["port"] = s.Host, s.Port
		return m
	}
	m["path"], m["mode"], m["owner"] = s.Path, s.Mode, nil
	if s.Owner != config.KeepOwner {
		m["owner"] = []int{s.Owner.UID, s.Owner.GID}
	}
	return m
}

func process(p *config.Process) any {
	m := map[string]any{
		"name": p.Name, "command": p.Command, "directory": p.Directory, "uid": userID(p.User),
		"serverurl": p.ServerURL, "priority": p.Priority, "autostart": p.Autostart,
		"autorestart": [...]any{false, "RestartUnconditionally", "RestartWhenExitUnexpected"}[p.Autorestart],
		"startsecs":   p.StartSecs / time.Second, "startretries": p.StartRetries, "stopsignal": p.StopSignal,
		"stopwaitsecs": p.StopWait / time.Second, "stopasgroup": p.StopAsGroup, "killasgroup": p.KillAsGroup,
		"exitcodes": p.ExitCodes, "redirect_stderr": p.RedirectStderr, "umask": p.Umask,
	}
	if p.ExitCodes == nil {
		m["exitcodes"] = []int{}
	}
	environment := map[string]string{}
	for _, entry := range p.Environment {
		name, value, _ := strings.Cut(entry, "=")
		environment[name] = value
	}
	m["environment"] = environment
	for name, s := range map[string]config.Stream{"stdout": p.Stdout, "stderr": p.Stderr} {
		m[name+"_logfile"] = orNil(s.Log.Path)
		if s.Log.Auto {
			m[name+"_logfile"] = "Automatic"
		}
		m[name+"_logfile_maxbytes"], m[name+"_logfile_backups"] = s.MaxBytes, s.Backups
		m[name+"_capture_maxbytes"], m[name+"_events_enabled"], m[name+"_syslog"] = s.CaptureMax, s.Events, s.Syslog
	}
	return m
}
