package signals

import "syscall"

// extra holds the names that golang.org/x/sys/unix does not have, and those
// that Python prefers to its (shown).
var extra = [...]struct {
	sig   syscall.Signal
	name  string
	shown bool
}{
	{syscall.SIGPOLL, "SIGPOLL", true},
	{syscall.SIGCHLD, "SIGCLD", false},
	{syscall.SIGABRT, "SIGIOT", false},
	{34, "SIGRTMIN", true}, // 32 and 33 belong to the C library
	{64, "SIGRTMAX", true},
}
