package main

// mutants are the mistakes that are planted. The scenarios are a pattern for go
// test -run: those of test/differential that should notice.
var mutants = []mutant{
	{"a wrong exit status", "internal/supervisorctl/status.go",
		"s.status = exitStopped", "s.status = exitStopped + 1", "ctl/status"},
	{"a blank less in the status", "internal/supervisorctl/status.go",
		"max(0, 10-len(state))", "max(0, 9-len(state))", "ctl/status"},
	{"one retry less", "internal/lifecycle/transition.go",
		"p.v.Tries <= p.policy.StartRetries", "p.v.Tries < p.policy.StartRetries", "process/backoff"},
	{"a wrong fault number", "internal/wire/wire.go",
		"BadSignal            Code = 11", "BadSignal            Code = 12", "rpc/signals"},
	{"the programs start before the supervisor says that it runs", "internal/supervisor/core.go", `	c.emit(event.Event{Type: event.SupervisorStateChangeRunning})
	for _, g := range c.groups {
		c.autostart(g)
	}
`, `	for _, g := range c.groups {
		c.autostart(g)
	}
	c.emit(event.Event{Type: event.SupervisorStateChangeRunning})
`, "events/beginning"},
	{"a rejected event goes to the back", "internal/eventpool/pool.go",
		"slices.Insert(p.state.Buffer, 0, e)", "append(p.state.Buffer, e)", "events/(answers|bad-result|overflow)"},
	{"one backup too many", "internal/logfile/rotate.go",
		"last := f.opt.Backups - 1", "last := f.opt.Backups", "logs/rotation"},
	{"a wrong SUPERVISOR_GROUP_NAME", "internal/launch/environment.go",
		`"SUPERVISOR_GROUP_NAME="+p.Group`, `"SUPERVISOR_GROUP_NAME="+p.Name`, "spawn/environment"},
	{"another text of a configuration error", "internal/config/values.go",
		`"invalid literal for int() with base 10: %s"`, `"invalid literal for int(): %s"`, "config-values/integers"},
	{"another realm", "internal/httpd/auth.go",
		`realm="default"`, `realm="supervisor"`, "web/authentication"},
	{"the first group stops first", "internal/supervisor/shutdown.go", `		g := c.leave.groups[last]
		c.leave.current, c.leave.groups = g, c.leave.groups[:last]
`, `		g := c.leave.groups[0]
		c.leave.current, c.leave.groups = g, c.leave.groups[1:]
`, "daemon/shutdown-order"},
	{"a stop signal for the first process alone", "internal/lifecycle/transition.go",
		"Sig: p.policy.StopSignal, Group: p.policy.StopAsGroup}", "Sig: p.policy.StopSignal}", "spawn/stop-escalation"},
}
