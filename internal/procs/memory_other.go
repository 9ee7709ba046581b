//go:build !linux

package procs

// MemoryLimit finds none.
func MemoryLimit() (Limit, bool) { return Limit{}, false }
