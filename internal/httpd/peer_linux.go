package httpd

import (
	"net/http"
	"syscall"

	"golang.org/x/sys/unix"
)

// Peer returns the user who has connected to the unix socket by which a request
// comes, as the system tells it (SO_PEERCRED, unix(7)). ok is false if nobody
// knows, as of whoever comes by a port.
func Peer(r *http.Request) (uid int, ok bool) {
	c := connOf(r)
	socket, ok := c.Conn.(syscall.Conn)
	if !ok || !c.listener.server.Unix() {
		return 0, false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0, false
	}
	var peer *unix.Ucred
	if raw.Control(func(fd uintptr) { peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }) != nil || err != nil {
		return 0, false
	}
	return int(peer.Uid), true
}
