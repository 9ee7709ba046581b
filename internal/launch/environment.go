package launch

import (
	"slices"
	"strings"

	"supervisor/internal/config"
)

// environment returns the environment of a child: the daemon's own, what
// Supervisor tells every child, and what the configuration says; the later
// value of a key wins (process.md, section 4, step 8).
func (l *Launcher) environment(p *config.Process) []string {
	url := p.ServerURL
	if url == "" {
		url = l.ServerURL
	}
	told := []string{"SUPERVISOR_ENABLED=1"}
	if url != "" {
		told = append(told, "SUPERVISOR_SERVER_URL="+url)
	}
	told = append(told,
		"SUPERVISOR_PROCESS_NAME="+p.Name,
		"SUPERVISOR_GROUP_NAME="+p.Group)
	env := make([]string, len(l.Env), len(l.Env)+len(told)+len(p.Environment))
	copy(env, l.Env)
	return override(override(env, told), p.Environment)
}

// override adds entries, KEY=VALUE, to an environment in which each key is
// there once. A key that is there already keeps its place and gets the new
// value. There are few entries, so looking through all is faster than a map.
func override(env, entries []string) []string {
	for _, entry := range entries {
		key, _, _ := strings.Cut(entry, "=")
		i := slices.IndexFunc(env, func(e string) bool {
			old, _, _ := strings.Cut(e, "=")
			return old == key
		})
		if i < 0 {
			env = append(env, entry)
		} else {
			env[i] = entry
		}
	}
	return env
}
