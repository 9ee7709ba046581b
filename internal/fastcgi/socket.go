// Package fastcgi makes the listening sockets that FastCGI programs share.
//
// It owns nothing: a socket belongs to whoever asked for it. What a socket is
// like is in process.md, section 8.
package fastcgi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"supervisor/internal/config"
)

// Listen makes the listening socket of a group, fit to be the stdin of
// children: it blocks, and no child inherits it by accident. A TCP host may be
// a name, and ctx bounds looking it up. Whatever is at the path of a unix
// socket is replaced. The caller closes the file; that does not remove the
// path.
func Listen(ctx context.Context, cfg *config.Socket) (*os.File, error) {
	fd, err := bound(ctx, cfg)
	if err != nil {
		return nil, err
	}
	backlog := cfg.Backlog
	if backlog <= 0 {
		backlog = unix.SOMAXCONN
	}
	if err := unix.Listen(fd, backlog); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot listen on %s: %w", cfg.URL, err)
	}
	return os.NewFile(uintptr(fd), cfg.URL), nil
}

// bound returns a socket that has its address but does not listen yet.
func bound(ctx context.Context, cfg *config.Socket) (fd int, err error) {
	if cfg.Path != "" {
		return bindUnix(cfg)
	}
	address, err := lookUp(ctx, cfg.Host)
	if err != nil {
		return -1, err
	}
	return bindTCP(cfg, address)
}

// lookUp prefers IPv4, which is all that the reference knows.
func lookUp(ctx context.Context, host string) (netip.Addr, error) {
	if host == "" {
		return netip.IPv4Unspecified(), nil
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("cannot look up %s: %w", host, err)
	}
	for _, address := range addresses {
		if address = address.Unmap(); address.Is4() {
			return address, nil
		}
	}
	return addresses[0], nil
}

func bindTCP(cfg *config.Socket, address netip.Addr) (fd int, err error) {
	family, name := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Port: cfg.Port, Addr: address.As16()})
	if address.Is4() {
		family, name = unix.AF_INET, &unix.SockaddrInet4{Port: cfg.Port, Addr: address.As4()}
	}
	fd, err = socket(family)
	if err != nil {
		return -1, fmt.Errorf("cannot make a socket for %s: %w", cfg.URL, err)
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err == nil {
		err = unix.Bind(fd, name)
	}
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("cannot bind to %s: %w", cfg.URL, err)
	}
	return fd, nil
}

func bindUnix(cfg *config.Socket) (fd int, err error) {
	// Not os.Remove, which would take an empty directory, too.
	if err := unix.Unlink(cfg.Path); err != nil && !errors.Is(err, unix.ENOENT) {
		return -1, fmt.Errorf("cannot replace %s: %w", cfg.Path, err)
	}
	fd, err = socket(unix.AF_UNIX)
	if err != nil {
		return -1, fmt.Errorf("cannot make a socket for %s: %w", cfg.URL, err)
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: cfg.Path}); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("cannot bind to %s: %w", cfg.URL, err)
	}
	// Nobody can connect before the socket listens, and by then it has its
	// owner and mode.
	if err := own(cfg); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func own(cfg *config.Socket) error {
	if cfg.Owner != config.KeepOwner {
		if err := os.Lchown(cfg.Path, cfg.Owner.UID, cfg.Owner.GID); err != nil {
			return fmt.Errorf("cannot give the socket to its owner: %w", err)
		}
	}
	if err := os.Chmod(cfg.Path, os.FileMode(cfg.Mode)); err != nil {
		return fmt.Errorf("cannot set the mode of the socket: %w", err)
	}
	return nil
}
