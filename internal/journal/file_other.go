//go:build !linux

package journal

import "errors"

// errUnsupported says why there is no journal: without pidfds and /proc there is
// no telling whose child a process was.
var errUnsupported = errors.New("children can be taken back on Linux only")
