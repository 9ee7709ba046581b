//go:build !linux

package spawn

// fionread asks how many bytes can be read: _IOR('f', 127, int) in the BSDs'
// sys/filio.h.
const fionread = 0x4004667f
