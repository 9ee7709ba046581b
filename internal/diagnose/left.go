package diagnose

import (
	"slices"
	"strings"
	"time"

	"supervisor/internal/lifecycle"
	"supervisor/internal/procs"
	"supervisor/internal/supervisor"
)

// leftBehind returns what lives of what the children of a process have left
// behind: by what was seen as they ended, and by what carries their environment
// now. If there is a child, only what is older than it is surely not its own.
func leftBehind(pid int, h supervisor.History, env []string, byPID map[int]string, now time.Time) []procs.Process {
	if h.Exit == "" {
		return nil
	}
	known := func(pid int) bool { return byPID[pid] != "" }
	var left []procs.Process
	for _, p := range h.Left {
		if !known(p.PID) {
			left = append(left, procs.Process(p))
		}
	}
	before := now
	if pid != 0 {
		before = begun(h)
	}
	left = append(left, procs.Astray(procs.Child{
		Name:   valueOf(env, "SUPERVISOR_PROCESS_NAME"),
		Group:  valueOf(env, "SUPERVISOR_GROUP_NAME"),
		Server: valueOf(env, "SUPERVISOR_SERVER_URL"),
		Known:  known,
	}, before)...)
	return procs.Living(left)
}

// begun returns when the last child was asked for; its own children are younger.
func begun(h supervisor.History) time.Time {
	for _, m := range slices.Backward(h.Moments) {
		if m.State == lifecycle.Starting {
			return m.At
		}
	}
	return time.Time{}
}

func valueOf(env []string, key string) string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, key+"="); ok {
			return value
		}
	}
	return ""
}
