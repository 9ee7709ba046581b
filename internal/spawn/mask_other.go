//go:build !linux

package spawn

// Mask says nothing: here the daemon never becomes another program, so children
// have the mask that it was started with.
func Mask() (SignalMask, error) { return 0, nil }

// Assume does nothing.
func (*SignalMask) Assume() (restore func()) { return func() {} }
