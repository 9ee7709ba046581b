package spawn

import (
	"bytes"
	"os"
	"strconv"
)

// startTime returns when a process was started, in clock ticks since boot:
// field 22 of /proc/PID/stat (proc_pid_stat(5)); 0 if that cannot be read.
func startTime(pid int) uint64 {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// Field 2 is the name of the program, in parentheses and with anything in
	// it; fields are counted from behind it.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const behindName = 22 - 3
	if len(fields) <= behindName {
		return 0
	}
	ticks, err := strconv.ParseUint(string(fields[behindName]), 10, 64)
	if err != nil {
		return 0
	}
	return ticks
}
