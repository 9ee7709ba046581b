package procs

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Listeners returns the processes that listen on a TCP port, as far as this
// process may see their descriptors.
func Listeners(port int) []Process {
	inodes := make(map[string]bool)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		listening(text, port, inodes)
	}
	if len(inodes) == 0 {
		return nil
	}
	var found []Process
	all := everything()
	for pid, p := range all {
		if !holds(pid, inodes) {
			continue
		}
		// Of a family that shares a socket the eldest is who listens.
		if parent, ok := all[p.Parent]; ok && p.Parent != os.Getpid() && holds(parent.PID, inodes) {
			continue
		}
		found = append(found, describe(p))
	}
	return found
}

// listening adds the inodes of the sockets that listen on the port.
func listening(table []byte, port int, inodes map[string]bool) {
	suffix := fmt.Sprintf(":%04X", port)
	const listen = "0A"
	for line := range bytes.Lines(table) {
		fields := strings.Fields(string(line))
		if len(fields) > 9 && strings.HasSuffix(fields[1], suffix) && fields[3] == listen {
			inodes["socket:["+fields[9]+"]"] = true
		}
	}
}

func holds(pid int, sockets map[string]bool) bool {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd/"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if target, err := os.Readlink(dir + entry.Name()); err == nil && sockets[target] {
			return true
		}
	}
	return false
}

// OOMKills returns how often the kernel has killed a process of this machine
// for want of memory.
func OOMKills() (n int, known bool) {
	text, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return 0, false
	}
	_, rest, found := bytes.Cut(text, []byte("\noom_kill "))
	if !found {
		return 0, false
	}
	n, err = strconv.Atoi(string(rest[:max(bytes.IndexByte(rest, '\n'), 0)]))
	return n, err == nil
}

// OOMVictim reports whether the log of the kernel, if it can be read, says that
// it killed a process for want of memory.
func OOMVictim(pid int) bool {
	fd, err := unix.Open("/dev/kmsg", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	log := os.NewFile(uintptr(fd), "/dev/kmsg")
	defer log.Close()
	mark := fmt.Sprintf("Killed process %d ", pid)
	const longest = 8 << 10 // each read is one record, which is shorter
	record := make([]byte, longest)
	for {
		n, err := unix.Read(fd, record)
		switch {
		case err == unix.EPIPE: // records were overwritten while we read
		case err != nil || n == 0:
			return false
		case bytes.Contains(record[:n], []byte(mark)):
			return true
		}
	}
}
