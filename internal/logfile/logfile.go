// Package logfile owns the files that logs are kept in: it writes and rotates
// them, reads pieces of them, follows them while they grow, and knows the
// system's log (logging.md, sections 2, 3 and 6 to 9).
//
// It promises:
//   - A File writes every byte it has accepted, in order, and once. A chunk is
//     never split between two files. A failure is returned, spoils nothing, and
//     the next write tries anew.
//   - Nothing but a regular file that has a name of its own is ever renamed,
//     truncated or deleted: not a pipe, a terminal, a socket or a device, and
//     not a standard stream that happens to lead to a file.
//   - A reader that does not read costs its own output, not the writer's time
//     (see File.Write).
//   - Reading needs no File: Read, Tail and Follow know a log by its path only
//     and take their memory from what is asked for, not from how big the log is.
//
// A File is guarded by a lock that is held during disk work and never while
// anything else is called. Everything here may block on a disk; none of it
// belongs on a loop that must not wait.
package logfile

import "strconv"

// backupName returns the name of the i-th youngest rotated file of a log. The
// log itself is its own number 0.
func backupName(path string, i int) string {
	if i == 0 {
		return path
	}
	return path + "." + strconv.Itoa(i)
}
