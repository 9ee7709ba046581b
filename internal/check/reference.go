package check

import (
	"slices"
	"strings"
)

// What Supervisor 4.3 knows, by section. It is a fact about another program,
// so it does not grow with ours.
const (
	supervisorProgram = "command process_name numprocs numprocs_start priority autostart autorestart startsecs startretries " +
		"exitcodes stopsignal stopwaitsecs stopasgroup killasgroup user redirect_stderr " +
		"stdout_logfile stdout_logfile_maxbytes stdout_logfile_backups stdout_capture_maxbytes stdout_events_enabled stdout_syslog " +
		"stderr_logfile stderr_logfile_maxbytes stderr_logfile_backups stderr_capture_maxbytes stderr_events_enabled stderr_syslog " +
		"environment directory umask serverurl"
	supervisorDaemon = "logfile logfile_maxbytes logfile_backups loglevel pidfile umask nodaemon silent minfds minprocs " +
		"nocleanup childlogdir user directory strip_ansi environment identifier"
)

var supervisorKnows = map[string]string{
	"supervisord":      supervisorDaemon,
	"supervisorctl":    "serverurl username password prompt history_file",
	"unix_http_server": "file chmod chown username password",
	"inet_http_server": "port username password",
	"include":          "files",
	"group:x":          "programs priority",
	"program:x":        supervisorProgram,
	"fcgi-program:x":   supervisorProgram + " socket socket_backlog socket_owner socket_mode",
	"eventlistener:x":  supervisorProgram + " buffer_size events result_handler",
}

// inSupervisor reports whether Supervisor has an option of ours.
func inSupervisor(kind, key string) bool {
	return slices.Contains(strings.Fields(supervisorKnows[kind]), key)
}
