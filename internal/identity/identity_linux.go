package identity

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// The fields of proc_pid_stat(5) that are used, counted from behind the name of
// the program, which is in parentheses and may contain anything.
const (
	fieldState   = 0 // 3 - 3
	fieldParent  = 4 - 3
	fieldGroup   = 5 - 3
	fieldSession = 6 - 3
	fieldBorn    = 22 - 3
	fieldStatus  = 52 - 3
)

// A Reader looks at many processes, one after the other, in memory that it uses
// again. The zero Reader is ready.
type Reader struct{ memory []byte }

// Look returns what is known about a process. Its error is fs.ErrNotExist if
// there is none.
func Look(pid int) (Process, error) { return new(Reader).Look(pid) }

// Look returns what is known about a process. Its error is fs.ErrNotExist if
// there is none.
func (r *Reader) Look(pid int) (Process, error) {
	stat, err := r.read(pid, "stat")
	if err != nil {
		return Process{}, err
	}
	return parse(pid, stat)
}

// parse reads the line of proc_pid_stat(5).
func parse(pid int, stat []byte) (Process, error) {
	p := Process{PID: pid}
	i := 0
	for field := range bytes.FieldsSeq(stat[bytes.LastIndexByte(stat, ')')+1:]) {
		switch i {
		case fieldState:
			p.State = field[0]
		case fieldParent:
			p.Parent = int(number(field))
		case fieldGroup:
			p.Group = int(number(field))
		case fieldSession:
			p.Session = int(number(field))
		case fieldBorn:
			p.Born = number(field)
		case fieldStatus:
			p.Status = uint32(number(field))
		}
		i++
	}
	if i <= fieldBorn {
		return Process{}, fmt.Errorf("cannot understand /proc/%d/stat", pid)
	}
	return p, nil
}

// Environ returns the environment that a process was started with: variables,
// each with a zero byte behind it. They are there until the next call. Only its
// own user and root may know. In the moment of an execve(2) a process has none.
func (r *Reader) Environ(pid int) ([]byte, error) { return r.read(pid, "environ") }

// Command returns the words that a process was started with.
func (r *Reader) Command(pid int) ([]string, error) {
	line, err := r.read(pid, "cmdline")
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00"), nil
}

// read reads a file of a process whole. It does without os.File, which costs as
// much again as the system calls do.
func (r *Reader) read(pid int, name string) ([]byte, error) {
	fd, err := syscall.Open("/proc/"+strconv.Itoa(pid)+"/"+name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	text := r.memory[:0]
	for {
		text = slices.Grow(text, 4096)
		n, err := syscall.Read(fd, text[len(text):cap(text)])
		r.memory = text
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return text, nil
		}
		text = text[:len(text)+n]
	}
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
