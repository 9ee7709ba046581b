package explain

import (
	"fmt"
	"strings"
)

// outOfMemory: the kernel has killed it.
func outOfMemory(f *Facts) (Explanation, bool) {
	if f.Exit == nil || f.Exit.Signal != "SIGKILL" || !f.Exit.OutOfMemory {
		return Explanation{}, false
	}
	e := Explanation{
		Cause:    "out-of-memory",
		Answer:   fmt.Sprintf("The kernel killed %s, because there was no memory left for it.", f.Name),
		Evidence: []string{fmt.Sprintf("It was killed by SIGKILL %s, which neither supervisord nor anybody by way of it had sent, and the kernel counted an out-of-memory kill just then.", f.after())},
	}
	if f.Memory.File != "" {
		e.Evidence = append(e.Evidence, fmt.Sprintf("supervisord and its programs together may use %s (%s).", size(f.Memory.Bytes), f.Memory.File))
	}
	e.Steps = []Step{f.moreMemory()}
	return e, true
}

// moreMemory is the step that lets a program use more: by the control group that
// has run out, if it can be changed from here.
func (f *Facts) moreMemory() Step {
	less := ", or configure " + f.program() + " to use less"
	more := size(2 * f.Memory.Bytes)
	dir := f.Memory.File[:max(0, strings.LastIndexByte(f.Memory.File, '/'))]
	switch unit := baseName(dir); {
	case f.Memory.File == "":
		return Step{Say: "Give the machine more memory" + less}
	case strings.HasSuffix(unit, ".service"):
		return Step{Say: "Let the service use twice as much memory" + less, Run: "systemctl set-property " + unit + " MemoryMax=" + more}
	case f.Memory.Writable:
		return Step{Say: "Let the control group use twice as much memory" + less, Run: "echo " + more + " > " + quote(f.Memory.File)}
	}
	return Step{Say: "Give the container more memory (docker run --memory, resources.limits.memory of Kubernetes)" + less}
}

// size is a number of bytes as both people and the kernel read it.
func size(bytes int64) string {
	const mega = 1 << 20
	if bytes%mega == 0 {
		return fmt.Sprintf("%dM", bytes/mega)
	}
	return fmt.Sprint(bytes)
}
