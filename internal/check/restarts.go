package check

import (
	"slices"
	"strconv"
	"strings"
	"syscall"

	"supervisor/internal/config"
	"supervisor/internal/ini"
)

// restarts finds combinations that restart for ever, or never.
func (c *checker) restarts() {
	c.eachProgram(func(s *ini.Section, p *config.Process) {
		c.startsecs(s, p)
		c.exitcodes(s, p)
		if o, ok := s.Get("stopwaitsecs"); ok && p.StopWait <= 0 && !c.refused(s, o) {
			f := c.on(killedAtOnce, s, o, "it is killed at once when it is asked to stop")
			f.Hint, f.Suggestion = "give it time to stop", c.instead(o, "10")
		}
		if o, ok := s.Get("stopsignal"); ok && p.StopSignal == syscall.SIGKILL && !c.refused(s, o) {
			f := c.on(killedAtOnce, s, o, "SIGKILL leaves it no time to stop properly")
			f.Hint, f.Suggestion = "a program that does not stop is killed anyway, after stopwaitsecs", c.instead(o, "TERM")
		}
	})
	for _, s := range c.File.Sections() {
		for _, o := range s.Options {
			c.negative(s, o)
		}
	}
}

// startsecs finds programs for which nothing counts as a failed start.
func (c *checker) startsecs(s *ini.Section, p *config.Process) {
	o, ok := s.Get("startsecs")
	if !ok || p.StartSecs != 0 || p.Autorestart == config.Never || c.refused(s, o) {
		return
	}
	f := c.on(restartLoop, s, o, "with startsecs=0 no start ever fails: a program that ends at once is started again without end or pause")
	f.Hint = "let it stay up for a second"
	f.Suggestion = c.instead(o, "1")
	if _, given := s.Get("autorestart"); !given {
		f.Message = "with startsecs=0 no start ever fails: a job that fails is started again without end or pause"
		f.Hint = "for a job that runs once say autorestart=false; otherwise let it stay up for a second, with startsecs=1"
		c.below(f, "autorestart=false")
	}
}

func (c *checker) exitcodes(s *ini.Section, p *config.Process) {
	o, ok := s.Get("exitcodes")
	if !ok || c.refused(s, o) {
		return
	}
	switch {
	case p.Autorestart != config.IfUnexpected && slices.Equal(p.ExitCodes, []int{0}):
		// It says what holds anyway.
	case p.Autorestart != config.IfUnexpected:
		f := c.on(exitcodesUnused, s, o, "exitcodes matter only for autorestart=unexpected")
		f.Hint = "leave one of the two out"
		if restart, ok := s.Get("autorestart"); ok {
			f.move(c, restart.File, restart.Line)
			f.Suggestion = c.instead(restart, "unexpected")
		}
		c.without(f, o)
	case len(p.ExitCodes) > 0 && !slices.Contains(p.ExitCodes, 0):
		f := c.on(successRestarts, s, o, "0 is not among the expected exit codes: it is started again when it has done its work")
		f.Hint, f.Suggestion = "add 0, or say autorestart=true if that is meant", c.instead(o, "0,"+o.Value)
	case slices.Contains(p.ExitCodes, 1):
		f := c.on(failureExpected, s, o, "1 is what most programs end with when they fail: it is not started again then")
		f.Hint = "expect only what means success"
		f.Suggestion = c.instead(o, strings.Join(slices.DeleteFunc(splitList(o.Value), func(w string) bool { return w == "1" }), ","))
	}
}

// splitList cuts a list at its commas.
func splitList(value string) []string {
	list := strings.Split(value, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// counted are options that count something.
var counted = []string{"startsecs", "startretries", "stdout_logfile_backups", "stderr_logfile_backups", "logfile_backups",
	"stdout_capture_maxbytes", "stderr_capture_maxbytes", "numprocs_start"}

func (c *checker) negative(s *ini.Section, o ini.Option) {
	n, err := strconv.Atoi(strings.TrimSpace(o.Value))
	if err != nil || kindOf(s.Name) == "" {
		return
	}
	switch {
	case o.Key == "numprocs" && n <= 0:
		f := c.on(noProcesses, s, o, "with numprocs=%d it has no processes", n)
		f.Hint, f.Suggestion = "to keep it from being started, say autostart=false", c.instead(o, "1")
	case n < 0 && slices.Contains(counted, o.Key):
		f := c.on(negativeNumber, s, o, "%s is below zero", o.Key)
		f.Hint, f.Suggestion = "0 is the least", c.instead(o, "0")
		if o.Key == "startsecs" { // with 0 no start ever fails
			f.Hint, f.Suggestion = "0 is the least, and 1 the default", c.instead(o, "1")
		}
	}
}
