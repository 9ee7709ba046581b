package supervisorctl

import (
	"slices"
	"strings"
)

// namespec is how a user names a process or a whole group (ctl.md, section 4).
type namespec struct {
	given   string // as typed
	group   string
	process string // empty: the whole group
}

// parseName reads group:process, group:* or group:, or a process that is named
// like its group.
func parseName(given string) namespec {
	group, process, qualified := strings.Cut(given, ":")
	switch {
	case !qualified:
		process = group
	case process == "*":
		process = ""
	}
	return namespec{given, group, process}
}

// wholeGroup reports whether every process of the group is meant.
func (n namespec) wholeGroup() bool { return n.process == "" }

// String returns the name as it is shown.
func (n namespec) String() string { return displayName(n.group, n.process) }

// displayName returns how a process is shown.
func displayName(group, process string) string {
	if group == process {
		return process
	}
	return group + ":" + process
}

// allWord stands for everything there is.
const allWord = "all"

// wantsAll reports whether the names mean every process there is.
func wantsAll(names []string) bool { return slices.Contains(names, allWord) }
