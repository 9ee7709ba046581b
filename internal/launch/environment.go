package launch

import (
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
	return merge(l.Env, told, p.Environment)
}

// merge joins lists of KEY=VALUE so that each key is there once, at its first
// place and with its last value.
func merge(lists ...[]string) []string {
	var merged []string
	place := make(map[string]int)
	for _, list := range lists {
		for _, entry := range list {
			key, _, _ := strings.Cut(entry, "=")
			if i, known := place[key]; known {
				merged[i] = entry
				continue
			}
			place[key] = len(merged)
			merged = append(merged, entry)
		}
	}
	return merged
}
