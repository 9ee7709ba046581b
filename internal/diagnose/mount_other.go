//go:build !linux

package diagnose

// noExec does not know.
func noExec(string) string { return "" }
