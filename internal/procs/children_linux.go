package procs

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Children returns the living children of a process.
func Children(pid int) (children []Process) {
	all, ok := childrenOf(pid)
	if !ok {
		all = everything()
	}
	for other, p := range all {
		if p.parent == pid && !p.zombie {
			children = append(children, describe(p, other))
		}
	}
	slices.SortFunc(children, func(a, b Process) int { return cmp.Compare(a.PID, b.PID) })
	return children
}

// childrenOf asks the kernel for the children of a process, if it can tell: a walk
// through all processes takes long where there are thousands, each of which is
// asked about.
func childrenOf(pid int) (children map[int]stat, ok bool) {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return nil, false
	}
	children = make(map[int]stat)
	for _, thread := range threads {
		list, err := os.ReadFile(tasks + thread.Name() + "/children")
		if errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Stat(tasks + thread.Name()); err == nil {
				return nil, false // this kernel does not tell
			}
		}
		for _, field := range strings.Fields(string(list)) {
			child, err := strconv.Atoi(field)
			if p, ok := readStat(child); err == nil && ok {
				children[child] = p
			}
		}
	}
	return children, true
}
