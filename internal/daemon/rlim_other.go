//go:build !freebsd

package daemon

// rlim is the type of a limit's value.
type rlim = uint64
