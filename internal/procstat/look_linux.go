package procstat

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// tick is the unit in which the kernel tells processor time (USER_HZ). It is
// the same on all architectures that Go runs on.
const tick = time.Second / 100

const (
	// muchRoom is how many open files a process must be allowed to have for some
	// of them to be kept here, and fewest the part of them that may be: a spawn
	// must never fail for want of a descriptor because somebody watches.
	muchRoom  = 8192
	sparePart = 8
)

// eye looks at processes. It keeps their stat files open if it may: the kernel
// needs most of the time to find a file and to make it ready, not to tell what is
// in it. An open file belongs to one process for good; when that has ended there
// is nothing to read any more, even if another has its pid.
type eye struct {
	most int         // how many files may be kept
	kept map[int]int // descriptors, by pid
}

func (e *eye) stare() {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < muchRoom {
		return // nothing is kept then
	}
	e.most = int(min(limit.Cur, 1<<20) / sparePart)
	e.kept = make(map[int]int)
}

func (e *eye) close() {
	for pid := range e.kept {
		e.drop(pid)
	}
	e.most = 0
}

func (e *eye) drop(pid int) {
	_ = unix.Close(e.kept[pid]) // it was only read
	delete(e.kept, pid)
}

// look reads /proc/PID/stat of every process. expected is how many there may be.
func (e *eye) look(expected int) (map[int]process, error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, fmt.Errorf("cannot look at processes: %w", err)
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("cannot look at processes: %w", err)
	}
	all := make(map[int]process, expected)
	page := int64(os.Getpagesize())
	var buf [1024]byte // a line of stat is about 300 bytes, and what is needed is in front
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		line, err := e.readStat(int(proc.Fd()), pid, name, buf[:])
		if err != nil {
			continue // it has ended since its name was read
		}
		if p, ok := parseStat(line, page); ok {
			all[pid] = p
		}
	}
	for pid := range e.kept {
		if _, alive := all[pid]; !alive {
			e.drop(pid)
		}
	}
	return all, nil
}

// readStat does without os.File, whose poller would cost more than the reading.
func (e *eye) readStat(proc, pid int, name string, buf []byte) ([]byte, error) {
	if fd, open := e.kept[pid]; open {
		if n, err := unix.Pread(fd, buf, 0); err == nil && n > 0 {
			return buf[:n], nil
		}
		e.drop(pid)
	}
	fd, err := unix.Openat(proc, name+"/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	n, err := unix.Read(fd, buf)
	if err == nil && len(e.kept) < e.most {
		e.kept[pid] = fd
		return buf[:n], nil
	}
	if closeErr := unix.Close(fd); err == nil {
		err = closeErr
	}
	return buf[:max(n, 0)], err
}

// The fields of proc_pid_stat(5) that are used, counted from behind the name of
// the program, which is in parentheses and may contain anything.
const (
	fieldParent = 4 - 3
	fieldUser   = 14 - 3
	fieldSystem = 15 - 3
	fieldBorn   = 22 - 3
	fieldPages  = 24 - 3
)

// parseStat reads a line of stat.
func parseStat(line []byte, page int64) (process, bool) {
	rest := line[bytes.LastIndexByte(line, ')')+1:]
	var p process
	field := 0
	for word := range bytes.FieldsSeq(rest) {
		switch field {
		case fieldParent:
			p.parent = int(number(word))
		case fieldUser, fieldSystem:
			p.used += time.Duration(number(word)) * tick
		case fieldBorn:
			p.born = uint64(number(word))
		case fieldPages:
			p.memory = number(word) * page
			return p, true
		}
		field++
	}
	return process{}, false
}

// number reads a decimal number; what is none ends it.
func number(word []byte) (n int64) {
	for _, digit := range word {
		if digit < '0' || digit > '9' {
			break
		}
		n = n*10 + int64(digit-'0')
	}
	return n
}
