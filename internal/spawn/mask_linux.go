package spawn

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Mask returns what the calling thread has blocked.
func Mask() (SignalMask, error) {
	var set unix.Sigset_t
	err := unix.PthreadSigmask(unix.SIG_SETMASK, nil, &set)
	return maskOf(&set), err
}

// bitsPerWord is the size of one word of a set, which depends on the processor.
const bitsPerWord = int(8 * unsafe.Sizeof(unix.Sigset_t{}.Val[0]))

func maskOf(set *unix.Sigset_t) (m SignalMask) {
	for bit := range 64 {
		if set.Val[bit/bitsPerWord]>>(bit%bitsPerWord)&1 == 1 {
			m |= 1 << bit
		}
	}
	return m
}

func (m SignalMask) set() (set unix.Sigset_t) {
	for bit := range 64 {
		if m.Has(bit + 1) {
			set.Val[bit/bitsPerWord] |= 1 << (bit % bitsPerWord)
		}
	}
	return set
}

// Assume gives the calling thread this mask, which the child that it makes next
// gets too, and keeps the goroutine on the thread. The function returned gives
// back the mask before. nil is any mask.
func (m *SignalMask) Assume() (restore func()) {
	if m == nil {
		return func() {}
	}
	runtime.LockOSThread()
	var old unix.Sigset_t
	set := m.set()
	err := unix.PthreadSigmask(unix.SIG_SETMASK, &set, &old)
	return func() {
		if err == nil {
			// It has just worked the other way round.
			_ = unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil)
		}
		runtime.UnlockOSThread()
	}
}
