package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	const base = "[supervisord]\nenvironment=D=1\n[program:a]\ncommand=x\n[program:b]\ncommand=y\nnumprocs=2\nprocess_name=b%(process_num)d\n" +
		"[fcgi-program:f]\ncommand=z\nsocket=unix:///f\n[eventlistener:l]\ncommand=w\nevents=TICK\n"
	for _, tt := range []struct{ name, old, new, want string }{
		{"nothing", base, base, ""},
		{"added and removed", base, strings.Replace(base, "[program:a]", "[program:c]", 1), "+c -a"},
		{"command", base, strings.Replace(base, "command=x", "command=x -v", 1), "~a(a.command:x>x -v)"},
		{"every option", programOnly, programOnly + "directory=/d\numask=022\nuser=root\nserverurl=u\npriority=5\nautostart=no\nautorestart=true\nstartsecs=2\nstartretries=4\nexitcodes=1,2\nstopsignal=INT\n" +
			"stopwaitsecs=3\nstopasgroup=true\nredirect_stderr=true\nstdout_logfile_maxbytes=1\nstdout_logfile_backups=2\nstdout_capture_maxbytes=3\nstdout_events_enabled=true\nstdout_syslog=true\n" +
			"stderr_logfile_maxbytes=4\nstderr_logfile_backups=5\nstderr_capture_maxbytes=6\nstderr_events_enabled=true\nstderr_syslog=true\nenvironment=A=1\n",
			"~a(.priority:999>5 a.directory:>/d a.umask:>022 a.user:>0 a.serverurl:>u a.priority:999>5 a.autostart:true>false a.autorestart:unexpected>true a.startsecs:1>2 a.startretries:3>4 a.exitcodes:0>1,2 a.stopsignal:TERM>INT " +
				"a.stopwaitsecs:10>3 a.stopasgroup:false>true a.killasgroup:false>true a.redirect_stderr:false>true a.stdout_logfile_maxbytes:52428800>1 a.stdout_logfile_backups:10>2 a.stdout_capture_maxbytes:0>3 a.stdout_events_enabled:false>true " +
				"a.stdout_syslog:false>true a.stderr_logfile_maxbytes:52428800>4 a.stderr_logfile_backups:10>5 a.stderr_capture_maxbytes:0>6 a.stderr_events_enabled:false>true a.stderr_syslog:false>true a.environment:>A=1)"},
		{"log file to AUTO", programOnly + "stdout_logfile=x", programOnly, ""},
		{"AUTO to log file", programOnly, programOnly + "stderr_logfile=x", ""},
		{"log file to none", programOnly + "stdout_logfile=x", programOnly + "stdout_logfile=NONE", "~a(a.stdout_logfile:x>NONE)"},
		{"one user by two names", programOnly + "user=root", programOnly + "user=0", ""},
		{"environment of the daemon", base, strings.Replace(base, "D=1", "D=2", 1), "~l(l.environment:D=1>D=2) ~a(a.environment:D=1>D=2) ~b(b0.environment:D=1>D=2 b1.environment:D=1>D=2) ~f(f.environment:D=1>D=2)"},
		{"order of variables", programOnly + "environment=A=1,B=2", programOnly + "environment=B=2,A=1", ""},
		{"a process more", base, strings.Replace(base, "numprocs=2", "numprocs=3", 1), "~b(b2.process_name:>b2)"},
		{"a process less", base, strings.Replace(base, "numprocs=2", "numprocs=1", 1), "~b(b1.process_name:b1>)"},
		{"socket", base, strings.Replace(base, "unix:///f", "unix:///g", 1), "~f(f.socket:unix:///f>unix:///g)"},
		{"mode of the socket", base, strings.Replace(base, "unix:///f", "unix:///f\nsocket_mode=0777\nsocket_backlog=5", 1), ""},
		{"listener", base, base + "buffer_size=5\nevents=TICK_5,EVENT\npayload_length=bytes", "~l(.buffer_size:10>5 .events:TICK>EVENT,TICK_5 .payload_length:characters>bytes)"},
		{"group priority", daemonOnly + "[group:g]\npriority=1", daemonOnly + "[group:g]\npriority=2", "~g(.priority:1>2)"},
		{"order of members", programOnly + minimal("b") + "[group:g]\nprograms=a,b", programOnly + minimal("b") + "[group:g]\nprograms=b,a", "~g(.programs:a,b>b,a)"},
		{"kind", daemonOnly + "[group:g]\npriority=-1", daemonOnly + "[eventlistener:g]\ncommand=x\nevents=TICK\nnumprocs=0",
			"~g(.section:program>eventlistener .buffer_size:>10 .events:>TICK .result_handler:>supervisor.dispatchers:default_handler .payload_length:>characters)"},
		{"servers", daemonOnly, daemonOnly + "loglevel=debug\n[inet_http_server]\nport=1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			load := func(text string) []*Group {
				t.Helper()
				return newSite(t, map[string]string{"F": text}).must().Groups
			}
			if got := showDiff(Compare(load(tt.old), load(tt.new))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func showDiff(d Diff) string {
	var all []string
	for _, name := range d.Added {
		all = append(all, "+"+name)
	}
	for _, name := range d.Removed {
		all = append(all, "-"+name)
	}
	for _, c := range d.Changed {
		var options []string
		for _, o := range c.Options {
			options = append(options, fmt.Sprintf("%s.%s:%s>%s", o.Process, o.Key, o.Old, o.New))
		}
		all = append(all, fmt.Sprintf("~%s(%s)", c.Group, strings.Join(options, " ")))
	}
	return strings.Join(all, " ")
}
