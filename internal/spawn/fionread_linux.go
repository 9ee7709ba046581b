package spawn

import "golang.org/x/sys/unix"

// fionread asks how many bytes can be read (ioctl_tty(2)).
const fionread = unix.TIOCINQ
