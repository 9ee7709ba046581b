package procs

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// MemoryLimit returns the tightest limit of memory among the control groups that
// this process is in, which its children share unless they leave them.
func MemoryLimit() (Limit, bool) {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return Limit{}, false
	}
	var tightest Limit
	for line := range bytes.Lines(text) {
		dir, group, file := hierarchy(strings.TrimSuffix(string(line), "\n"))
		for dir != "" {
			l := limitIn(filepath.Join(dir, group, file))
			if l.Bytes > 0 && (tightest.Bytes == 0 || l.Bytes < tightest.Bytes) {
				tightest = l
			}
			if group == "/" {
				break
			}
			group = filepath.Dir(group)
		}
	}
	return tightest, tightest.Bytes > 0
}

// hierarchy reads a line of /proc/PID/cgroup: "4:memory:/web" is of the first
// version of control groups, "0::/web" of the second. dir is where the groups
// are, if this one is about memory, and file says in each how much it may use.
func hierarchy(line string) (dir, group, file string) {
	_, rest, _ := strings.Cut(line, ":")
	controllers, group, ok := strings.Cut(rest, ":")
	if !ok || !strings.HasPrefix(group, "/") || strings.HasPrefix(group, "/..") { // that is out of sight
		return "", "", ""
	}
	switch controllers {
	case "":
		return "/sys/fs/cgroup", filepath.Clean(group), "memory.max"
	case "memory":
		return "/sys/fs/cgroup/memory", filepath.Clean(group), "memory.limit_in_bytes"
	}
	return "", "", ""
}

// limitIn reads a limit; none is set if it says "max", or more than there can be.
func limitIn(file string) Limit {
	text, err := os.ReadFile(file)
	if err != nil {
		return Limit{}
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	const impossible = 1 << 60
	if err != nil || n <= 0 || n > impossible {
		return Limit{}
	}
	return Limit{File: file, Bytes: n, Writable: unix.Access(file, unix.W_OK) == nil}
}
