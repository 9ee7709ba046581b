package procs

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"supervisor/internal/identity"
)

// Children returns the living children of a process.
func Children(pid int) (children []Process) {
	all, ok := childrenOf(pid)
	if !ok {
		all = everything()
	}
	for _, p := range all {
		if p.Parent == pid && !p.Ended() {
			children = append(children, describe(p))
		}
	}
	slices.SortFunc(children, func(a, b Process) int { return cmp.Compare(a.PID, b.PID) })
	return children
}

// childrenOf asks the kernel for the children of a process, if it can tell: a walk
// through all processes takes long where there are thousands, each of which is
// asked about.
func childrenOf(pid int) (children map[int]identity.Process, ok bool) {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return nil, false
	}
	children = make(map[int]identity.Process)
	var r identity.Reader
	for _, thread := range threads {
		list, err := os.ReadFile(tasks + thread.Name() + "/children")
		if errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Stat(tasks + thread.Name()); err == nil {
				return nil, false // this kernel does not tell
			}
		}
		for _, field := range strings.Fields(string(list)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				continue
			}
			if p, err := r.Look(child); err == nil {
				children[child] = p
			}
		}
	}
	return children, true
}
