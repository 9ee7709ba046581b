//go:build unix

package stage

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
)

// Port returns a TCP port of the loopback interface that is the test's until its end.
func Port(t testing.TB) string {
	t.Helper()
	port, release, err := ReservePort()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = release() }) // nobody listens at it any more, or the test has failed
	return port
}

// ReservePort is Port for those who have no test: it is theirs until it is released. A
// socket is bound to it, so that the system gives it to nobody by chance, neither to
// who wants any port nor to a connection, be the daemon not there yet or not for a
// while. But nobody listens, so whoever sets SO_REUSEADDR, as every server does, can.
func ReservePort() (port string, release func() error, err error) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return "", nil, os.NewSyscallError("socket", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot reserve a port: %w", err)
			_ = syscall.Close(fd) // the other error is the one
		}
	}()
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return "", nil, err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", nil, err
	}
	address, err := syscall.Getsockname(fd)
	if err != nil {
		return "", nil, err
	}
	number := address.(*syscall.SockaddrInet4).Port
	return strconv.Itoa(number), func() error { return syscall.Close(fd) }, nil
}

// RequireDescriptors skips a test for which a daemon needs more descriptors than the
// machine lets it have.
func RequireDescriptors(t testing.TB, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if uint64(limit.Max) < n {
		t.Skipf("a process may have %d descriptors here, and %d are needed", limit.Max, n)
	}
}
