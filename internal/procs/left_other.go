//go:build !linux

package procs

import "time"

// Left finds nothing.
func Left(children ...Child) [][]Process { return make([][]Process, len(children)) }

// Astray finds nothing.
func Astray(Child, time.Time) []Process { return nil }

// Living finds nothing.
func Living([]Process) []Process { return nil }
