//go:build linux

package chaos

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"supervisor/internal/wire"
)

// proc is one process, as the kernel shows it.
type proc struct {
	pid, parent int
	state       byte // Z: it is dead and nobody has collected it
	born        uint64
}

// processes returns all processes of the machine.
func processes(t *testing.T) []proc {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var all []proc
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		var p proc
		end := bytes.LastIndexByte(text, ')') // of the name, which may hold anything
		if _, err := fmt.Sscanf(string(text[:bytes.IndexByte(text, ' ')]), "%d", &p.pid); err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(text[end+2:]))
		p.state = fields[0][0]
		if p.parent, err = strconv.Atoi(fields[1]); err != nil {
			t.Fatal(err)
		}
		if p.born, err = strconv.ParseUint(fields[19], 10, 64); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// of reports whether a process belongs to the stage in a directory.
func (p proc) of(dir string) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.pid))
	return err == nil && bytes.Contains(text, []byte("STAGE="+dir+"\x00"))
}

func (p proc) command() string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid))
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(text), "\x00", " ")
}

// children returns the children of the daemon by their pids.
func (m *match) children() map[int]proc {
	children := make(map[int]proc)
	for _, p := range processes(m.t) {
		if p.parent == m.pid {
			children[p.pid] = p
		}
	}
	return children
}

// agree waits until the daemon's word about its children is the kernel's: none
// is lost, none is there twice, none is dead and not collected, and none has a
// descriptor that is the daemon's.
func (m *match) agree() {
	m.t.Helper()
	var why string
	defer func() {
		if why != "" {
			m.t.Log(why)
		}
	}()
	m.Await("the daemon and the kernel agree", func() bool {
		before, err := m.infos()
		if err != nil {
			why = err.Error()
			return false
		}
		children := m.children()
		after, err := m.infos()
		if err != nil {
			why = err.Error()
			return false
		}
		why = ""
		for what := range differences(before, children, after) {
			why += what + "; "
		}
		return why == ""
	})
	own := m.ownFiles()
	for pid := range m.children() {
		m.noForeignDescriptors(pid, own)
	}
}

// differences are what the daemon and the kernel do not agree on. The daemon was
// asked before and after; only what did not change in between can be held against
// anybody.
func differences(before wire.ProcessInfos, children map[int]proc, after wire.ProcessInfos) map[string]bool {
	found := make(map[string]bool)
	known := make(map[int]string)
	stable := make(map[string]wire.ProcessInfo)
	for _, info := range before {
		known[info.PID] = info.Name
		stable[info.Group+":"+info.Name] = info
	}
	twice := make(map[int]bool)
	for _, info := range after {
		known[info.PID] = info.Name
		old := stable[info.Group+":"+info.Name]
		if old.PID != info.PID || old.State != info.State {
			continue
		}
		state := info.State.String()
		up := state == "RUNNING" || state == "STOPPING"
		if state != "STARTING" && up != (info.PID != 0) { // a start may be under way
			found[fmt.Sprintf("%s is %s with pid %d", info.Name, state, info.PID)] = true
		}
		if _, alive := children[info.PID]; info.PID != 0 && !alive {
			found[fmt.Sprintf("%s is %s with pid %d, which is no child", info.Name, state, info.PID)] = true
		}
		if info.PID != 0 && twice[info.PID] {
			found[fmt.Sprintf("pid %d is there twice, as %s, too", info.PID, info.Name)] = true
		}
		twice[info.PID] = true
	}
	for pid, p := range children {
		if p.state == 'Z' {
			found[fmt.Sprintf("pid %d is dead and has not been collected", pid)] = true
		} else if known[pid] == "" {
			found[fmt.Sprintf("pid %d is a child that the daemon does not know", pid)] = true
		}
	}
	return found
}

// descriptors returns what the descriptors of a process lead to.
func descriptors(pid int) map[int]string {
	links := make(map[int]string)
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return links // it has ended
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if link, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			links[fd] = link
		}
	}
	return links
}

// ownFiles returns what the descriptors of the daemon lead to and a child should not
// have.
func (m *match) ownFiles() map[string]bool {
	own := make(map[string]bool)
	for _, link := range descriptors(m.pid) {
		// Some names say nothing, and Go itself opens files of the system.
		if !strings.HasPrefix(link, "anon_inode:") && !strings.HasPrefix(link, "/sys/") && link != "/dev/null" {
			own[link] = true
		}
	}
	return own
}

// noForeignDescriptors checks that a child has none of the daemon's own files but
// the ends of its own three pipes. Until it has become its program, which its
// environment tells, it has them all.
func (m *match) noForeignDescriptors(pid int, own map[string]bool) {
	m.t.Helper()
	m.Await(fmt.Sprintf("child %d is its program", pid), func() bool {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil || bytes.Contains(text, []byte("SUPERVISOR_PROCESS_NAME=")) {
			return true // or it has ended
		}
		return m.children()[pid].state == 'Z' || m.children()[pid].pid == 0
	})
	for fd, link := range descriptors(pid) {
		if fd > 2 && own[link] {
			m.t.Errorf("child %d has the daemon's %s as descriptor %d", pid, link, fd)
		}
	}
}
