//go:build !linux

package spawn

// closeOnExec keeps every descriptor from 3 on from the children. Ours are
// opened so; those that the supervisor was itself started with are not.
func closeOnExec() { closeOnExecIn("/dev/fd") }
