package fastcgi

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"supervisor/internal/config"
)

func listen(t *testing.T, cfg config.Socket) *os.File {
	t.Helper()
	file, err := Listen(context.Background(), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// freePort returns a port that is free, and that nobody gets who asks for any: between
// this and its use, others make connections.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		const first, last = 10_000, 32_767 // below those that the system gives
		port := first + rand.IntN(last-first)
		if l, err := net.Listen("tcp4", fmt.Sprint(":", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// PRO-070: children accept from the file, so it must block.
func TestTCP(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "localhost", ""} {
		port := freePort(t)
		file := listen(t, config.Socket{URL: "tcp://x", Host: host, Port: port})
		if flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK != 0 {
			t.Errorf("the socket's flags are %#x, %v", flags, err)
		}
		if flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("the descriptor's flags are %#x, %v", flags, err)
		}
		client, err := net.Dial("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			t.Fatalf("host %q: %v", host, err)
		}
		accepted, _, err := unix.Accept(int(file.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		// The side that closes first keeps the port in TIME_WAIT.
		unix.Close(accepted)
		client.Close()
		file.Close()
		listen(t, config.Socket{URL: "again", Host: host, Port: port}).Close()
	}
}

func TestTCPFails(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cfg := config.Socket{URL: "tcp://taken", Host: "127.0.0.1", Port: taken.Addr().(*net.TCPAddr).Port}
	if _, err := Listen(context.Background(), &cfg); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("Listen on a taken port: %v", err)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Listen(gone, &config.Socket{URL: "tcp://x", Host: "host.invalid", Port: 1}); err == nil {
		t.Error("Listen on an unknown host succeeds")
	}
}

// PRO-072: whatever was at the path is replaced; mode and owner are as asked.
func TestUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	cfg := config.Socket{URL: "unix://" + path, Path: path, Mode: 0o700, Owner: config.KeepOwner}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	listen(t, cfg)
	check(t, path, 0o700, os.Getuid(), os.Getgid())

	if os.Getuid() == 0 {
		cfg.Mode, cfg.Owner = 0o660, config.Owner{UID: 65534, GID: 12345}
		listen(t, cfg)
		check(t, path, 0o660, 65534, 12345)
	}
	client, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
}

func check(t *testing.T, path string, mode os.FileMode, uid, gid int) {
	t.Helper()
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		t.Fatal(err)
	}
	if uint32(stat.Mode) != unix.S_IFSOCK|uint32(mode) || int(stat.Uid) != uid || int(stat.Gid) != gid {
		t.Errorf("mode %#o, owner %d:%d; want a socket with %#o, %d:%d", stat.Mode, stat.Uid, stat.Gid, mode, uid, gid)
	}
}

// PRO-074: one more than the backlog can wait to be accepted.
func TestBacklog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	listen(t, config.Socket{URL: "unix://" + path, Path: path, Mode: 0o700, Owner: config.KeepOwner, Backlog: 2})
	const most = 10
	waiting := 0
	for ; waiting < most; waiting++ {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			t.Fatal(err)
		}
		if unix.Connect(fd, &unix.SockaddrUnix{Name: path}) != nil {
			break
		}
	}
	if waiting < 2 || waiting == most {
		t.Errorf("%d connections wait with a backlog of 2", waiting)
	}
}

func TestUnixFails(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "none", "socket"), dir} {
		cfg := config.Socket{URL: "unix://" + path, Path: path, Owner: config.KeepOwner}
		if _, err := Listen(context.Background(), &cfg); err == nil {
			t.Errorf("Listen on %s succeeds", path)
		}
	}
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("the empty directory is gone: %v", err)
	}
}
