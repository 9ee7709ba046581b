package supervisord

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/diagnose"
	"supervisor/internal/httpd"
	"supervisor/internal/logfile"
	"supervisor/internal/rpc"
	"supervisor/internal/supervisor"
	"supervisor/internal/webui"
	"supervisor/internal/wire"
)

// serverOptions is what the servers are made from.
func (l *life) serverOptions() httpd.Options {
	hostname, err := os.Hostname()
	if err != nil { // then nobody can reach us by it either
		hostname = "localhost"
	}
	return httpd.Options{
		Servers:    l.config.Servers,
		Hostname:   hostname,
		Interfaces: namespaces(l.config.RPC),
		Log:        l.log.Logger(),
		Stale:      func(path string) { fmt.Fprintf(l.stderr, "Unlinking stale socket %s\n", path) },
	}
}

// routes says who answers what.
func (l *life) routes(u *upgrader, left *leftovers) httpd.Routes {
	s := u.supervisor
	doctor := diagnose.New(s, u.launcher.Environment)
	return httpd.Routes{
		RPC: rpc.New(rpc.Options{
			Supervisor: s,
			MainLog:    l.log,
			Log:        l.log.Logger(),
			Version:    Version,
			PID:        os.Getpid(),
			Namespaces: namespaces(l.config.RPC),
			Orphans:    left.alive,
			Explain:    doctor.Explain,
			Source:     l.configSource,
			Upgrade:    u.request,
			Describe:   httpd.Describe,
			Hurry:      httpd.Hurry,
			Refuse:     httpd.Error,
		}),
		LogTail: httpd.Tail(func(r *http.Request) (string, bool) {
			return streamLog(s, r.URL.Path)
		}, logfile.Follow, logfile.FollowFrom),
		MainLogTail: httpd.Tail(func(*http.Request) (string, bool) {
			path := l.log.Path()
			return path, path != "" && l.log.Sync() == nil
		}, logfile.Follow, logfile.FollowFrom),
		UI: webui.New(webui.Options{
			Supervisor: s,
			MainLog:    l.log,
			Version:    Version,
			PID:        os.Getpid(),
			Started:    l.started,
			Log:        l.log.Logger(),
			OtherSite:  httpd.OtherSiteActs,
			Explain:    doctor.Explain,
			Leftovers:  left.alive,
			Error:      httpd.Error,
		}),
	}
}

// configSource says from where the configuration is read when it is read again.
func (l *life) configSource() wire.ConfigSource {
	src, err := l.source()
	if err != nil { // then nobody can read it again
		return wire.ConfigSource{}
	}
	return wire.ConfigSource{
		File:      filepath.Join(l.config.Here, filepath.Base(l.config.File)),
		Directory: src.Cwd,
		Host:      src.Hostname,
		PID:       os.Getpid(),
	}
}

// streamLog returns the log that /logtail/NAME[/CHANNEL] means (rpc.md,
// section 2.3).
func streamLog(s *supervisor.Supervisor, path string) (log string, ok bool) {
	name, channel, named := strings.Cut(strings.TrimPrefix(path, "/logtail/"), "/")
	info, err := s.Process(name)
	if err != nil {
		return "", false
	}
	switch {
	case !named, channel == "stdout":
		log = info.Stdout
	case channel == "stderr":
		log = info.Stderr
	}
	return log, log != ""
}

// namespaces are the names under which the main API is published.
func namespaces(interfaces []config.RPCInterface) []string {
	names := make([]string, len(interfaces))
	for i, r := range interfaces {
		names[i] = r.Namespace
	}
	return names
}
