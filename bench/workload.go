//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"os"
	"strings"
)

// workload is what a supervisor is asked to run.
type workload struct {
	children int      // how many, all alike
	command  []string // nil: the sleeper
	once     bool     // a child that exits is not started again
	rotate   string   // stdout_logfile_maxbytes; empty: no rotation
	events   bool     // output is reported as events
	listener []string // command of an event listener; nil: none
	hears    string   // what the listener subscribes to
}

// config is the workload as a configuration of Supervisor.
func (w workload) config(dir string, command []string) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("[unix_http_server]\nfile=%s", socketIn(dir))
	say("[supervisorctl]\nserverurl=unix://%s", socketIn(dir))
	say("[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface")
	say("[supervisord]\nlogfile=%s/supervisord.log\npidfile=%s/supervisord.pid\nchildlogdir=%s", dir, dir, dir)
	say("minfds=%d", max(1024, 4*w.children))
	if os.Geteuid() == 0 {
		say("user=root")
	}
	say("[program:p]\ncommand=%s\nnumprocs=%d\nprocess_name=p%%(process_num)05d", strings.Join(command, " "), w.children)
	say("startsecs=0\nautorestart=%t\nredirect_stderr=true", !w.once)
	say("stdout_logfile=%s/%%(process_num)d", logsIn(dir))
	if w.rotate == "" {
		say("stdout_logfile_maxbytes=0")
	} else {
		say("stdout_logfile_maxbytes=%s\nstdout_logfile_backups=1", w.rotate)
	}
	if w.events {
		say("stdout_events_enabled=true")
	}
	if w.listener != nil {
		say("[eventlistener:l]\ncommand=%s\nevents=%s\nbuffer_size=1000000\nstartsecs=0", strings.Join(w.listener, " "), w.hears)
	}
	return b.String()
}

func socketIn(dir string) string { return dir + "/s" }
func logsIn(dir string) string   { return dir + "/logs" }
