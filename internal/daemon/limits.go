package daemon

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// RestoreNOFILE gives the process back the limit of open files that it was
// started with. The Go runtime raises the soft limit when a program starts
// and, before an execve, takes that back; an execve that must fail is therefore
// how to have it taken back now. Without it the children would be given the
// original limit even after RaiseLimits, or we could not tell it.
func RestoreNOFILE() {
	// Always ENOENT: no file has an empty name.
	_ = syscall.Exec("", nil, nil)
}

// limit is a resource of which a minimum is configured.
type limit struct {
	resource int
	name     string
	refusal  string // the usage error; takes the minimum
}

var (
	openFiles = limit{unix.RLIMIT_NOFILE, "RLIMIT_NOFILE",
		"The minimum number of file descriptors required to run this process is %d (minfds), and the system does not allow that." +
			" Raise the limit of open files (ulimit -n, LimitNOFILE=) or lower minfds."}
	processes = limit{unix.RLIMIT_NPROC, "RLIMIT_NPROC",
		"The minimum number of available processes required to run this program is %d (minprocs), and the system does not allow that." +
			" Raise the limit of processes (ulimit -u, LimitNPROC=) or lower minprocs."}
)

// RaiseLimits makes sure that the process may open minfds files and that its
// user may have minprocs processes (cli.md, section 2, step 5). It returns a
// line for the log for each limit it has raised. The error is the text of a
// usage error.
func RaiseLimits(minfds, minprocs int) (raised []string, err error) {
	for _, need := range []struct {
		limit
		minimum int
	}{{openFiles, minfds}, {processes, minprocs}} {
		changed, err := need.raise(need.minimum)
		if err != nil {
			return raised, err
		}
		if changed {
			raised = append(raised, fmt.Sprintf("Increased %s limit to %d", need.name, need.minimum))
		}
	}
	return raised, nil
}

// raise raises the soft limit if it is below the minimum, and the hard limit
// only as far as that takes.
func (l limit) raise(minimum int) (changed bool, err error) {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(l.resource, &now); err != nil {
		return false, fmt.Errorf("cannot get %s: %w", l.name, err)
	}
	if minimum <= 0 || now.Cur >= rlim(minimum) {
		return false, nil
	}
	now.Cur = rlim(minimum)
	now.Max = max(now.Max, now.Cur)
	// Not unix.Setrlimit: only this one tells the runtime to leave the limit
	// of the children alone.
	if err := syscall.Setrlimit(l.resource, &now); err != nil {
		return false, fmt.Errorf(l.refusal, minimum)
	}
	return true, nil
}
