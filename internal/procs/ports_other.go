//go:build !linux

package procs

// Listeners finds nothing.
func Listeners(int) []Process { return nil }

// OOMKills returns how often the kernel killed a process for want of memory.
func OOMKills() (n int, known bool) { return 0, false }

// OOMVictim reports whether the kernel says that it killed a process.
func OOMVictim(int) bool { return false }
