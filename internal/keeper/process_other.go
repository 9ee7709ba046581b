//go:build !linux

package keeper

// ProcessMain does nothing: there is no keeper here.
func ProcessMain() {}
