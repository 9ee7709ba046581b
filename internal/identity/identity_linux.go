package identity

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// The fields of proc_pid_stat(5) that are used, counted from behind the name of
// the program, which is in parentheses and may contain anything.
const (
	fieldState  = 0 // 3 - 3
	fieldParent = 4 - 3
	fieldGroup  = 5 - 3
	fieldBorn   = 22 - 3
	fieldStatus = 52 - 3
)

// Look returns what is known about a process. Its error is fs.ErrNotExist if
// there is none.
func Look(pid int) (Process, error) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return Process{}, err
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= fieldBorn {
		return Process{}, fmt.Errorf("cannot understand /proc/%d/stat", pid)
	}
	p := Process{PID: pid, State: fields[fieldState][0]}
	p.Parent = int(number(fields[fieldParent]))
	p.Group = int(number(fields[fieldGroup]))
	p.Born = number(fields[fieldBorn])
	if len(fields) > fieldStatus {
		p.Status = uint32(number(fields[fieldStatus]))
	}
	return p, nil
}

// number reads a number; what is none is 0.
func number(text []byte) uint64 {
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Boot returns what tells this boot of the machine from all others.
func Boot() (string, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id)), err
}

// All returns the pids of all processes that can be seen.
func All() ([]int, error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// Environ returns the environment that a process was started with. Only its own
// user and root may know.
func Environ(pid int) ([]string, error) {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(env), "\x00"), "\x00"), nil
}

// Command returns the words that a process was started with.
func Command(pid int) ([]string, error) {
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00"), nil
}
