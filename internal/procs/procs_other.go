//go:build !linux

package procs

// Left finds nothing.
func Left(Child) []Process { return nil }

// Children finds nothing.
func Children(int) []Process { return nil }

// Alive reports whether a process still exists; here nobody knows.
func Alive(Process) bool { return false }

// Listeners finds nothing.
func Listeners(int) []Process { return nil }

// OOMKills returns how often the kernel killed a process for want of memory.
func OOMKills() (n int, known bool) { return 0, false }

// OOMVictim reports whether the kernel says that it killed a process.
func OOMVictim(int) bool { return false }
