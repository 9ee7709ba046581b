package procs

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"supervisor/internal/identity"
)

// ticksPerSecond is USER_HZ, the same on all architectures that Go runs on.
const ticksPerSecond = 100

// Left returns what each of several children has left behind: the processes whose
// environment names it, those of its process group, and orphans of the same
// program in the control group of this process that have no environment to show.
// (Servers that write a title over their environment are of that kind.) All but
// those of its group were born before the next child, if there is one: who goes
// to the background in two steps may take the second after its end. It would
// rather miss one than name somebody else's, for what is named may be killed.
//
// The walk through all processes is the same for one child as for a hundred.
func Left(children ...Child) [][]Process {
	s := scan()
	left := make([][]Process, len(children))
	for i, c := range children {
		left[i] = s.left(c)
	}
	return left
}

func (s survey) left(c Child) []Process {
	from := ticksAt(c.Started)
	members := make(map[int]identity.Process)
	nameless := make(map[int]identity.Process)
	program, err := filepath.EvalSymlinks(c.Program)
	if err != nil {
		program = c.Program
	}
	for pid, p := range s.all {
		switch {
		case p.Ended(), pid == c.PID, s.ours[pid], c.knows(pid):
		case p.Group == c.PID:
			members[pid] = p
		case p.Born+1 < from:
		default:
			switch s.whose(pid, c) {
			case itsOwn:
				members[pid] = p
			case unreadable:
				if s.orphan(p) && program != "" && programOf(pid) == program && controlGroup(strconv.Itoa(pid)) == controlGroup("self") {
					nameless[pid] = p
				}
			}
		}
	}
	if next := c.next(); !next.IsZero() {
		after := func(_ int, p identity.Process) bool { return p.Group != c.PID && p.Born >= ticksAt(next) }
		maps.DeleteFunc(members, after)
		maps.DeleteFunc(nameless, after)
	}
	maps.DeleteFunc(members, func(_ int, p identity.Process) bool { return p.Group != c.PID && !s.astray(p, members) })
	maps.Copy(members, likely(nameless, strings.Join(c.Args, " ")))
	return described(members)
}

// Astray returns the processes whose environment names a process of ours, that
// were born between this daemon and a moment, and that are neither a child of
// ours nor descend from one: what earlier children have left behind, wherever
// it was born to. Of c only the names and Known count.
func Astray(c Child, before time.Time) []Process {
	s := scan()
	from, to := s.all[os.Getpid()].Born, ticksAt(before)
	members := make(map[int]identity.Process)
	for pid, p := range s.all {
		if !p.Ended() && !s.ours[pid] && !c.knows(pid) && p.Born >= from && p.Born < to && s.whose(pid, c) == itsOwn {
			members[pid] = p
		}
	}
	maps.DeleteFunc(members, func(_ int, p identity.Process) bool { return !s.astray(p, members) })
	return described(members)
}

// survey is all processes as they were found.
type survey struct {
	all   map[int]identity.Process
	ours  map[int]bool   // this process and those it descends from
	names map[int]naming // what the environments say that have been looked at
}

func scan() survey {
	all := everything()
	return survey{all, ancestors(all), make(map[int]naming)}
}

// orphan reports whether a process has been inherited by one of us, or is just
// about to be.
func (s survey) orphan(p identity.Process) bool {
	_, found := s.all[p.Parent]
	return s.ours[p.Parent] || !found
}

// astray reports whether a process is an orphan, or descends from one by way of
// members only. The children of another supervisord, be it one in a container
// that calls everything as we do, are not.
func (s survey) astray(p identity.Process, members map[int]identity.Process) bool {
	for range len(s.all) {
		if s.orphan(p) {
			return true
		}
		parent, ok := members[p.Parent]
		if !ok {
			return false
		}
		p = parent
	}
	return false
}

func described(members map[int]identity.Process) (list []Process) {
	for _, p := range members {
		list = append(list, describe(p))
	}
	slices.SortFunc(list, func(a, b Process) int { return cmp.Or(cmp.Compare(a.Born, b.Born), cmp.Compare(a.PID, b.PID)) })
	return list
}

// controlGroup returns in which control groups a process is.
func controlGroup(pid string) string {
	text, err := os.ReadFile("/proc/" + pid + "/cgroup")
	if err != nil {
		return ""
	}
	return string(text)
}

// Living returns what lives now of processes that were left behind, as they are
// now: the eldest of each family. One that has ended may have an heir in the
// session that it had begun, since programs go to the background in two steps.
func Living(left []Process) []Process {
	all := everything()
	living := make(map[int]bool)
	for _, p := range left {
		if now, ok := all[p.PID]; ok && now.Born == p.Born {
			living[p.PID] = !now.Ended()
			continue
		}
		for pid, other := range all {
			if other.Session == p.PID && other.Born >= p.Born && !other.Ended() {
				living[pid] = true
			}
		}
	}
	var eldest []Process
	for pid, alive := range living {
		if alive && !living[all[pid].Parent] {
			eldest = append(eldest, describe(all[pid]))
		}
	}
	slices.SortFunc(eldest, func(a, b Process) int { return cmp.Compare(a.PID, b.PID) })
	return eldest
}

// likely returns those of several processes that show the command line in their
// titles; if none does, all.
func likely(nameless map[int]identity.Process, line string) map[int]identity.Process {
	showing := maps.Clone(nameless)
	maps.DeleteFunc(showing, func(pid int, _ identity.Process) bool { return !strings.Contains(commandOf(pid), line) })
	if len(showing) > 0 {
		return showing
	}
	return nameless
}

// programOf returns the file that a process executes; empty: it may not be known.
func programOf(pid int) string {
	file, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
	if err != nil {
		return ""
	}
	return file
}

func everything() map[int]identity.Process {
	pids, err := identity.All()
	if err != nil {
		return nil
	}
	all := make(map[int]identity.Process, len(pids))
	var r identity.Reader
	for _, pid := range pids {
		if p, err := r.Look(pid); err == nil {
			all[pid] = p
		}
	}
	return all
}

// ancestors returns this process and those it descends from: one of them is
// who inherits orphans.
func ancestors(all map[int]identity.Process) map[int]bool {
	line := map[int]bool{1: true}
	for pid := os.Getpid(); pid > 1 && !line[pid]; pid = all[pid].Parent {
		line[pid] = true
	}
	return line
}

// ticksAt returns a moment in clock ticks since boot.
func ticksAt(t time.Time) uint64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return 0
	}
	since := time.Duration(now.Nano()) - time.Since(t)
	return uint64(max(since, 0) * ticksPerSecond / time.Second)
}

// belonging is what an environment says about whose it is.
type belonging int

const (
	anothers belonging = iota
	itsOwn
	unreadable
)

// whose says whose a process is by its environment, which is read once.
func (s survey) whose(pid int, c Child) belonging {
	n, known := s.names[pid]
	if !known {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
		n = namingOf(text)
		n.hidden = err != nil
		s.names[pid] = n
	}
	return n.of(c)
}

// naming is what an environment calls its process.
type naming struct {
	hidden              bool // it may not be read
	any                 bool // it has variables
	name, group, server string
}

func namingOf(environ []byte) (n naming) {
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		key, value, ok := bytes.Cut(entry, []byte{'='})
		if !ok || !isName(key) {
			continue
		}
		n.any = true
		switch string(key) {
		case "SUPERVISOR_PROCESS_NAME":
			n.name = string(value)
		case "SUPERVISOR_GROUP_NAME":
			n.group = string(value)
		case "SUPERVISOR_SERVER_URL":
			n.server = string(value)
		}
	}
	return n
}

// of says whether an environment is that of a child. One that is no list of
// variables was written over, or was empty.
func (n naming) of(c Child) belonging {
	switch {
	case n.name == c.Name && n.group == c.Group && n.server == c.Server && n.name != "":
		return itsOwn
	case !n.any && !n.hidden:
		return unreadable
	}
	return anothers
}

func isName(key []byte) bool {
	for _, c := range key {
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(key) > 0
}

func describe(p identity.Process) Process {
	d := Process{PID: p.PID, Born: p.Born, Command: readable(commandOf(p.PID))}
	var info unix.Stat_t
	if unix.Stat("/proc/"+strconv.Itoa(p.PID), &info) == nil {
		d.UID = int(info.Uid)
	}
	return d
}

// commandOf returns the command line of a process, or the name of its program
// if it has none.
func commandOf(pid int) string {
	dir := "/proc/" + strconv.Itoa(pid)
	text, err := os.ReadFile(dir + "/cmdline")
	text = bytes.TrimRight(text, "\x00 ")
	if err != nil || len(text) == 0 {
		text, err = os.ReadFile(dir + "/comm")
		if err != nil {
			return "?"
		}
		text = bytes.TrimSpace(text)
	}
	return string(bytes.ReplaceAll(text, []byte{0}, []byte{' '}))
}

// readable returns as much of a command line as somebody reads, as a text whatever
// its bytes are.
func readable(command string) string {
	const longest = 200
	return strings.ToValidUTF8(command[:min(len(command), longest)], "\uFFFD")
}
