//go:build !linux

package procs

// Left finds nothing.
func Left(Child) []Process { return nil }

// Children finds nothing.
func Children(int) []Process { return nil }

// Living finds nothing.
func Living([]Process) []Process { return nil }
